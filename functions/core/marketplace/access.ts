import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** Getting a session for one account. */
export interface Access {
  /**
   * Asks with the key alone, without a session and without a password: an answer shows that key and address are
   * well. Gives the version key where logins need one.
   */
  probeKey(webapiKey: Secret, options: CallOptions): Promise<KnownOfKey>;
  /** A login has to name the version key of its key, which may be kept. */
  readonly needsVersionKey: boolean;
  /**
   * The user id of the seller behind a login, asked without a session and without a password; absent where the
   * protocol has no such question. A login that nobody has is a fault too.
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
  /** From `probeKey`, where logins need one. */
  readonly versionKey: string | undefined;
}

export interface Login {
  readonly sessionHandle: Secret;
  readonly userId: string;
  /** The marketplace's clock at login, to measure skew; not a source of expiry. */
  readonly serverTimeSeconds: EpochSeconds;
}
