import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { KeyAdmin, KeyStore, KeySweep, KeyUsers, SharedKeys } from '../core/access/key-store.ts';
import { mayServeAccounts } from '../core/admin/keys.ts';
import { type Clock, latestTrueTime } from '../core/base/time.ts';
import type { DriverCache } from '../core/marketplace/driver.ts';
import type { AccountTable } from './account-table.ts';
import { idsOfAccounts } from './accounts.ts';
import { ifCondition } from './dynamo.ts';
import {
  KEY,
  listKeys,
  pageOfKeys,
  type RegistryTable,
  readDriverCache,
  readKey,
  updateKey,
} from './registry.ts';
import {
  createKeySecret,
  finishKeySecret,
  readKeySecret,
  removeKeySecret,
  removeUnfinishedKeySecret,
  replaceKeySecret,
  type SecretVault,
} from './secrets.ts';
import { troubleStore } from './troubles.ts';

/** Integration keys for `work`. */
export function keyStore(registry: RegistryTable, vault: SecretVault): KeyStore {
  return {
    read: (keyId) => readKey(registry, keyId),
    readSecret: (keyId) => readKeySecret(vault, keyId),
    cacheOf: (scope) => driverCache(registry, scope),
  };
}

/** On the item of the key, so that it goes with the key, and a key that was removed gets no new item. */
function driverCache(registry: RegistryTable, scope: { keyId: string; identity: string }): DriverCache {
  const { keyId, identity } = scope;
  const names = (name: string) => ({ '#name': `${identity}/${name}` });
  return {
    get: async (name) => (await readDriverCache(registry, keyId))[`${identity}/${name}`],

    async put(name, text) {
      const isStored = await updateKey(registry, {
        keyId,
        expression: 'SET driverCache.#name = :text',
        when: 'attribute_exists(driverCache)',
        names: names(name),
        values: { ':text': text },
      });
      if (isStored) return;
      await updateKey(registry, {
        keyId,
        expression: 'SET driverCache = :first',
        when: 'attribute_not_exists(driverCache)',
        values: { ':first': { [`${identity}/${name}`]: text } },
      });
    },

    async drop(name, text) {
      await updateKey(registry, {
        keyId,
        expression: 'REMOVE driverCache.#name',
        when: 'driverCache.#name = :text',
        names: names(name),
        values: { ':text': text },
      });
    },
  };
}

/** Integration keys for HTTP, where the secret is written and never read. */
export function keyAdmin(registry: RegistryTable, vault: SecretVault, clock: Clock): KeyAdmin {
  return {
    read: (keyId) => readKey(registry, keyId),
    list: (page) => pageOfKeys(registry, page),
    async create({ keyId, ...key }) {
      await registry.dynamo.send(
        new PutCommand({ TableName: registry.table, Item: { kind: KEY, name: keyId, ...key } }),
      );
    },
    createSecret: (keyId, key) => createKeySecret(vault, { keyId, key }),
    async complete(keyId) {
      const done = await updateKey(registry, { keyId, expression: 'REMOVE incomplete' });
      // A tag that stays is harmless: `notify` clears incomplete rows only.
      if (done) await finishKeySecret(vault, keyId).catch(() => undefined);
      return done;
    },
    replaceSecret: (keyId, key) => replaceKeySecret(vault, { keyId, key }),
    async forget(keyId) {
      const now = clock();
      await troubleStore(registry).end({ kind: KEY, name: keyId }, { atMillis: now, nowMillis: now });
      await updateKey(registry, { keyId, expression: 'REMOVE driverCache' });
    },

    beginRemoval: (keyId, { nowMillis, staleMillis }) =>
      updateKey(registry, {
        keyId,
        expression: 'SET removingSinceMillis = :now',
        when: '(attribute_not_exists(removingSinceMillis) OR removingSinceMillis < :stale OR removingSinceMillis > :latest)',
        values: { ':now': nowMillis, ':stale': staleMillis, ':latest': latestTrueTime(nowMillis) },
      }),

    async endRemoval(keyId, sinceMillis) {
      await updateKey(registry, {
        keyId,
        expression: 'REMOVE removingSinceMillis',
        when: 'removingSinceMillis = :since',
        values: { ':since': sinceMillis },
      });
    },

    async remove(keyId, sinceMillis) {
      await removeKeySecret(vault, keyId);
      const command = new DeleteCommand({
        TableName: registry.table,
        Key: { kind: KEY, name: keyId },
        ConditionExpression: 'removingSinceMillis = :since',
        ExpressionAttributeValues: { ':since': sinceMillis },
      });
      await ifCondition(registry.dynamo.send(command));
    },
  };
}

/**
 * Finds the accounts of a key by a scan. Keys are rarely removed, and an index would be paid for with every
 * write.
 */
export const keyUsers = (accounts: AccountTable): KeyUsers => ({
  of: (keyId) =>
    idsOfAccounts(accounts, {
      FilterExpression: 'integrationKeyId = :keyId AND phase <> :removing',
      ExpressionAttributeValues: { ':keyId': keyId, ':removing': 'removing' },
    }),
});

/** Integration keys for requests that add and resume accounts. */
export const sharedKeys = (registry: RegistryTable): SharedKeys => ({
  isUsable: async (keyId) => mayServeAccounts(await readKey(registry, keyId)),

  async lookAgain(keyId) {
    await updateKey(registry, {
      keyId,
      expression: 'SET trouble.probeAtMillis = trouble.sinceMillis',
      when: 'attribute_exists(trouble)',
    });
  },
});

/** Registrations that were cut off, for `notify` to clear away. */
export const keySweep = (registry: RegistryTable, vault: SecretVault): KeySweep => ({
  incomplete: async () => (await listKeys(registry)).filter(({ incomplete }) => incomplete === true),
  async remove(keyId) {
    await removeUnfinishedKeySecret(vault, keyId);
    const command = new DeleteCommand({
      TableName: registry.table,
      Key: { kind: KEY, name: keyId },
      ConditionExpression: 'attribute_exists(incomplete)',
    });
    await ifCondition(registry.dynamo.send(command));
  },
});
