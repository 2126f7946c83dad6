import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { KeyAdmin, KeyStore } from '../core/ports.ts';
import { KEY, listKeys, type RegistryTable, readKey, updateKey } from './registry.ts';
import { createKeySecret, readKeySecret, replaceKeySecret, type SecretVault } from './secrets.ts';

/** WebAPI keys as `work` sees them. */
export function keyStore(registry: RegistryTable, vault: SecretVault): KeyStore {
  return {
    read: (keyId) => readKey(registry, keyId),
    readSecret: (keyId) => readKeySecret(vault, keyId),

    async saveVersionKey(keyId, { marketplaceId, versionKey }) {
      await updateKey(registry, {
        keyId,
        expression: 'SET versionKeys.#marketplace = :versionKey',
        names: { '#marketplace': marketplaceId },
        values: { ':versionKey': versionKey },
      });
    },
  };
}

/** WebAPI keys as HTTP sees them: the key itself is written, never read. */
export function keyAdmin(registry: RegistryTable, vault: SecretVault): KeyAdmin {
  return {
    read: (keyId) => readKey(registry, keyId),
    list: () => listKeys(registry),
    async create({ keyId, ...key }) {
      await registry.dynamo.send(
        new PutCommand({ TableName: registry.table, Item: { kind: KEY, name: keyId, ...key } }),
      );
    },
    createSecret: (keyId, key) => createKeySecret(vault, { keyId, key }),
    replaceSecret: (keyId, key) => replaceKeySecret(vault, { keyId, key }),
    async forget(keyId) {
      await updateKey(registry, {
        keyId,
        expression: 'SET versionKeys = :none REMOVE trouble',
        values: { ':none': {} },
      });
    },
  };
}
