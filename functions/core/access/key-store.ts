import type { Secret } from '../base/secret.ts';
import type { EpochMillis } from '../base/time.ts';
import type { SharedTrouble } from '../faults/shared-trouble.ts';
import type { DriverCache } from '../marketplace/driver.ts';

/** A registered integration key, without the key itself. */
export interface IntegrationKey {
  readonly keyId: string;
  readonly label: string;
  /** The client that registered it; absent in keys from before there were clients. */
  readonly clientId?: string;
  readonly createdAtMillis: EpochMillis;
  readonly trouble?: SharedTrouble;
  /** Whether the secret is not stored yet, as after a registration that was cut off. */
  readonly incomplete?: boolean;
  /** Time since which somebody is removing the key: no account can be added with it. */
  readonly removingSinceMillis?: EpochMillis;
}

export interface KeyStore {
  read(keyId: string): Promise<IntegrationKey | undefined>;
  readSecret(keyId: string): Promise<Secret | undefined>;
  /** The cache of a driver for this key at a marketplace, the same for all entrances of the marketplace. */
  cacheOf(scope: { keyId: string; identity: string }): DriverCache;
}

export interface KeyAdmin {
  read(keyId: string): Promise<IntegrationKey | undefined>;
  /** A page of the keys, or of those that a client has registered. `next` is the last key of the page. */
  list(page: {
    limit: number;
    after?: string | undefined;
    clientId?: string | undefined;
  }): Promise<{ keys: IntegrationKey[]; next?: string | undefined }>;
  create(key: IntegrationKey): Promise<void>;
  createSecret(keyId: string, key: Secret): Promise<void>;
  /** The secret is stored: the key can be used. */
  complete(keyId: string): Promise<boolean>;
  replaceSecret(keyId: string, key: Secret): Promise<void>;
  /** Drops trouble, and what drivers keep. */
  forget(keyId: string): Promise<void>;
  /**
   * Marks it for its removal. False if there is no such key, or a mark that is not older than `staleMillis` and not
   * of the future.
   */
  beginRemoval(keyId: string, mark: { nowMillis: EpochMillis; staleMillis: EpochMillis }): Promise<boolean>;
  /** Takes back the mark of that time. */
  endRemoval(keyId: string, sinceMillis: EpochMillis): Promise<void>;
  /** The secret first, then the row, if it bears the mark of that time. */
  remove(keyId: string, sinceMillis: EpochMillis): Promise<void>;
}

/** Integration keys for the accounts that share them. */
export interface SharedKeys {
  /** Consistent. */
  isUsable(keyId: string): Promise<boolean>;
  /** Lets the next run look at the trouble of the key, however little time has passed since the last look. */
  lookAgain(keyId: string): Promise<void>;
}

/** The accounts that use a key, read consistently, without accounts that are being removed. */
export interface KeyUsers {
  of(keyId: string): Promise<string[]>;
}

/** Rows and secrets that a registration has left which was cut off. */
export interface KeySweep {
  incomplete(): Promise<IntegrationKey[]>;
  /** The secret first, then the row, if it is incomplete still. */
  remove(keyId: string): Promise<void>;
}
