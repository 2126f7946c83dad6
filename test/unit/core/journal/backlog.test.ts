import { describe, expect, it } from 'vitest';
import { plus, SECOND } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { NOW } from '../../../support/accounts.ts';
import { liveOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { SETTINGS, saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const START = '0';

/** A shop, its orders, and a run over them from the beginning. */
const setUp = () => {
  const market = shop();
  const orders = memoryOrders();
  return { market, run: () => drain(drainDeps({ shop: market, orders }), START) };
};

describe('a backlog', () => {
  /** Purchases with a sale each and three events each, which lie far apart. */
  function sold(market: Shop, sales: number) {
    const ids = Array.from({ length: sales }, (_, index) => `${index}`);
    for (const id of ids) market.sales.set(`f${id}`, saleOf(`f${id}`, [`d${id}`]));
    for (const id of ids) market.event('purchased', `d${id}`);
    for (const kind of ['sale-created', 'payment-finished'] as const)
      for (const id of ids) market.event(kind, `d${id}`, `f${id}`);
  }

  it('costs a call for each hundred events and each twenty-five sales, however they are mixed', async () => {
    const { market, run } = setUp();
    sold(market, 310);
    expect(await run()).toMatchObject({ outcome: 'done', clean: true, events: 930 });
    expect(market.calls.filter((call) => call === 'saleEvents')).toHaveLength(10);
    expect(market.calls.filter((call) => call.startsWith('sales'))).toHaveLength(Math.ceil(310 / 25));
    expect(market.calls).not.toContain('unpaid');
  });

  it('is written in batches of four calls for sales, with which the cursor is saved', async () => {
    const market = shop();
    const orders = memoryOrders();
    sold(market, 250);
    const batches: number[] = [];
    orders.onWrite = (what) => {
      if (what.startsWith('batch')) batches.push(what.split(' ').length - 1);
    };
    const deps = drainDeps({ shop: market, orders });
    await drain(deps, START);
    expect(market.calls.filter((call) => call.startsWith('sales'))).toHaveLength(10);
    expect(batches).toEqual([100, 100, 50]);
    expect(deps.saved.length).toBeLessThanOrEqual(batches.length);
    expect(orders.feedPages.map(({ count }) => count)).toEqual([100, 100, 50]);
  });

  it('asks once for each buyer in each offer, and once for twenty-five offers', async () => {
    const { market, run } = setUp();
    for (let index = 0; index < 120; index += 1)
      market.event('purchased', `d${index}`, undefined, { offerId: `${8_000 + (index % 60)}` });
    expect(await run()).toMatchObject({ outcome: 'done', clean: true, ordersChanged: 120 });
    expect(market.calls.filter((call) => call === 'unpaid')).toHaveLength(60);
    expect(market.calls.filter((call) => call === 'buyers')).toHaveLength(3);
  });

  it('moves the cursor in every run, however few purchases fit into one, and asks for none twice', async () => {
    const market = shop();
    const orders = memoryOrders();
    for (let index = 0; index < 250; index += 1)
      market.event('purchased', `d${index}`, undefined, { buyerId: `${index + 1}` });
    let cursor = START;
    for (let runs = 1; ; runs += 1) {
      let calls = 0;
      market.onCall = () => {
        calls += 1;
      };
      const deps = { ...drainDeps({ shop: market, orders }), outOfTime: () => calls >= 40 };
      const drained = await drain(deps, cursor);
      expect(BigInt(drained.cursor)).toBeGreaterThan(BigInt(cursor));
      ({ cursor } = drained);
      if (drained.outcome === 'done') break;
      expect(runs).toBeLessThan(20);
    }
    expect(market.calls.filter((call) => call === 'unpaid')).toHaveLength(250);
    expect(cursor).toBe(market.journal.at(-1)?.id);
  });

  it('reads a sale again whose next event came after it was read ahead', async () => {
    const market = shop({ ...SETTINGS, journalPageSize: 2, saleBatchSize: 1 });
    const orders = memoryOrders();
    const unpaid = saleOf('f2', ['d2']);
    const payment = { ...unpaid.payment, status: 'started', statusText: 'Rozpoczęta' } as const;
    market.sales.set('f1', saleOf('f1', ['d1']));
    market.sales.set('f2', { ...unpaid, payment });
    market.event('sale-created', 'd1', 'f1');
    market.event('sale-created', 'd2', 'f2');
    let pages = 0;
    market.onCall = (operation) => {
      if (operation !== 'saleEvents') return;
      pages += 1;
      if (pages !== 2) return;
      market.sales.set('f2', saleOf('f2', ['d2']));
      market.event('payment-finished', 'd2', 'f2');
    };
    await drain({ ...drainDeps({ shop: market, orders }), readAhead: 2 }, START);
    expect(market.calls.slice(0, 4)).toEqual(['saleEvents', 'sales 1', 'sales 1', 'saleEvents']);
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid', 'order:f2': 'paid' });
  });

  it('does not read ahead for long where the marketplace is slow', async () => {
    const market = shop({ ...SETTINGS, journalPageSize: 10 });
    const orders = memoryOrders();
    sold(market, 100);
    let pages = 0;
    market.onCall = (operation) => {
      if (operation === 'saleEvents') pages += 1;
    };
    const clock = () => plus(NOW, pages * 6 * SECOND);
    const drained = await drain({ ...drainDeps({ shop: market, orders }), clock }, START);
    expect(drained).toMatchObject({ outcome: 'done', clean: true, events: 300 });
    // Three pages take eighteen seconds, more than reading ahead may.
    expect(market.calls.slice(0, 4)).toEqual([...Array(3).fill('saleEvents'), 'unpaid']);
    expect(Object.keys(liveOrders(orders))).toHaveLength(100);
  });

  it('keeps what has stored when the marketplace fails in the middle', async () => {
    const market = shop();
    const orders = memoryOrders();
    sold(market, 60);
    let sales = 0;
    market.onCall = (operation) => {
      if (!operation.startsWith('sales')) return;
      sales += 1;
      if (sales > 1)
        throw new MarketplaceFault({ reason: 'marketplace-unavailable', outcome: 'answered', operation });
    };
    const deps = drainDeps({ shop: market, orders });
    await expect(drain(deps, START)).rejects.toThrow(/marketplace-unavailable/);
    expect(deps.saved).toEqual([market.journal[24]?.id]);
  });
});
