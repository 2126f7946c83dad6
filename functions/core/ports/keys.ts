import type { Secret } from '../secret.ts';
import type { SharedTrouble } from '../session/state.ts';
import type { EpochMillis } from '../time.ts';

/** A registered WebAPI key, without the key itself. */
export interface WebapiKey {
  readonly keyId: string;
  readonly label: string;
  readonly createdAtMillis: EpochMillis;
  readonly trouble?: SharedTrouble;
  /** Its secret is not stored yet; a registration that was cut off leaves it so. */
  readonly incomplete?: boolean;
  readonly versionKeys: Readonly<Record<string, string>>;
}

export interface KeyStore {
  read(keyId: string): Promise<WebapiKey | undefined>;
  readSecret(keyId: string): Promise<Secret | undefined>;
  saveVersionKey(keyId: string, cached: { marketplaceId: string; versionKey: string }): Promise<void>;
}

export interface KeyAdmin {
  read(keyId: string): Promise<WebapiKey | undefined>;
  list(): Promise<WebapiKey[]>;
  create(key: WebapiKey): Promise<void>;
  createSecret(keyId: string, key: Secret): Promise<void>;
  /** The secret is stored: the key can be used. */
  complete(keyId: string): Promise<boolean>;
  replaceSecret(keyId: string, key: Secret): Promise<void>;
  /** Drops cached version keys and trouble. */
  forget(keyId: string): Promise<void>;
}

/** What a registration that was cut off has left. */
export interface KeySweep {
  incomplete(): Promise<WebapiKey[]>;
  /** The secret first, then the row, if it is incomplete still. */
  remove(keyId: string): Promise<void>;
}
