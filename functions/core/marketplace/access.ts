import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** The part of a marketplace that gives sessions. */
export interface Access {
  /**
   * Asks with the key alone, without session and password. An answer shows that key and address are accepted.
   */
  probeKey(webapiKey: Secret, options: CallOptions): Promise<void>;
  /**
   * Makes a login ready: fetches what the protocol wants beforehand, if anything, without session and password. The
   * answer to an earlier login is used again, unless `fresh`: then the marketplace is asked in any case, which shows
   * that it answers before a password is at risk.
   */
  prepareLogin(query: { webapiKey: Secret; fresh: boolean }, options: CallOptions): Promise<PreparedLogin>;
  /**
   * The user id of the seller with this login, asked without session and password; absent if the protocol has
   * no such question. Throws for a login that no user has.
   */
  readonly sellerId?: (query: { login: string; webapiKey: Secret }, options: CallOptions) => Promise<string>;
}

/** A login that is ready to be sent. */
export interface PreparedLogin {
  /**
   * Sends the login, once, and never repeats it, because every login has to be written down before it is sent. Throws
   * MarketplaceFault; its reason is `preparation-stale` where the marketplace wants a fresh preparation and has not
   * looked at the password.
   */
  send(credentials: Credentials, options: CallOptions): Promise<Login>;
  /**
   * Forgets the answer that the login was prepared with, so that no other login uses it; a newer answer stays. May be
   * repeated.
   */
  discard(): Promise<void>;
}

export interface Credentials {
  readonly login: string;
  readonly applicationPassword: Secret;
}

export interface Login {
  readonly sessionHandle: Secret;
  readonly userId: string;
  /** The marketplace's clock at the login, to measure skew. Not used for the session's end. */
  readonly serverTimeSeconds: EpochSeconds;
}
