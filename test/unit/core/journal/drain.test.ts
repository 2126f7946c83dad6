import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DrainDeps, drain } from '../../../../functions/core/journal/drain.ts';
import { liveOrders, type MemoryOrders, memoryOrders, untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { cancelled, SETTINGS, saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const START = '0';

const setUp = (settings = SETTINGS) => {
  const market = shop(settings);
  const orders = memoryOrders();
  return { market, orders, run: (from = START) => drain(drainDeps({ shop: market, orders }), from) };
};

describe('drain', () => {
  it('makes one call when there is nothing new', async () => {
    const { market, run } = setUp();
    expect(await run('5')).toMatchObject({
      cursor: '5',
      outcome: 'done',
      clean: true,
      events: 0,
      ordersChanged: 0,
    });
    expect(market.calls).toEqual(['saleEvents']);
  });

  it('stores a purchase without a sale as an order of its own', async () => {
    const { market, orders, run } = setUp();
    const event = market.event('purchased', 'd1');
    expect(await run()).toMatchObject({ cursor: event.id, ordersChanged: 1 });
    expect(liveOrders(orders)).toEqual({ 'purchase:d1': 'awaiting-details' });
    expect(orders.rows.get('purchase:d1')?.content).toMatchObject({
      total: { minor: 1_050, currency: 'PLN' },
    });
  });

  it('replaces orders of single purchases by the order of the sale that joins them', async () => {
    const { market, orders, run } = setUp();
    for (const purchase of ['d1', 'd2']) market.event('purchased', purchase);
    const first = await run();
    market.sales.set('f1', saleOf('f1', ['d1', 'd2']));
    for (const purchase of ['d1', 'd2']) market.event('sale-created', purchase, 'f1');
    await run(first.cursor);
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid' });
    expect(orders.rows.get('order:f1')?.content?.replaces).toEqual(['d1', 'd2']);
    expect(orders.rows.get('purchase:d1')?.content?.state).toBe('replaced');
    expect(orders.feed.map(({ orderId }) => orderId)).toEqual([
      'purchase:d1',
      'purchase:d2',
      'order:f1',
      'purchase:d1',
      'purchase:d2',
    ]);
  });

  it('asks for no purchase that a sale of the same run holds, and tells nobody of it', async () => {
    const { market, orders, run } = setUp();
    market.sales.set('f1', saleOf('f1', ['d1']));
    market.event('purchased', 'd1');
    market.event('sale-created', 'd1', 'f1');
    await run();
    expect(market.calls).toEqual(['saleEvents', 'sales 1']);
    expect(orders.feed.map(({ orderId }) => orderId)).toEqual(['order:f1']);
  });

  it('reopens the purchases of a cancelled sale and closes them again for the next sale', async () => {
    const { market, orders, run } = setUp();
    market.sales.set('f1', saleOf('f1', ['d1', 'd2']));
    market.event('sale-created', 'd1', 'f1');
    let { cursor } = await run();
    market.sales.set('f1', cancelled(saleOf('f1', ['d1', 'd2'])));
    for (const purchase of ['d1', 'd2']) market.event('released', purchase, 'f1');
    ({ cursor } = await run(cursor));
    expect(liveOrders(orders)).toEqual({
      'purchase:d1': 'awaiting-details',
      'purchase:d2': 'awaiting-details',
    });
    expect(orders.rows.get('order:f1')?.content?.state).toBe('released');
    market.sales.set('f2', saleOf('f2', ['d1']));
    market.event('sale-created', 'd1', 'f2');
    await run(cursor);
    expect(liveOrders(orders)).toEqual({ 'order:f2': 'paid', 'purchase:d2': 'awaiting-details' });
  });

  it('does not reopen a purchase that another live sale holds, whichever is seen first', async () => {
    const { market, orders, run } = setUp();
    market.sales.set('f1', saleOf('f1', ['d1']));
    market.event('sale-created', 'd1', 'f1');
    const { cursor } = await run();
    market.sales.set('f1', cancelled(saleOf('f1', ['d1'])));
    market.sales.set('f2', saleOf('f2', ['d1']));
    market.event('sale-created', 'd1', 'f2');
    market.event('released', 'd1', 'f1');
    await run(cursor);
    expect(liveOrders(orders)).toEqual({ 'order:f2': 'paid' });
  });

  it('reads sales in batches and pages to the end of the journal', async () => {
    const { market, run } = setUp();
    const purchases = Array.from({ length: 130 }, (_, index) => `d${index}`);
    for (const purchase of purchases) {
      market.sales.set(`f${purchase}`, saleOf(`f${purchase}`, [purchase]));
      market.event('sale-created', purchase, `f${purchase}`);
    }
    expect(await run()).toMatchObject({ events: 130, ordersChanged: 130, cursor: market.journal.at(-1)?.id });
    expect(market.calls).toEqual(['saleEvents', 'saleEvents', ...Array(5).fill('sales 25'), 'sales 5']);
  });

  it('moves the cursor no further than the first event whose sale it could not read, and stores the rest', async () => {
    const { market, orders, run } = setUp();
    market.sales.set('f1', saleOf('f1', ['d1']));
    const good = market.event('sale-created', 'd1', 'f1');
    market.event('sale-created', 'd2', 'unknown');
    market.sales.set('f3', saleOf('f3', ['d3']));
    market.event('sale-created', 'd3', 'f3');
    expect(await run()).toMatchObject({ cursor: good.id, outcome: 'done' });
    expect(Object.keys(liveOrders(orders))).toEqual(['order:f1', 'order:f3']);
  });

  it('stops when its time is up, with the cursor behind what has stored', async () => {
    const market = shop({ ...SETTINGS, journalPageSize: 2 });
    const orders = memoryOrders();
    for (const purchase of ['d1', 'd2', 'd3', 'd4']) market.event('purchased', purchase);
    const deps = { ...drainDeps({ shop: market, orders }), outOfTime: () => true };
    expect(await drain(deps, START)).toMatchObject({
      outcome: 'interrupted',
      cursor: market.journal[1]?.id,
      events: 2,
    });
  });

  it.each([
    [false, 36],
    [true, 1],
  ])(
    'reads pages that are not full to the end, unless pages are known to be filled (%s)',
    async (fills, pages) => {
      const market = shop({ ...SETTINGS, fillsJournalPages: fills });
      const { saleEvents } = market.source;
      market.source.saleEvents = async (...query) => (await saleEvents(...query)).slice(0, 1);
      for (let index = 1; index <= 35; index += 1) {
        market.sales.set(`f${index}`, saleOf(`f${index}`, [`d${index}`]));
        market.event('sale-created', `d${index}`, `f${index}`);
      }
      const events = fills ? 1 : 35;
      expect(await drain(drainDeps({ shop: market, orders: memoryOrders() }), START)).toMatchObject({
        outcome: 'done',
        clean: true,
        events,
      });
      expect(market.calls.filter((call) => call === 'saleEvents')).toHaveLength(pages);
    },
  );

  it('does not read a page for ever that does not move forward', async () => {
    const market = shop({ ...SETTINGS, journalPageSize: 1 });
    const event = market.event('purchased', 'd1');
    market.source.saleEvents = async () => [event];
    await expect(drain(drainDeps({ shop: market, orders: memoryOrders() }), START)).rejects.toThrow(
      /journal-stuck/,
    );
  });

  it('writes and tells nothing when it sees the same events again', async () => {
    const { market, orders, run } = setUp();
    market.sales.set('f1', saleOf('f1', ['d1']));
    market.event('sale-created', 'd1', 'f1');
    market.event('purchased', 'd2');
    await run();
    const told = orders.feed.length;
    const writes: string[] = [];
    orders.onWrite = (what) => writes.push(what);
    expect(await run()).toMatchObject({ ordersChanged: 0 });
    // The worker before has left a batch whose page is stored.
    expect(writes.filter((what) => what !== 'announce')).toEqual([]);
    expect(orders.feed.length).toBe(told);
  });

  it('appends what a crash between row and feed left out, even when nothing has changed', async () => {
    const { market, orders, run } = setUp();
    market.sales.set('f1', saleOf('f1', ['d1']));
    market.event('sale-created', 'd1', 'f1');
    orders.onWrite = (what) => {
      if (what === 'feed order:f1') throw new Error('killed');
    };
    await expect(run()).rejects.toThrow('killed');
    orders.onWrite = () => undefined;
    await run();
    expect(orders.feed.map(({ orderId }) => orderId)).toContain('order:f1');
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid' });
  });
});

/** Crashes at any write, again and again, until the journal has been drained. */
async function drainWithCrashes(
  market: Shop,
  orders: MemoryOrders,
  crashes: readonly number[],
  paced: Partial<DrainDeps> = {},
): Promise<void> {
  for (const writes of [...crashes, Number.POSITIVE_INFINITY]) {
    let left = writes;
    orders.onWrite = () => {
      left -= 1;
      if (left < 0) throw new Error('killed');
    };
    await drain({ ...drainDeps({ shop: market, orders }), ...paced }, START).catch((error: Error) => {
      if (error.message !== 'killed') throw error;
    });
  }
}

describe('at rest', () => {
  const lives = fc.array(
    fc.record({
      purchases: fc.integer({ min: 1, max: 3 }),
      fate: fc.constantFrom('no-sale', 'sale', 'cancelled', 'again'),
    }),
    { minLength: 1, maxLength: 6 },
  );

  const size = fc.constantFrom(1, 2, 3, 7, 100);

  it('every purchase is in exactly one live order, whatever the order of events and wherever runs were cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        lives,
        fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 4 }),
        fc.integer(),
        fc.record({ page: size, batch: size, ahead: size }),
        async (plans, crashes, salt, sizes) => {
          const pages = { journalPageSize: sizes.page, fillsJournalPages: false };
          const market = shop({ ...SETTINGS, ...pages, saleBatchSize: sizes.batch });
          const expected: string[] = [];
          const events = plans.flatMap(({ purchases, fate }, life) => {
            const ids = Array.from({ length: purchases }, (_, index) => `${life}${index}`);
            const made = ids.map((id) => ['purchased', id, undefined] as const);
            const sale = `f${life}`;
            if (fate === 'no-sale') {
              expected.push(...ids.map((id) => `purchase:${id}`));
              return made;
            }
            const filled = [...made, ...ids.map((id) => ['sale-created', id, sale] as const)];
            market.sales.set(sale, saleOf(sale, ids));
            if (fate === 'sale') {
              expected.push(`order:${sale}`);
              return filled;
            }
            market.sales.set(sale, cancelled(saleOf(sale, ids)));
            const ended = [...filled, ...ids.map((id) => ['released', id, sale] as const)];
            if (fate === 'cancelled') {
              expected.push(...ids.map((id) => `purchase:${id}`));
              return ended;
            }
            market.sales.set(`${sale}b`, saleOf(`${sale}b`, ids));
            expected.push(`order:${sale}b`);
            return [...ended, ...ids.map((id) => ['sale-created', id, `${sale}b`] as const)];
          });
          const shuffled = events
            .map((event, index) => ({ event, rank: Math.imul(index + 1, salt | 1) ^ (salt >>> 3) }))
            .sort((a, b) => a.rank - b.rank);
          for (const { event } of shuffled) market.event(event[0], event[1], event[2]);
          const orders = memoryOrders();
          await drainWithCrashes(market, orders, crashes, { readAhead: sizes.ahead });
          expect(Object.keys(liveOrders(orders)).sort()).toEqual(expected.sort());
          expect(untold(orders)).toEqual([]);
        },
      ),
      { numRuns: runs(100, 1_000) },
    );
  });
});
