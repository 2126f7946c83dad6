import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** The part of a marketplace that gives sessions. */
export interface Access {
  /**
   * Asks with the key alone, without session and password. An answer shows that key and address are accepted.
   */
  probeKey(integrationKey: Secret, options: CallOptions): Promise<void>;
  /**
   * Prepares a login: fetches the data that the protocol needs first, if any, without session and password. Data of an
   * earlier login are used again, unless `fresh`: then the marketplace is asked in any case, to see that it answers
   * before a password is risked.
   */
  prepareLogin(
    query: { integrationKey: Secret; fresh: boolean },
    options: CallOptions,
  ): Promise<PreparedLogin>;
  /**
   * The user id of the seller with this login, asked without session and password; absent if the protocol has
   * no such question. Throws for a login that no user has.
   */
  readonly sellerId?: (
    query: { login: string; integrationKey: Secret },
    options: CallOptions,
  ) => Promise<string>;
}

/** A prepared login. */
export interface PreparedLogin {
  /**
   * Sends the login once and never repeats it, because every login has to be recorded before it is sent. Throws
   * MarketplaceFault, with reason `preparation-stale` if the marketplace needs a fresh preparation and has not checked
   * the password.
   */
  send(credentials: Credentials, options: CallOptions): Promise<Login>;
  /**
   * Deletes the data that this login was prepared with, so that no other login uses them; newer data stay. Can be
   * repeated.
   */
  discard(): Promise<void>;
}

export interface Credentials {
  readonly login: string;
  readonly applicationPassword: Secret;
}

export interface Login {
  readonly session: Secret;
  readonly userId: string;
  /** The marketplace's clock at the login, to measure skew. Not used for the session's end. */
  readonly serverTimeSeconds: EpochSeconds;
}
