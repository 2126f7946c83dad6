import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyAdmin, keyStore } from '../../../functions/adapters/keys.ts';
import type { SecretVault } from '../../../functions/adapters/secrets.ts';
import { DAY, epochMillis, MINUTE } from '../../../functions/core/base/time.ts';
import { startOneTable } from '../../support/one-table.ts';

const untouched = (): never => {
  throw new Error('the secret store is not asked for what drivers keep');
};
const vault = new Proxy({} as SecretVault, { get: untouched });

let registry: Awaited<ReturnType<typeof startOneTable>>;
beforeAll(async () => {
  registry = await startOneTable('name', 'kind');
});
afterAll(() => registry.close());
beforeEach(async () => {
  const Item = { kind: 'integration-key', name: 'k1', label: 'ERP', createdAtMillis: 0 };
  await registry.dynamo.send(new PutCommand({ TableName: registry.table, Item }));
});

const cacheOf = (identity: string, keyId = 'k1') => keyStore(registry, vault).cacheOf({ keyId, identity });

describe('the mark of a removal', () => {
  const admin = () => keyAdmin(registry, vault, () => epochMillis(0));
  const begin = (now: number) =>
    admin().beginRemoval('k1', { nowMillis: epochMillis(now), staleMillis: epochMillis(now - 2 * MINUTE) });

  it('keeps others away for as long as a request lives, whatever the clock of who has left it', async () => {
    expect(await begin(DAY)).toBe(true);
    expect(await begin(DAY + MINUTE)).toBe(false);
    // The mark of a clock that was a day ahead, seen by a worker whose clock is right.
    expect(await begin(MINUTE)).toBe(true);
    expect(await begin(2 * MINUTE)).toBe(false);
    expect(await begin(4 * MINUTE)).toBe(true);
  });
});

describe('what a driver keeps', () => {
  it('is kept for each marketplace', async () => {
    await cacheOf('allegro').put('one', '111');
    await cacheOf('aukro').put('one', '222');
    expect(await cacheOf('allegro').get('one')).toBe('111');
    await cacheOf('allegro').drop('one', '111');
    await cacheOf('aukro').drop('one', '111');
    expect(await cacheOf('allegro').get('one')).toBeUndefined();
    expect(await cacheOf('aukro').get('one')).toBe('222');
  });

  it('is forgotten with the key that was behind the same id', async () => {
    await cacheOf('allegro').put('one', '111');
    await keyAdmin(registry, vault, () => epochMillis(0)).forget('k1');
    expect(await cacheOf('allegro').get('one')).toBeUndefined();
    await cacheOf('allegro').put('one', '222');
    expect(await cacheOf('allegro').get('one')).toBe('222');
  });

  it('makes no new row of a key that was removed', async () => {
    await cacheOf('allegro', 'gone').put('one', '111');
    await cacheOf('allegro', 'gone').drop('one', '111');
    expect(await cacheOf('allegro', 'gone').get('one')).toBeUndefined();
    expect(await keyStore(registry, vault).read('gone')).toBeUndefined();
  });
});
