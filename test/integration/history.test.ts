import { setTimeout } from 'node:timers/promises';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayAfter, dayOf } from '../../functions/core/base/days.ts';
import { DAY, epochMillis } from '../../functions/core/base/time.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';

interface TrueOrder {
  readonly orderId: string;
  readonly live: boolean;
}

let klamka: Klamka;
let accountId: string;
let login: string;
/** Sales from before the first connect, from the time when the journal told of none, and from after it. */
let history: readonly TrueOrder[];
let untold: readonly TrueOrder[];
let told: readonly TrueOrder[];

const today = () => dayOf(epochMillis(Date.now()), 'Europe/Warsaw');
const of = (path: string) => `/accounts/${accountId}${path}`;
const sync = async () => (await klamka.api('GET', of('/sync'))).body;
const completeness = async (day = today()) => (await klamka.api('GET', of(`/completeness?day=${day}`))).body;
const live = (orders: readonly TrueOrder[]) => orders.filter((order) => order.live);

/**
 * Waits for the next second: the marketplace's times are whole seconds, and later events need a later time.
 */
const nextSecond = () => setTimeout(1_000 - (Date.now() % 1_000) + 5);

async function sales(): Promise<TrueOrder[]> {
  const { orders } = (await klamka.sim('GET', `/orders?seller=${login}`)) as { orders: TrueOrder[] };
  return orders.filter(({ orderId }) => orderId.startsWith('order:'));
}

async function newSales(known: readonly TrueOrder[], orders: number): Promise<TrueOrder[]> {
  await klamka.sim('POST', '/buyers', { orders, pace: 'at-once' });
  await nextSecond();
  const before = new Set(known.map(({ orderId }) => orderId));
  return (await sales()).filter(({ orderId }) => !before.has(orderId));
}

/** Number of these orders that are stored. */
async function stored(orders: readonly TrueOrder[]): Promise<number> {
  const found = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = (await klamka.api('GET', of(`/orders?limit=100${next}`))).body;
    for (const { orderId } of page.orders as TrueOrder[]) found.add(orderId);
    cursor = page.cursor as string | null;
  }
  return orders.filter(({ orderId }) => found.has(orderId)).length;
}

beforeAll(async () => {
  klamka = await startKlamka({ seed: 31 });
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  login = seller.login;
  history = await newSales([], 20);
  const { body } = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(body.accountId);
  await klamka.settle();
  await nextSecond();
  await klamka.sim('POST', '/settings', { lossy: 1 });
  untold = await newSales(history, 15);
  await klamka.sim('POST', '/settings', { lossy: 0 });
  told = await newSales([...history, ...untold], 10);
  await klamka.settle();
});
afterAll(() => klamka.close());

describe('a day', () => {
  it('is unknown until it was compared with the list, and the answer says what to do', async () => {
    const { status, body } = await klamka.api('GET', of('/completeness'));
    expect(status).toBe(404);
    expect(body.message).toMatchObject({ pl: expect.stringContaining('POST'), en: expect.any(String) });
    expect((await klamka.api('GET', of(`/completeness?day=${dayAfter(today(), 2)}`))).status).toBe(400);
  });

  it('is made complete by a check: what the journal lost is found, stored and counted', async () => {
    expect(await stored(untold)).toBe(0);
    expect((await klamka.api('POST', of('/completeness'))).status).toBe(202);
    await klamka.settle();
    expect(await stored([...untold, ...told])).toBe(untold.length + told.length);
    expect(await stored(history)).toBe(0);
    const ours = live([...untold, ...told]).length;
    expect(await completeness()).toMatchObject({
      day: today(),
      list: 'all-sales',
      dayWasOver: false,
      marketplace: ours,
      ours,
      cancelled: untold.length + told.length - ours,
      beforeConnect: history.length,
      journalLoss: untold.length,
      changesNeverTold: 0,
      missing: [],
      acknowledged: {},
      cannotSee: expect.arrayContaining([{ pl: expect.any(String), en: expect.any(String) }]),
    });
    expect(await sync()).toMatchObject({
      lastCheck: { list: 'all-sales', journalLoss: untold.length, changesNeverTold: 0 },
      gap: null,
    });
    expect(await completeness(dayAfter(today(), -1))).toMatchObject({ marketplace: 0, dayWasOver: true });
  });

  it('says how much of it an ERP has acknowledged', async () => {
    const { body } = await klamka.api('GET', of('/changes?limit=5'));
    const { position } = body as { position: string };
    await klamka.api('PUT', of('/consumers/erp/position'), { position });
    const some = (await completeness()) as { acknowledged: { erp: number }; ours: number };
    expect(some.acknowledged.erp).toBeLessThan(some.ours);
    let after = position;
    for (let more = true; more; ) {
      const page = (await klamka.api('GET', of(`/changes?limit=100&after=${after}`))).body;
      ({ position: after, more } = page as { position: string; more: boolean });
    }
    await klamka.api('PUT', of('/consumers/erp/position'), { position: after });
    expect(await completeness()).toMatchObject({ acknowledged: { erp: some.ours } });
  });

  it('reads known sales no second time', async () => {
    const before = await completeness();
    await klamka.api('POST', of('/completeness'));
    await klamka.settle();
    const { checkedAt, ...after } = await completeness();
    expect({ ...after, checkedAt: before.checkedAt }).toEqual(before);
    expect(checkedAt).not.toBe(before.checkedAt);
  });
});

describe('an import', () => {
  it('names the fault of a bad request', async () => {
    const ask = async (body: object) => (await klamka.api('POST', of('/imports'), body)).body;
    expect(await ask({ from: today(), to: dayAfter(today(), -1) })).toMatchObject({
      status: 400,
      fields: [{ field: 'to', message: { pl: expect.any(String), en: expect.any(String) } }],
    });
    expect(await ask({ from: 'yesterday', to: today() })).toMatchObject({ fields: [{ field: 'from' }] });
    expect(await ask({ from: '2020-01-01', to: '2020-02-01' })).toMatchObject({
      fields: [{ field: 'from' }],
    });
    expect((await klamka.api('GET', of('/imports/none'))).status).toBe(404);
  });

  it('brings in the sales from before the first connect, and leaves the cursor where it is', async () => {
    const { cursor } = await sync();
    const asked = await klamka.api('POST', of('/imports'), { from: dayAfter(today(), -1), to: today() });
    expect(asked).toMatchObject({ status: 202, body: { state: 'waiting', kind: 'import' } });
    const { importId } = asked.body as { importId: string };
    await klamka.settle();
    const done = (await klamka.api('GET', of(`/imports/${importId}`))).body;
    const inList = live([...history, ...untold, ...told]).length;
    expect(done).toMatchObject({
      state: 'done',
      percent: 100,
      lists: ['filled-sales'],
      salesSeen: inList,
      imported: live(history).length,
      alreadyThere: inList - live(history).length,
      unreadable: 0,
      finishedAt: expect.any(String),
      message: null,
    });
    expect((await klamka.api('GET', of('/imports'))).body).toEqual({ imports: [done] });
    expect(await stored(live(history))).toBe(live(history).length);
    expect(await sync()).toMatchObject({ cursor });
    expect(await completeness()).toMatchObject({
      beforeConnect: history.length - live(history).length,
      journalLoss: untold.length,
    });
  });
});

/** Moves the last success two days back, as a pause would. */
async function pause(): Promise<void> {
  const tables = openTables(klamka.world.stack);
  await tables.send(
    new UpdateCommand({
      TableName: klamka.world.stack.resource('AccountsTable').name,
      Key: { accountId },
      UpdateExpression: 'SET lastSuccessAtMillis = :before',
      ExpressionAttributeValues: { ':before': Date.now() - 2 * DAY },
    }),
  );
  tables.destroy();
}

describe('a pause that is longer than the memory of the journal', () => {
  it('is noticed and filled from the list', async () => {
    await klamka.sim('POST', '/settings', { retentionDays: 0.000_001 });
    const made = await newSales([...history, ...untold, ...told], 5);
    await pause();
    await klamka.settle();
    // The check that follows fills the gap.
    await klamka.settle();
    expect(await sync()).toMatchObject({
      state: 'fresh',
      gap: { state: 'filled', message: { pl: expect.any(String), en: expect.any(String) } },
    });
    expect(await stored(made)).toBe(made.length);
    const [gap] = (await klamka.api('GET', of('/imports'))).body.imports as { kind: string }[];
    expect(gap).toMatchObject({
      kind: 'gap',
      state: 'done',
      lists: ['all-sales'],
      imported: expect.any(Number),
    });
  });
});
