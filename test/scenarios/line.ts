import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { compareAll } from '../../infra/local/compare.ts';
import type { Scene } from './scene.ts';

export const CLEAN = { missing: 0, doubled: 0, different: 0 };

interface Parts {
  readonly scene: Scene;
  readonly accountId: string;
  readonly login: string;
}

/**
 * From an application password to stored orders, for an account that was just added. Afterwards there are 120 orders,
 * and three logins.
 */
export function lineScenario(parts: () => Parts): void {
  it('stores what buyers buy, with one login for all runs', async () => {
    const { scene, login } = parts();
    for (let wave = 0; wave < 4; wave += 1) {
      await scene.sim('POST', '/buyers', { orders: 30, pace: 'live', seller: login });
      await scene.settle();
      await scene.sim('POST', '/buyers/finish');
      await scene.settle();
    }
    const compared = await compareAll({ api: scene.place, simulator: scene.simulator });
    expect(compared).toMatchObject(CLEAN);
    expect(compared.stored).toBe(compared.made);
    expect(compared.made).toBeGreaterThanOrEqual(120);
    expect(await scene.attempts(login)).toBe(1);
  });

  it('keeps the handle with its expiry as TTL attribute, in epoch seconds, and numbers the feed without holes', async () => {
    const { scene, accountId } = parts();
    const { Item } = await scene.tables.send(
      new GetCommand({ TableName: scene.table('SessionsTable'), Key: { accountId } }),
    );
    scene.secrets.add(String(Item?.handle));
    expect(Item?.expiresAtSeconds).toBe(Math.floor(Item?.expiresAtMillis / 1_000));
    expect(Item?.expiresAtSeconds - Date.now() / 1_000).toBeGreaterThan(3_000);
    const query = new QueryCommand({
      TableName: scene.table('FeedTable'),
      KeyConditionExpression: 'accountId = :id',
      ExpressionAttributeValues: { ':id': accountId },
    });
    const { Items: pages = [] } = await scene.tables.send(query);
    const numbers = pages.flatMap(({ number, entries }) =>
      Array.from({ length: entries.length }, (_, place) => number + place),
    );
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(120);
  });

  it('pages through orders with a cursor, each once, money in minor units', async () => {
    const { scene, accountId } = parts();
    const seen: Record<string, unknown>[] = [];
    let cursor: unknown = null;
    do {
      const { body } = await scene.api(
        'GET',
        `/accounts/${accountId}/orders?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...(body.orders as Record<string, unknown>[]));
      cursor = body.cursor;
    } while (cursor !== null);
    expect(new Set(seen.map(({ orderId }) => orderId)).size).toBe(seen.length);
    expect(seen.filter(({ live }) => live)).toHaveLength(120);
    for (const { total } of seen) expect(total).toEqual({ minor: expect.any(Number), currency: 'PLN' });
    const one = await scene.api('GET', `/accounts/${accountId}/orders/${seen[0]?.orderId}`);
    expect(one.body).toEqual(seen[0]);
    expect((await scene.api('GET', `/accounts/${accountId}/orders?limit=0`)).status).toBe(400);
  });

  it('fetches the version key again when it has changed, and logs in with the new one', async () => {
    const { scene, accountId, login } = parts();
    await scene.sim('POST', '/version-keys/change');
    await scene.sim('POST', `/sellers/${login}/kill-sessions`);
    await scene.settle();
    const { body } = await scene.api('GET', `/accounts/${accountId}`);
    expect(body).toMatchObject({ connection: { state: 'connected' }, lastRun: { outcome: 'done' } });
    // Three logins: the first, that with the stale version key, and that with the new one.
    expect(await scene.attempts(login)).toBe(3);
  });
}
