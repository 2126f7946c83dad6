import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attempt, send } from '../../infra/local/http-client.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { type StoreProxy, startStoreProxy } from '../support/store-proxy.ts';

let klamka: Klamka;
let store: StoreProxy;
let accountId: string;

beforeAll(async () => {
  store = await startStoreProxy();
  klamka = await startKlamka({ seed: 71, environment: { AWS_ENDPOINT_URL_DYNAMODB: store.url } });
  store.target = klamka.world.stack.endpoints.dynamodb;
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(body.accountId);
  await klamka.settle();
  await klamka.sim('POST', '/buyers', { orders: 5, pace: 'at-once' });
  await klamka.settle();
});
beforeEach(() => store.reset());
afterAll(async () => {
  await klamka.close();
  await store.close();
});

/** Most requests of a run: far fewer than a client sends within a second if it repeats without a pause. */
const MOST_REQUESTS = 12;
const batches = () => store.operations.filter((operation) => operation.startsWith('Batch')).length;

describe('a store that leaves all batches undone', () => {
  it.each(['account', 'all'])(
    'is asked a few times by a reader of changes, who gets 503: %s',
    async (whose) => {
      store.starved = true;
      const path = whose === 'all' ? '/changes' : `/accounts/${accountId}/changes`;
      const response = await send(klamka.world.api, { path });
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await response.json()).toMatchObject({ message: { en: expect.stringMatching(/overloaded/) } });
      expect(batches()).toBeGreaterThan(1);
      expect(batches()).toBeLessThanOrEqual(MOST_REQUESTS);
    },
    30_000,
  );

  it('or refuses every request counts as busy, and not as an error of ours', async () => {
    store.throttled = true;
    const response = await send(klamka.world.api, { path: `/accounts/${accountId}` });
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('is no reason to show accounts without their sessions', async () => {
    store.starved = true;
    expect((await attempt(klamka.world.api, { method: 'GET', path: '/accounts' })).status).toBe(503);
    store.reset();
    const { body } = await klamka.api('GET', '/accounts');
    expect(body.accounts).toMatchObject([{ accountId, session: expect.anything() }]);
  });

  it('interrupts a run, which brings in its orders later', async () => {
    await klamka.sim('POST', '/buyers', { orders: 5, pace: 'at-once' });
    store.starved = true;
    store.onAnswered = () => {
      // The store has capacity again after the run has given up.
      if (batches() > MOST_REQUESTS) store.starved = false;
    };
    await klamka.settle();
    expect(klamka.said.some((line) => line.includes('StoreBusy'))).toBe(true);
    await klamka.settle();
    const { body } = await klamka.api('GET', `/accounts/${accountId}`);
    expect(body).toMatchObject({ connection: { state: 'connected' }, lastRun: { outcome: 'done' } });
    const { body: page } = await klamka.api('GET', `/accounts/${accountId}/orders?limit=100`);
    expect((page.orders as { live: boolean }[]).filter(({ live }) => live)).toHaveLength(10);
  });

  it('does not end a removal, which goes on later', async () => {
    store.starved = true;
    await klamka.api('DELETE', `/accounts/${accountId}`);
    store.onAnswered = () => {
      if (batches() > MOST_REQUESTS) store.starved = false;
    };
    for (let ticks = 0; ticks < 3; ticks += 1) await klamka.settle();
    const { status } = await klamka.api('GET', `/accounts/${accountId}`);
    expect(status).toBe(404);
  });
});
