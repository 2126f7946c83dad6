import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';

let klamka: Klamka;
let accountId: string;

const SPOILS = [
  [{ kind: 'negative-price' }, 'negative-price'],
  [{ kind: 'impossible-date' }, 'impossible-date'],
  [{ kind: 'missing-element' }, 'missing-field'],
  [{ kind: 'long-title' }, 'long-text'],
  [{ kind: 'broken-utf8' }, 'broken-text'],
] as const;
const LOST = { kind: 'missing-element', element: 'postBuyFormPayStatus' };

const standing = async () => (await klamka.api('GET', `/accounts/${accountId}/sync`)).body;
const order = async (saleId: string | undefined) =>
  (await klamka.api('GET', `/accounts/${accountId}/orders/order:${saleId}`)).body;

beforeAll(async () => {
  klamka = await startKlamka({ seed: 33 });
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(body.accountId);
  await klamka.settle();
});
afterAll(() => klamka.close());

it('bad data is stored as far as it can be read, flagged and counted, and stops no other order', async () => {
  await klamka.sim('POST', '/buyers', { orders: 25, pace: 'at-once' });
  const newest = { kind: null, count: SPOILS.length + 1 };
  const { saleIds } = (await klamka.sim('POST', '/sales/spoil', newest)) as { saleIds: string[] };
  for (const [index, [spoil]] of SPOILS.entries()) {
    await klamka.sim('POST', `/sales/${saleIds[index]}/spoil`, spoil);
  }
  const lost = saleIds.at(-1);
  await klamka.sim('POST', `/sales/${lost}/spoil`, LOST);
  for (let run = 1; run <= 5; run += 1) await klamka.settle();

  const counts: Record<string, unknown> = {};
  for (const [index, [, flag]] of SPOILS.entries()) {
    expect((await order(saleIds[index])).flags, flag).toContain(flag);
    counts[flag] = expect.any(Number);
  }
  expect(await order(saleIds[2])).toMatchObject({ unread: ['postBuyFormBuyerEmail'] });
  expect(await standing()).toMatchObject({
    state: 'fresh',
    last24Hours: { flags: counts },
    failing: [],
    quarantined: [
      {
        orderId: `order:${lost}`,
        reason: 'order-unreadable',
        detail: expect.stringContaining('PayStatus: missing'),
        message: { pl: expect.any(String), en: expect.any(String) },
      },
    ],
  });

  await klamka.sim('POST', `/sales/${lost}/spoil`, { kind: null });
  await klamka.api('POST', `/accounts/${accountId}/orders/order:${lost}/repair`);
  await klamka.settle();
  expect(await order(lost)).toMatchObject({ live: true });
  expect(await standing()).toMatchObject({ quarantined: [] });
});

it('buyers of any country have its letters, for one question to the marketplace', async () => {
  await klamka.sim('POST', '/buyers', { orders: 6, pace: 'at-once', home: 71 });
  await klamka.settle();
  await klamka.sim('POST', '/buyers', { orders: 6, pace: 'at-once', home: 228 });
  await klamka.settle();
  const { body } = await klamka.api('GET', `/accounts/${accountId}/orders?limit=100`);
  const orders = body.orders as {
    shipmentAddress?: { country?: string };
    contactAddress?: { country?: string };
    unread?: string[];
  }[];
  const countries = orders.map((one) => (one.shipmentAddress ?? one.contactAddress)?.country);
  expect(countries).toContain('FR');
  expect(countries).toContain('PL');
  const unknown = orders.filter(({ unread = [] }) => unread.some((field) => field.includes('(228)')));
  expect(unknown.length).toBeGreaterThan(0);
  for (const one of unknown) expect(one).toMatchObject({ flags: expect.arrayContaining(['missing-field']) });
  const { calls } = (await klamka.sim('GET', '/stats')) as { calls: Record<string, number> };
  expect(calls.doGetCountries).toBe(1);
});
