import type { Fingerprint } from '../account/account.ts';
import type { Secret } from '../base/secret.ts';

export interface SecretVersion {
  readonly version: string;
  readonly value: Secret;
}

/** Application passwords, as the HTTP functions see them: written, never read. */
export interface PasswordWriter {
  create(accountId: string, password: SecretVersion): Promise<void>;
  /** Stores a new version that is not current yet. */
  stage(accountId: string, password: SecretVersion): Promise<void>;
}

/** The version that is current at the source, without its value. */
export interface PasswordVersions {
  current(accountId: string): Promise<string | undefined>;
}

/** Application passwords, as `work` sees them. */
export interface PasswordStore {
  readCurrent(accountId: string): Promise<SecretVersion | undefined>;
  readVersion(accountId: string, version: string): Promise<SecretVersion | undefined>;
  /** Makes `version` current if `from` still is; leaves alone what a person has rotated meanwhile. */
  promote(accountId: string, move: { version: string; from: string }): Promise<void>;
  remove(accountId: string): Promise<void>;
}

/** The fingerprint made with the current key first, then one for each of these versions of the key that is still kept. */
export type TakeFingerprints = (
  password: Secret,
  otherKeys: readonly string[],
) => Promise<readonly Fingerprint[]>;
