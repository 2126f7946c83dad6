import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyStore } from '../../../functions/adapters/keys.ts';
import type { SecretVault } from '../../../functions/adapters/secrets.ts';
import { startOneTable } from '../../support/one-table.ts';

const untouched = (): never => {
  throw new Error('the secret store is not asked for version keys');
};
const vault = new Proxy({} as SecretVault, { get: untouched });

let registry: Awaited<ReturnType<typeof startOneTable>>;
beforeAll(async () => {
  registry = await startOneTable('name', 'kind');
});
afterAll(() => registry.close());
beforeEach(async () => {
  const Item = { kind: 'webapi-key', name: 'k1', label: 'ERP', createdAtMillis: 0, versionKeys: {} };
  await registry.dynamo.send(new PutCommand({ TableName: registry.table, Item }));
});

const store = () => keyStore(registry, vault);
const versionKeys = async () => (await store().read('k1'))?.versionKeys;

describe('a version key', () => {
  it('is kept for each marketplace', async () => {
    await store().saveVersionKey('k1', { marketplaceId: 'allegro', versionKey: '111' });
    await store().saveVersionKey('k1', { marketplaceId: 'aukro', versionKey: '222' });
    await store().saveVersionKey('k1', { marketplaceId: 'aukro', versionKey: '333' });
    expect(await versionKeys()).toEqual({ allegro: '111', aukro: '333' });
  });

  it('is dropped when stale, at its marketplace only', async () => {
    await store().saveVersionKey('k1', { marketplaceId: 'allegro', versionKey: '111' });
    await store().saveVersionKey('k1', { marketplaceId: 'aukro', versionKey: '111' });
    await store().dropVersionKey('k1', { marketplaceId: 'allegro', versionKey: '111' });
    expect(await versionKeys()).toEqual({ aukro: '111' });
    await store().dropVersionKey('k1', { marketplaceId: 'allegro', versionKey: '111' });
    expect(await versionKeys()).toEqual({ aukro: '111' });
  });

  it('stays when it was fetched since', async () => {
    await store().saveVersionKey('k1', { marketplaceId: 'allegro', versionKey: '222' });
    await store().dropVersionKey('k1', { marketplaceId: 'allegro', versionKey: '111' });
    expect(await versionKeys()).toEqual({ allegro: '222' });
  });

  it('makes no new row for a WebAPI key that was removed', async () => {
    await store().saveVersionKey('gone', { marketplaceId: 'allegro', versionKey: '111' });
    await store().dropVersionKey('gone', { marketplaceId: 'allegro', versionKey: '111' });
    expect(await store().read('gone')).toBeUndefined();
  });
});
