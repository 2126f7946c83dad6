import { GetCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAll } from '../../infra/local/compare.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { endClaims, openTables, setVisibility } from '../support/tables.ts';

let klamka: Klamka;
let accountId: string;
let login: string;

const clean = { missing: 0, doubled: 0, different: 0 };

const compared = () => compareAll({ api: klamka.world.api, simulator: klamka.world.simulator.url });

beforeAll(async () => {
  klamka = await startKlamka({ seed: 11 });
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  login = seller.login;
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(body.accountId);
  await klamka.settle();
});
afterAll(() => klamka.close());

describe('the line from application password to stored orders', () => {
  it('stores what buyers buy, with one login for all runs', async () => {
    for (let wave = 0; wave < 4; wave += 1) {
      await klamka.sim('POST', '/buyers', { orders: 30, pace: 'live' });
      await klamka.settle();
      await klamka.sim('POST', '/buyers/finish');
      await klamka.settle();
    }
    expect(await compared()).toMatchObject({ made: 120, stored: 120, ...clean });
    expect(await klamka.attempts(login)).toBe(1);
  });

  it('keeps the handle with its expiry as TTL attribute, in epoch seconds, and numbers the feed without holes', async () => {
    const dynamo = openTables(klamka.world.stack);
    const sessions = klamka.world.stack.resource('SessionsTable').name;
    const { Item } = await dynamo.send(new GetCommand({ TableName: sessions, Key: { accountId } }));
    klamka.secrets.add(String(Item?.handle));
    expect(Item?.expiresAtSeconds).toBe(Math.floor(Item?.expiresAtMillis / 1_000));
    expect(Item?.expiresAtSeconds - Date.now() / 1_000).toBeGreaterThan(3_000);
    const feed = await dynamo.send(
      new ScanCommand({ TableName: klamka.world.stack.resource('FeedTable').name }),
    );
    const pages = (feed.Items ?? []).sort((one, other) => one.number - other.number);
    const numbers = pages.flatMap(({ number, entries }) =>
      Array.from({ length: entries.length }, (_, place) => number + place),
    );
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1));
    expect(numbers.length).toBeGreaterThan(120);
    dynamo.destroy();
  });

  it('pages through orders with a cursor, each once, money in minor units', async () => {
    const seen: Record<string, unknown>[] = [];
    let cursor: unknown = null;
    do {
      const { body } = await klamka.api(
        'GET',
        `/accounts/${accountId}/orders?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...(body.orders as Record<string, unknown>[]));
      cursor = body.cursor;
    } while (cursor !== null);
    expect(new Set(seen.map(({ orderId }) => orderId)).size).toBe(seen.length);
    expect(seen.filter(({ live }) => live)).toHaveLength(120);
    for (const { total } of seen) expect(total).toEqual({ minor: expect.any(Number), currency: 'PLN' });
    const one = await klamka.api('GET', `/accounts/${accountId}/orders/${seen[0]?.orderId}`);
    expect(one.body).toEqual(seen[0]);
    expect((await klamka.api('GET', `/accounts/${accountId}/orders?limit=0`)).status).toBe(400);
  });

  it('fetches the version key again when it has changed, and logs in with the new one', async () => {
    await klamka.sim('POST', '/version-keys/change');
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    await klamka.settle();
    const { body } = await klamka.api('GET', `/accounts/${accountId}`);
    expect(body).toMatchObject({ connection: { state: 'connected' }, lastRun: { outcome: 'done' } });
    // Three logins: the first, that with the stale version key, and that with the new one.
    expect(await klamka.attempts(login)).toBe(3);
  });

  it('loses nothing when its workers are killed in the middle', async () => {
    await setVisibility(klamka.world.stack, 3);
    await klamka.sim('POST', '/buyers', { orders: 60, pace: 'at-once' });
    await klamka.api('POST', `/accounts/${accountId}/sync`);
    while (!klamka.world.stack.instances('WorkLambdaFunction').some(({ busy }) => busy))
      await new Promise(setImmediate);
    klamka.world.stack.kill('WorkLambdaFunction');
    await klamka.sim('POST', '/faults', { operation: '*', times: 1, kind: 'http-503' });
    await endClaims(klamka.world.stack, accountId);
    await klamka.settle();
    await klamka.api('POST', `/accounts/${accountId}/sync`);
    await klamka.settle();
    await klamka.settle();
    expect(await compared()).toMatchObject({ made: 180, ...clean });
  });
});

describe('secrets', () => {
  it('are in no log line, no HTTP answer and no event', async () => {
    const events = JSON.stringify(klamka.world.stack.events());
    expect(klamka.said.length).toBeGreaterThan(20);
    expect(klamka.secrets.size).toBeGreaterThanOrEqual(3);
    for (const secret of klamka.secrets) {
      expect(klamka.said.filter((line) => line.includes(secret))).toEqual([]);
      expect(events).not.toContain(secret);
    }
  });
});
