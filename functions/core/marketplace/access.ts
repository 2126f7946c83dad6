import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** Getting a session for one account. */
export interface Access {
  /** What must be known before anybody can log in, cacheable per WebAPI key; absent where the protocol has none. */
  readonly fetchVersionKey?: (webapiKey: Secret, options: CallOptions) => Promise<string>;
  /**
   * The user id of the seller behind a login, asked without a session and without a password; absent where the
   * protocol has no such question. A login that nobody has is a fault too.
   */
  readonly sellerId?: (query: { login: string; webapiKey: Secret }, options: CallOptions) => Promise<string>;
  logIn(credentials: Credentials, options: CallOptions): Promise<Login>;
}

export interface Credentials {
  readonly login: string;
  readonly applicationPassword: Secret;
  readonly webapiKey: Secret;
  /** From `fetchVersionKey`, where the marketplace has it. */
  readonly versionKey: string | undefined;
}

export interface Login {
  readonly sessionHandle: Secret;
  readonly userId: string;
  /** The marketplace's clock at login, to measure skew; not a source of expiry. */
  readonly serverTimeSeconds: EpochSeconds;
}
