import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** The part of a marketplace that gives sessions. */
export interface Access {
  /**
   * Asks with the key alone, without session and password. An answer shows that key and address are accepted;
   * it holds the version key if logins need one.
   */
  probeKey(webapiKey: Secret, options: CallOptions): Promise<KnownOfKey>;
  /** Whether a login has to name the version key of its WebAPI key. The version key may be stored. */
  readonly needsVersionKey: boolean;
  /**
   * The user id of the seller with this login, asked without session and password; absent if the protocol has
   * no such question. Throws for a login that no user has.
   */
  readonly sellerId?: (query: { login: string; webapiKey: Secret }, options: CallOptions) => Promise<string>;
  logIn(credentials: Credentials, options: CallOptions): Promise<Login>;
}

export interface KnownOfKey {
  readonly versionKey?: string;
}

export interface Credentials {
  readonly login: string;
  readonly applicationPassword: Secret;
  readonly webapiKey: Secret;
  /** The version key from `probeKey`, if logins need one. */
  readonly versionKey: string | undefined;
}

export interface Login {
  readonly sessionHandle: Secret;
  readonly userId: string;
  /** The marketplace's clock at the login, to measure skew. Not used for the session's end. */
  readonly serverTimeSeconds: EpochSeconds;
}
