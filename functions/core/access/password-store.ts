import type { Fingerprint } from '../account/account.ts';
import type { Secret } from '../base/secret.ts';

export interface SecretVersion {
  readonly version: string;
  readonly value: Secret;
}

/** Application passwords for the HTTP functions, which write and never read them. */
export interface PasswordWriter {
  /**
   * Stores the first version. Returns the id that the secret store gave it, which may differ from the one asked for.
   */
  create(accountId: string, password: SecretVersion): Promise<string>;
  /** Stores a new version that is not current yet. Returns its id in the secret store. */
  stage(accountId: string, password: SecretVersion): Promise<string>;
}

/** The id of the version that is current in the secret store, without its value. */
export interface PasswordVersions {
  current(accountId: string): Promise<string | undefined>;
}

/** Application passwords for `work`. */
export interface PasswordStore {
  readCurrent(accountId: string): Promise<SecretVersion | undefined>;
  readVersion(accountId: string, version: string): Promise<SecretVersion | undefined>;
  /** Makes `version` current if `from` still is; a version that a person has rotated meanwhile stays. */
  promote(accountId: string, move: { version: string; from: string }): Promise<void>;
  remove(accountId: string): Promise<void>;
}

/**
 * Fingerprints of a password: with the current key first, then with each of these versions of the key that
 * still exists.
 */
export type TakeFingerprints = (
  password: Secret,
  otherKeys: readonly string[],
) => Promise<readonly Fingerprint[]>;
