import { beforeEach, describe, expect, it } from 'vitest';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { PaymentMethod, PaymentStatus, Sale } from '../../../../functions/core/marketplace/sales.ts';
import { saleState } from '../../../../functions/webapi/formstate.ts';
import { type MemoryJournal, memoryJournal } from '../../../support/memory-journal.ts';
import { liveOrders, type MemoryOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { cancelled, saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const pln = (minor: number) => ({ minor, currency: 'PLN' });
const paid = (sale: Sale, changes: Partial<Sale['payment']>): Sale => ({
  ...sale,
  payment: { ...sale.payment, ...changes },
});

describe('the state of a sale', () => {
  const state = (method: PaymentMethod, status: PaymentStatus) =>
    saleState(paid(saleOf('f', ['d']), { method, status }));

  it.each<[PaymentMethod, PaymentStatus, string]>([
    ['cash-on-delivery', 'none', 'ready-to-ship'],
    ['cash-on-delivery', 'unknown', 'ready-to-ship'],
    ['bank-transfer', 'none', 'awaiting-manual-payment'],
    ['not-specified', 'none', 'awaiting-manual-payment'],
    ['online', 'none', 'awaiting-payment'],
    ['online', 'started', 'awaiting-payment'],
    ['online', 'unknown', 'awaiting-payment'],
    ['online', 'finished', 'paid'],
    ['bank-transfer', 'finished', 'paid'],
    ['online', 'withdrawn', 'payment-withdrawn'],
    ['online', 'rejected', 'released'],
    ['online', 'cancelled', 'released'],
  ])('paid by %s, %s, is %s', (method, status, expected) => {
    expect(state(method, status)).toBe(expected);
  });

  it('is cancelled by a date, whatever the payment says, even by one that cannot be read', () => {
    const cancelledAt = { iso: '', text: '2014-02-30' };
    expect(saleState({ ...saleOf('f', ['d']), cancelledAt })).toBe('released');
  });
});

let market: Shop;
let orders: MemoryOrders;
let journal: MemoryJournal;
let cursor: string;

beforeEach(() => {
  market = shop();
  orders = memoryOrders();
  journal = memoryJournal();
  cursor = '0';
});

async function run(): Promise<void> {
  ({ cursor } = await drain(drainDeps({ shop: market, orders, journal }), cursor));
}

const contentOf = (orderId: string) => orders.rows.get(orderId)?.content;

/** A surcharge, which reads like a sale without goods. */
const surcharge = (id: string, changes: Partial<Sale> = {}): Sale => ({
  ...paid(saleOf(id, []), { status: 'started', statusText: 'Rozpoczęta' }),
  lines: [],
  total: pln(700),
  ...changes,
});

describe('a surcharge', () => {
  beforeEach(async () => {
    market.sales.set('f1', saleOf('f1', ['d1'], { surchargeIds: ['s1'] }));
    market.sales.set('s1', surcharge('s1'));
    market.event('sale-created', 'd1', 'f1');
    await run();
  });

  it('is told with its sale, by one call more', async () => {
    expect(market.calls).toEqual(['saleEvents', 'sales 1', 'sales 1']);
    expect(contentOf('order:f1')).toMatchObject({
      total: pln(1_050 + 999),
      surcharges: [{ id: 's1', amount: pln(700), payment: { status: 'started', statusText: 'Rozpoczęta' } }],
    });
    expect(contentOf('order:f1')).not.toHaveProperty('flags');
  });

  it('brings its sale up to date when an event names it alone, and is no order', async () => {
    market.sales.set('s1', paid(surcharge('s1'), { status: 'finished' }));
    market.event('payment-finished', 'd1', 's1');
    await run();
    expect(contentOf('order:f1')?.surcharges).toMatchObject([{ payment: { status: 'finished' } }]);
    expect(contentOf('order:s1')).toBeUndefined();
    expect(new Set(orders.feed.map(({ orderId }) => orderId))).toEqual(new Set(['order:f1']));
    expect(cursor).toBe(market.journal.at(-1)?.id);
  });

  it('stays as it was told when it is not shown any more', async () => {
    market.sales.delete('s1');
    market.event('payment-finished', 'd1', 'f1');
    const before = contentOf('order:f1');
    await run();
    expect(contentOf('order:f1')).toEqual(before);
    expect(journal.bad.size).toBe(0);
  });

  it('fails with its sale, for its sale’s reason, and stores with it', async () => {
    market.sales.delete('f1');
    market.event('payment-finished', 'd1', 's1');
    await run();
    expect([...journal.bad.values()].map(({ orderId, reason }) => [orderId, reason])).toEqual(
      expect.arrayContaining([
        ['order:f1', 'order-missing'],
        ['order:s1', 'order-missing'],
      ]),
    );
    market.sales.set('f1', saleOf('f1', ['d1'], { surchargeIds: ['s1'] }));
    await run();
    expect(journal.bad.size).toBe(0);
    expect(cursor).toBe(market.journal.at(-1)?.id);
  });

  it('stays an order once it is stored with goods, whichever sale names it', async () => {
    const row = orders.rows.get('order:f1');
    if (row === undefined) throw new Error('it stored');
    const { heldBy: _, ...free } = { ...row, orderId: 'order:s1' as const };
    orders.rows.set('order:s1', free);
    market.event('payment-finished', 'd1', 'f1');
    await run();
    expect(orders.rows.get('order:s1')).toEqual(free);
  });
});

describe('a sale that is named as a surcharge though it has goods', () => {
  const states = () =>
    Object.fromEntries([...orders.rows.values()].map(({ orderId, content }) => [orderId, content?.state]));

  it.each([['f1'], ['f2'], ['f1', 'f2']])('is an order: f1 names %s', async (...surchargeIds) => {
    market.sales.set('f1', saleOf('f1', ['d1'], { surchargeIds }));
    market.sales.set('f2', saleOf('f2', ['d2']));
    market.event('sale-created', 'd1', 'f1');
    market.event('sale-created', 'd2', 'f2');
    await run();
    expect(states()).toMatchObject({ 'order:f1': 'paid', 'order:f2': 'paid' });
    expect(contentOf('order:f1')).not.toHaveProperty('surcharges');
    const entries = orders.feed.length;
    market.event('payment-finished', 'd1', 'f1');
    market.event('payment-finished', 'd2', 'f2');
    await run();
    expect(states()).toMatchObject({ 'order:f1': 'paid', 'order:f2': 'paid' });
    expect(orders.feed).toHaveLength(entries);
  });

  it('is found by being named, where its own events are lost, and stores after it came without its goods', async () => {
    const other = saleOf('f2', ['d2']);
    market.sales.set('f1', saleOf('f1', ['d1'], { surchargeIds: ['f2'] }));
    market.sales.set('f2', { ...other, lines: [] });
    market.event('sale-created', 'd1', 'f1');
    await run();
    expect(states()['order:f2']).toBeUndefined();
    market.sales.set('f2', other);
    market.event('payment-finished', 'd1', 'f1');
    await run();
    expect(states()).toMatchObject({ 'order:f1': 'paid', 'order:f2': 'paid', 'purchase:d2': undefined });
    expect(orders.rows.get('purchase:d2')?.heldBy).toEqual(['f2']);
  });
});

describe('a purchase that leaves a live sale', () => {
  beforeEach(async () => {
    market.sales.set('f1', saleOf('f1', ['d1', 'd2']));
    market.event('purchased', 'd2');
    market.event('sale-created', 'd1', 'f1');
    await run();
    market.sales.set('f1', saleOf('f1', ['d1']));
    market.event('payment-finished', 'd1', 'f1');
  });

  it('is an order of its own again', async () => {
    await run();
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid', 'purchase:d2': 'awaiting-details' });
    expect(cursor).toBe(market.journal.at(-1)?.id);
  });

  it('is so whenever the worker dies', async () => {
    const start = structuredClone([...orders.rows]);
    const [from, told] = [cursor, orders.feedPages.length];
    for (let kill = 1; kill < 12; kill += 1) {
      cursor = from;
      orders.feedPages.length = told;
      orders.rows.clear();
      for (const [id, row] of structuredClone(start)) orders.rows.set(id, row);
      let writes = 0;
      orders.onWrite = () => {
        writes += 1;
        if (writes === kill) throw new Error('killed');
      };
      await run().catch((error: Error) => expect(error.message).toBe('killed'));
      orders.onWrite = () => undefined;
      await run();
      expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid', 'purchase:d2': 'awaiting-details' });
    }
  });

  it('is held by the sale that it joins, or joins again', async () => {
    await run();
    market.sales.set('f2', saleOf('f2', ['d2']));
    market.event('sale-created', 'd2', 'f2');
    await run();
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid', 'order:f2': 'paid' });
    market.sales.set('f2', cancelled(saleOf('f2', ['d2'])));
    market.sales.set('f1', saleOf('f1', ['d1', 'd2']));
    market.event('released', 'd2', 'f2');
    market.event('payment-finished', 'd1', 'f1');
    await run();
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid' });
  });

  it('asks for nothing once it has been let go', async () => {
    await run();
    market.calls.length = 0;
    market.event('payment-finished', 'd1', 'f1');
    await run();
    expect(market.calls).toEqual(['saleEvents', 'sales 1']);
  });
});

it('a surcharge of a sale that is not ours to know is no order', async () => {
  market.sales.set('s1', surcharge('s1'));
  market.event('payment-finished', 'd1', 's1');
  await run();
  expect(orders.rows.size).toBe(0);
  expect(cursor).toBe(market.journal.at(-1)?.id);
});

it('a surcharge that the marketplace does not show is named, and flagged', async () => {
  market.sales.set('f1', saleOf('f1', ['d1'], { surchargeIds: ['s1'] }));
  market.event('sale-created', 'd1', 'f1');
  await run();
  expect(contentOf('order:f1')).toMatchObject({ surcharges: [{ id: 's1' }], flags: ['surcharge-unknown'] });
  expect(journal.bad.size).toBe(0);
});

describe('a sale that comes without its goods, once it is known', () => {
  const bare = (sale: Sale): Sale => ({ ...sale, lines: [] });

  beforeEach(async () => {
    market.sales.set('f1', saleOf('f1', ['d1', 'd2']));
    market.event('sale-created', 'd1', 'f1');
    await run();
  });

  it('keeps them, and is flagged', async () => {
    const before = contentOf('order:f1');
    market.sales.set('f1', bare(saleOf('f1', ['d1', 'd2'])));
    market.event('payment-finished', 'd1', 'f1');
    await run();
    expect(contentOf('order:f1')).toEqual({ ...before, flags: ['missing-field'] });
  });

  it('still lets its purchases go when it is cancelled', async () => {
    market.sales.set('f1', bare(cancelled(saleOf('f1', ['d1', 'd2']))));
    market.event('released', 'd1', 'f1');
    await run();
    expect(contentOf('order:f1')).toMatchObject({ state: 'released', replaces: ['d1', 'd2'] });
    expect(contentOf('order:f1')).not.toHaveProperty('flags');
    expect([contentOf('purchase:d1')?.state, contentOf('purchase:d2')?.state]).toEqual([
      'awaiting-details',
      'awaiting-details',
    ]);
  });
});

it('flags are counted by kind', async () => {
  market.sales.set('f1', saleOf('f1', ['d1'], { flags: ['unknown-payment-word'] }));
  market.sales.set('f2', saleOf('f2', ['d2'], { flags: ['unknown-payment-word', 'impossible-date'] }));
  market.event('sale-created', 'd1', 'f1');
  market.event('sale-created', 'd2', 'f2');
  const tally = await drain(drainDeps({ shop: market, orders, journal }), cursor);
  expect(tally).toMatchObject({ flagged: 2, flags: { 'unknown-payment-word': 2, 'impossible-date': 1 } });
});

it('parts that a later reading of a sale leaves out stay as they were read before', async () => {
  const parcels = [{ carrier: { id: '1' }, number: 'p1', status: '' }];
  const whole = saleOf('f1', ['d1'], { message: 'Zażółć', parcels, surchargeIds: ['s1'] });
  market.sales.set('f1', whole);
  market.sales.set('s1', surcharge('s1'));
  market.event('sale-created', 'd1', 'f1');
  await run();
  const before = contentOf('order:f1');
  const { total: _, deliveryCost: __, ...rest } = whole;
  market.sales.set('f1', {
    ...rest,
    buyer: { id: '77', login: '', email: '' },
    shipmentAddress: undefined,
    message: '',
    parcels: [],
    surchargeIds: [],
  });
  market.event('sale-created', 'd1', 'f1');
  await run();
  expect(before).toMatchObject({ message: 'Zażółć', surcharges: [{ id: 's1' }] });
  expect(contentOf('order:f1')).toEqual(before);
});
