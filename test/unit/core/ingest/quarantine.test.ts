import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally, retryQuarantined } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import type { SaleBatch } from '../../../../functions/webapi/formbatch.ts';
import { NOW } from '../../../support/accounts.ts';
import { type MemoryJournal, memoryJournal } from '../../../support/memory-journal.ts';
import { type MemoryOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

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

const deps = (goodSaleId?: string) =>
  drainDeps({ shop: market, orders, journal, ...(goodSaleId !== undefined && { goodSaleId }) });

/** Runs one after the other, each from the cursor of the run before. */
async function runs(count: number, goodSaleId?: string) {
  let last: Awaited<ReturnType<typeof drain>> | undefined;
  for (let index = 0; index < count; index += 1) {
    last = await drain(deps(goodSaleId), cursor);
    cursor = last.cursor;
  }
  if (last === undefined) throw new Error('no run');
  return last;
}

/** A run so many minutes after the first, for an account that has never read a sale. */
async function at(minute: number) {
  const clock = () => plus(NOW, minute * MINUTE);
  ({ cursor } = await drain(drainDeps({ shop: market, orders, journal, clock }), cursor));
}

/** Three purchases; the marketplace does not return the sale of the second. */
function oneMissing() {
  for (const id of ['1', '2', '3']) market.event('sale-created', `d${id}`, `f${id}`);
  market.sales.set('f1', saleOf('f1', ['d1']));
  market.sales.set('f3', saleOf('f3', ['d3']));
  return market.journal.map(({ id }) => id);
}

describe('a failed order', () => {
  it('stops the cursor for four runs and no other order; after the fifth the cursor moves over it', async () => {
    const [first = '', , last = ''] = oneMissing();
    for (let tries = 1; tries <= 4; tries += 1) {
      expect(await runs(1)).toMatchObject({ cursor: first, clean: false, outcome: 'done' });
      expect(journal.bad.get('order:f2')).toMatchObject({ reason: 'order-missing', tries });
      expect(journal.bad.get('order:f2')).not.toHaveProperty('quarantinedAtMillis');
    }
    expect([...orders.rows.keys()]).toContain('order:f3');
    expect(await runs(1)).toMatchObject({ cursor: last, clean: true });
    expect(journal.bad.get('order:f2')).toMatchObject({ tries: 5, quarantinedAtMillis: expect.any(Number) });
    expect(journal.seenIds.size).toBe(3);
  });

  it('counts once in a run, however many events name it', async () => {
    oneMissing();
    for (const purchase of ['d8', 'd9']) market.event('sale-created', purchase, 'f2');
    await runs(1);
    expect(journal.bad.get('order:f2')?.tries).toBe(1);
  });

  it('is forgotten when it stores', async () => {
    oneMissing();
    await runs(1);
    market.sales.set('f2', saleOf('f2', ['d2']));
    expect(await runs(1)).toMatchObject({ clean: true });
    expect(journal.bad.size).toBe(0);
    expect([...orders.rows.keys()]).toContain('order:f2');
  });

  it('once quarantined stops nothing more, and is tried again on any new event', async () => {
    oneMissing();
    await runs(5);
    const again = market.event('payment-finished', 'd2', 'f2');
    market.event('sale-created', 'd4', 'f4');
    market.sales.set('f4', saleOf('f4', ['d4']));
    expect(await runs(1)).toMatchObject({ clean: true, cursor: market.journal.at(-1)?.id });
    expect(journal.bad.get('order:f2')?.tries).toBe(6);
    market.event('payment-finished', 'd2', 'f2');
    market.sales.set('f2', saleOf('f2', ['d2']));
    await runs(1);
    expect(BigInt(cursor)).toBeGreaterThan(BigInt(again.id));
    expect(journal.bad.size).toBe(0);
  });

  it('is tried again when its day has come', async () => {
    oneMissing();
    await runs(5);
    market.sales.set('f2', saleOf('f2', ['d2']));
    await retryQuarantined(deps(), emptyTally());
    expect([...orders.rows.keys()]).toContain('order:f2');
    expect(journal.bad.size).toBe(0);
  });

  it('is told by which field could not be read', async () => {
    oneMissing();
    const { sales } = market.source;
    market.source.sales = async (...query): Promise<SaleBatch> => ({
      ...(await sales(...query)),
      unreadable: [{ id: 'f2', why: 'postBuyFormShipmentId: not a whole number' }],
    });
    await runs(1);
    expect(journal.bad.get('order:f2')).toMatchObject({
      reason: 'order-unreadable',
      detail: 'postBuyFormShipmentId: not a whole number',
    });
  });

  it('is found in a batch that faults because of it', async () => {
    oneMissing();
    const { sales } = market.source;
    market.source.sales = async (handle, ids, options) => {
      if (!ids.includes('f2')) return await sales(handle, ids, options);
      const code = 'ERR_INCORRECT_TRANSACTION_ID';
      throw new MarketplaceFault({ reason: 'business', outcome: 'answered', operation: 'sales', code });
    };
    await runs(1);
    expect(journal.bad.get('order:f2')).toMatchObject({
      reason: 'refused',
      detail: 'ERR_INCORRECT_TRANSACTION_ID',
    });
    expect([...orders.rows.keys()].filter((id) => id.startsWith('order:')).sort()).toEqual([
      'order:f1',
      'order:f3',
    ]);
  });

  it('is one whose row the store would refuse; it is not cut, and its purchases stay visible', async () => {
    const [first = ''] = oneMissing();
    market.event('purchased', 'd2');
    market.sales.set('f2', saleOf('f2', ['d2'], { message: 'ó'.repeat(200_000) }));
    expect(await runs(1)).toMatchObject({ cursor: first });
    expect(journal.bad.get('order:f2')).toMatchObject({
      reason: 'row-too-large',
      detail: expect.stringMatching(/^4\d{5} bytes$/),
    });
    expect(orders.rows.get('purchase:d2')?.content?.state).toBe('awaiting-details');
    expect([...orders.rows.keys()]).not.toContain('order:f2');
  });

  it('is a purchase that cannot be asked for, while others can', async () => {
    market.event('purchased', 'd1');
    market.event('purchased', 'd2', undefined, { offerId: '9' });
    const { unpaid } = market.source;
    market.source.unpaid = async (handle, purchase, options) => {
      if (purchase.offerId !== '9') return await unpaid(handle, purchase, options);
      throw new MarketplaceFault({ reason: 'business', outcome: 'answered', operation: 'purchases' });
    };
    await runs(1);
    expect(journal.bad.get('purchase:d2')).toMatchObject({
      reason: 'refused',
      purchase: { purchaseId: 'd2', offerId: '9', buyerId: '77', quantity: 1 },
    });
    expect([...orders.rows.keys()]).toEqual(['purchase:d1']);
  });
});

describe('an outage', () => {
  it('quarantines nothing: all sales missing, and the known good one too', async () => {
    oneMissing();
    market.sales.clear();
    expect(await runs(7, 'good')).toMatchObject({ cursor: '0', clean: false });
    expect(journal.bad.size).toBe(0);
  });

  it('is told from a lone failed order by reading the known good sale again, once a run', async () => {
    market.sales.set('good', saleOf('good', ['d0']));
    const event = market.event('sale-created', 'd1', 'f1');
    await runs(4, 'good');
    expect(cursor).toBe('0');
    expect(market.calls.filter((call) => call === 'sales 1')).toHaveLength(8);
    expect(await runs(1, 'good')).toMatchObject({ cursor: event.id, clean: true });
    expect(journal.bad.get('order:f1')?.tries).toBe(5);
  });

  it('blames nobody where no sale was ever read and several do not come', async () => {
    market.event('sale-created', 'd1', 'f1');
    market.event('sale-created', 'd2', 'f2');
    for (let minute = 0; minute < 300; minute += 30) await at(minute);
    expect(journal.bad.size).toBe(0);
    expect(cursor).toBe('0');
  });

  it('blames nobody while calls fail', async () => {
    market.event('sale-created', 'd1', 'f1');
    market.source.sales = async () => {
      throw new MarketplaceFault({ reason: 'no-readable-reply', outcome: 'unclear', operation: 'sales' });
    };
    for (let minute = 0; minute < 300; minute += 30) await expect(at(minute)).rejects.toThrow();
    expect(journal.bad.size).toBe(0);
  });
});

describe('a lone failed order where no sale was ever read', () => {
  it.each(['missing', 'unreadable'] as const)(
    'is quarantined after five runs and half an hour: %s',
    async (why) => {
      market.event('sale-created', 'd1', 'f1');
      if (why === 'unreadable') {
        market.event('sale-created', 'd2', 'f2');
        market.source.sales = async (_handle, ids) => ({
          sales: [],
          unreadable: ids.map((id) => ({ id, why: 'postBuyFormPayStatus: missing' })),
        });
      }
      for (let minute = 0; minute < 30; minute += 1) await at(minute);
      expect(cursor).toBe('0');
      expect(journal.bad.get('order:f1')).toMatchObject({ reason: `order-${why}`, tries: 30 });
      expect(journal.bad.get('order:f1')).not.toHaveProperty('quarantinedAtMillis');
      await at(30);
      expect(journal.bad.get('order:f1')).toHaveProperty('quarantinedAtMillis');
      expect(journal.bad.get('order:f1')).not.toHaveProperty('unsure');
      expect(cursor).toBe(market.journal.at(-1)?.id);
    },
  );

  it('is quarantined after half an hour also where a clock that was a day ahead met it first', async () => {
    market.event('sale-created', 'd1', 'f1');
    for (const minute of [24 * 60, 0, 1, 2, 3, 4]) await at(minute);
    expect(cursor).toBe('0');
    await at(31);
    expect(cursor).not.toBe('0');
  });

  it('is not quarantined in fewer than five runs, however long they take', async () => {
    market.event('sale-created', 'd1', 'f1');
    for (const minute of [0, 600, 1_200, 1_800]) await at(minute);
    expect(cursor).toBe('0');
    await at(2_400);
    expect(cursor).not.toBe('0');
  });
});

it('costs an idle run no look at what is bad while there is nothing', async () => {
  market.event('sale-created', 'd1', 'f1');
  market.sales.set('f1', saleOf('f1', ['d1']));
  await runs(2);
  expect(journal.calls).toEqual([]);
});

describe('the record of failed orders', () => {
  it('processes no event by itself: one that is quarantined is tried again on its own event', async () => {
    journal.bad.set('purchase:d1', {
      orderId: 'purchase:d1',
      reason: 'refused',
      detail: 'ERR_X',
      purchase: { purchaseId: 'd1', offerId: '8000000001', buyerId: '77', quantity: 1 },
      firstAtMillis: NOW,
      lastAtMillis: NOW,
      tries: 5,
      quarantinedAtMillis: NOW,
    });
    market.event('purchased', 'd1');
    market.sales.set('f2', saleOf('f2', ['d2']));
    market.event('sale-created', 'd2', 'f2');
    await runs(1, 'f2');
    expect(orders.rows.get('purchase:d1')?.content?.state).toBe('awaiting-details');
    expect(journal.bad.size).toBe(0);
  });

  it('is not for ever in doubt because the known good sale is kept no more', async () => {
    market.event('sale-created', 'd1', 'missing');
    for (let minute = 0; minute <= 40; minute += 8) {
      const clock = () => plus(NOW, minute * MINUTE);
      ({ cursor } = await drain(
        drainDeps({ shop: market, orders, journal, clock, goodSaleId: 'archived' }),
        cursor,
      ));
    }
    expect(journal.bad.get('order:missing')).toMatchObject({ quarantinedAtMillis: expect.any(Number) });
    expect(cursor).toBe(market.journal.at(-1)?.id);
  });
});
