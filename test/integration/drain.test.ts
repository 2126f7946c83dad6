import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareAll } from '../../infra/local/compare.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';

const SALES = 'doGetPostBuyFormsDataForSellers';

let klamka: Klamka;
let accountId: string;
let login: string;

const clean = { missing: 0, doubled: 0, different: 0 };
const compared = () => compareAll({ api: klamka.world.api, simulator: klamka.world.simulator.url });
const standing = async () => (await klamka.api('GET', `/accounts/${accountId}/sync`)).body;
const sales = async () => {
  const { orders } = (await klamka.sim('GET', `/orders?seller=${login}`)) as {
    orders: { orderId: string }[];
  };
  return orders.map(({ orderId }) => orderId).filter((id) => id.startsWith('order:'));
};

/** Lets buyers buy until there is exactly one more sale, unread; returns its order id. */
async function oneNewSale(): Promise<string> {
  const before = new Set(await sales());
  for (;;) {
    await klamka.sim('POST', '/buyers', { orders: 1, pace: 'at-once' });
    const made = (await sales()).filter((id) => !before.has(id));
    if (made.length === 1) return made[0] ?? '';
    await klamka.settle();
    for (const id of made) before.add(id);
  }
}

/** Deletes an order, as if its event had been missing from the journal when the journal was read. */
async function forget(orderId: string): Promise<void> {
  const tables = openTables(klamka.world.stack);
  const TableName = klamka.world.stack.resource('OrdersTable').name;
  await tables.send(new DeleteCommand({ TableName, Key: { accountId, orderId } }));
  tables.destroy();
}

async function makeDue(overlap: 'hourly' | 'daily'): Promise<void> {
  const tables = openTables(klamka.world.stack);
  await tables.send(
    new UpdateCommand({
      TableName: klamka.world.stack.resource('AccountsTable').name,
      Key: { accountId },
      UpdateExpression: 'SET #at = :long',
      ExpressionAttributeNames: { '#at': `${overlap}OverlapAtMillis` },
      ExpressionAttributeValues: { ':long': 1 },
    }),
  );
  tables.destroy();
}

const callsOf = async (operation: string): Promise<number> => {
  const { calls } = (await klamka.sim('GET', '/stats')) as { calls: Record<string, number> };
  return calls[operation] ?? 0;
};

beforeAll(async () => {
  klamka = await startKlamka({ seed: 21 });
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
  await klamka.sim('POST', '/buyers', { orders: 20, pace: 'at-once' });
  await klamka.settle();
});
afterAll(() => klamka.close());

describe('GET /accounts/{accountId}/sync', () => {
  it('tells how fresh the orders are, and what the last day brought', async () => {
    expect(await standing()).toMatchObject({
      accountId,
      state: 'fresh',
      message: { pl: expect.any(String), en: expect.any(String) },
      lastSuccessAt: expect.any(String),
      lastEventAt: expect.any(String),
      cursor: expect.stringMatching(/^\d+$/),
      last24Hours: { flagged: 0, late: 0 },
      quarantined: [],
      failing: [],
    });
    const { last24Hours } = (await standing()) as { last24Hours: { ordersChanged: number } };
    expect(last24Hours.ordersChanged).toBeGreaterThanOrEqual(20);
  });

  it('is not found for an unknown account', async () => {
    expect((await klamka.api('GET', '/accounts/none/sync')).status).toBe(404);
  });
});

describe('events behind the cursor', () => {
  it('are found by the overlap, which reads no sale for known events', async () => {
    const [lost = ''] = await sales();
    await forget(lost);
    expect((await compared()).missing).toBe(1);
    // Writes an event just before each event; the cursor stands behind all of them.
    const { events } = (await klamka.sim('POST', '/journal/late', { count: 1_000 })) as { events: number };
    await klamka.settle();
    expect((await compared()).missing).toBe(1);
    const { cursor } = await standing();
    await makeDue('hourly');
    await klamka.settle();
    expect(await compared()).toMatchObject(clean);
    expect(events).toBeGreaterThan(20);
    expect(await standing()).toMatchObject({ cursor, last24Hours: { late: events } });

    const before = await callsOf(SALES);
    await makeDue('daily');
    await klamka.settle();
    expect(await callsOf(SALES)).toBe(before);
    expect(await standing()).toMatchObject({ cursor, last24Hours: { late: events } });
  });
});

describe('an order that cannot be read', () => {
  it('is quarantined after five runs, seen with its reason, and repaired', async () => {
    const orderId = await oneNewSale();
    for (let run = 1; run <= 5; run += 1) {
      // The order's sale is refused; the known good sale, which is asked for next, is not.
      const code = 'ERR_INCORRECT_TRANSACTION_ID';
      await klamka.sim('POST', '/faults', { operation: SALES, kind: 'fault', code });
      // The purchase is an open order meanwhile, without a price from any source.
      const purchase = { reason: 'unconfirmed', detail: 'price' };
      if (run === 5)
        expect(await standing()).toMatchObject({
          failing: [{ orderId, tries: 4 }, purchase],
          quarantined: [],
        });
      await klamka.settle();
    }
    const bad = { orderId, reason: 'refused', detail: 'ERR_INCORRECT_TRANSACTION_ID', tries: 5 };
    expect(await standing()).toMatchObject({ state: 'fresh', quarantined: [bad] });
    await klamka.settle();
    expect((await klamka.api('GET', `/accounts/${accountId}/orders/${orderId}`)).status).toBe(404);

    expect((await klamka.api('POST', `/accounts/${accountId}/orders/${orderId}/repair`)).status).toBe(202);
    await klamka.settle();
    expect((await klamka.api('GET', `/accounts/${accountId}/orders/${orderId}`)).status).toBe(200);
    await klamka.settle();
    expect(await standing()).toMatchObject({ quarantined: [], failing: [] });
    expect(await compared()).toMatchObject(clean);
  });

  it('is not recorded if the marketplace does not name it, and the answer says so', async () => {
    const repair = async () => {
      const answer = klamka.api('POST', `/accounts/${accountId}/orders/order:424242/repair`);
      await klamka.settle();
      return await answer;
    };
    expect(await repair()).toMatchObject({
      status: 404,
      body: { message: { en: expect.stringMatching(/knows no such order/) } },
    });
    for (let run = 1; run <= 6; run += 1) await klamka.settle();
    expect(await standing()).toMatchObject({ quarantined: [], failing: [] });
  });

  it('can be dismissed by a person once it was quarantined', async () => {
    const orderId = await oneNewSale();
    const saleId = orderId.slice('order:'.length);
    const dismiss = (id: string) => klamka.api('POST', `/accounts/${accountId}/orders/${id}/dismiss`);
    await klamka.sim('POST', `/sales/${saleId}/spoil`, {
      kind: 'missing-element',
      element: 'postBuyFormPayStatus',
    });
    await klamka.settle();
    expect((await dismiss(orderId)).status).toBe(409);
    for (let run = 2; run <= 5; run += 1) await klamka.settle();
    expect(await standing()).toMatchObject({ quarantined: [{ orderId }] });
    expect((await dismiss(orderId)).status).toBe(200);
    await klamka.settle();
    expect(await standing()).toMatchObject({ quarantined: [], failing: [], quarantinedCount: 0 });
    expect((await dismiss(orderId)).status).toBe(404);
    expect((await dismiss('order-7')).status).toBe(400);
    await klamka.sim('POST', `/sales/${saleId}/spoil`, { kind: null });
    expect((await klamka.api('POST', `/accounts/${accountId}/orders/${orderId}/repair`)).status).toBe(202);
    await klamka.settle();
    expect(await compared()).toMatchObject(clean);
  });

  it('cannot be repaired under an id of no order', async () => {
    const repair = (id: string) => klamka.api('POST', `/accounts/${accountId}/orders/${id}/repair`);
    expect((await repair('purchase:1')).status).toBe(404);
    expect((await repair('order-7')).status).toBe(400);
  });
});

describe('an outage', () => {
  it.each([
    { kind: 'http-503' },
    { kind: 'fault', code: 'ERR_INCORRECT_TRANSACTION_ID' },
    { kind: 'empty-200' },
  ])('of the sales quarantines nothing, however long it lasts: %o', async (breakage) => {
    const orderId = await oneNewSale();
    await klamka.sim('POST', '/faults', { operation: SALES, times: 1_000, ...breakage });
    for (let run = 0; run < 7; run += 1) {
      await klamka.api('POST', `/accounts/${accountId}/sync`);
      await klamka.settle();
    }
    expect(await standing()).toMatchObject({ quarantined: [], failing: [] });
    await fetch(`${klamka.world.simulator.url}/_sim/faults`, { method: 'DELETE' });
    await klamka.api('POST', `/accounts/${accountId}/resume`);
    await klamka.settle();
    expect((await klamka.api('GET', `/accounts/${accountId}/orders/${orderId}`)).status).toBe(200);
    expect(await compared()).toMatchObject(clean);
  });
});
