import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DrainDeps, drain } from '../../../../functions/core/journal/drain.ts';
import { cancelled, formOf, SETTINGS } from '../../../support/forms.ts';
import { liveOrders, type MemoryOrders, memoryOrders, untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
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
    expect(market.calls).toEqual(['dealEvents']);
  });

  it('stores a deal without a form as an order of its own', async () => {
    const { market, orders, run } = setUp();
    const event = market.event('deal-created', 'd1');
    expect(await run()).toMatchObject({ cursor: event.id, ordersChanged: 1 });
    expect(liveOrders(orders)).toEqual({ 'deal:d1': 'awaiting-form' });
    expect(orders.rows.get('deal:d1')?.content).toMatchObject({ total: { minor: 1_050, currency: 'PLN' } });
  });

  it('replaces deal orders by the order of the form that joins them', async () => {
    const { market, orders, run } = setUp();
    for (const deal of ['d1', 'd2']) market.event('deal-created', deal);
    const first = await run();
    market.forms.set('f1', formOf('f1', ['d1', 'd2']));
    for (const deal of ['d1', 'd2']) market.event('form-created', deal, 'f1');
    await run(first.cursor);
    expect(liveOrders(orders)).toEqual({ 'form:f1': 'paid' });
    expect(orders.rows.get('form:f1')?.content?.replaces).toEqual(['d1', 'd2']);
    expect(orders.rows.get('deal:d1')?.content?.state).toBe('replaced');
    expect(orders.feed.map(({ orderId }) => orderId)).toEqual([
      'deal:d1',
      'deal:d2',
      'form:f1',
      'deal:d1',
      'deal:d2',
    ]);
  });

  it('asks for no deal that a form of the same run holds, and tells nobody of it', async () => {
    const { market, orders, run } = setUp();
    market.forms.set('f1', formOf('f1', ['d1']));
    market.event('deal-created', 'd1');
    market.event('form-created', 'd1', 'f1');
    await run();
    expect(market.calls).toEqual(['dealEvents', 'forms 1']);
    expect(orders.feed.map(({ orderId }) => orderId)).toEqual(['form:f1']);
  });

  it('reopens the deals of a cancelled form and closes them again for the next form', async () => {
    const { market, orders, run } = setUp();
    market.forms.set('f1', formOf('f1', ['d1', 'd2']));
    market.event('form-created', 'd1', 'f1');
    let { cursor } = await run();
    market.forms.set('f1', cancelled(formOf('f1', ['d1', 'd2'])));
    for (const deal of ['d1', 'd2']) market.event('released', deal, 'f1');
    ({ cursor } = await run(cursor));
    expect(liveOrders(orders)).toEqual({ 'deal:d1': 'awaiting-form', 'deal:d2': 'awaiting-form' });
    expect(orders.rows.get('form:f1')?.content?.state).toBe('released');
    market.forms.set('f2', formOf('f2', ['d1']));
    market.event('form-created', 'd1', 'f2');
    await run(cursor);
    expect(liveOrders(orders)).toEqual({ 'form:f2': 'paid', 'deal:d2': 'awaiting-form' });
  });

  it('does not reopen a deal that another live form holds, whichever is seen first', async () => {
    const { market, orders, run } = setUp();
    market.forms.set('f1', formOf('f1', ['d1']));
    market.event('form-created', 'd1', 'f1');
    const { cursor } = await run();
    market.forms.set('f1', cancelled(formOf('f1', ['d1'])));
    market.forms.set('f2', formOf('f2', ['d1']));
    market.event('form-created', 'd1', 'f2');
    market.event('released', 'd1', 'f1');
    await run(cursor);
    expect(liveOrders(orders)).toEqual({ 'form:f2': 'paid' });
  });

  it('reads forms in batches and pages to the end of the journal', async () => {
    const { market, run } = setUp();
    const deals = Array.from({ length: 130 }, (_, index) => `d${index}`);
    for (const deal of deals) {
      market.forms.set(`f${deal}`, formOf(`f${deal}`, [deal]));
      market.event('form-created', deal, `f${deal}`);
    }
    expect(await run()).toMatchObject({ events: 130, ordersChanged: 130, cursor: market.journal.at(-1)?.id });
    expect(market.calls).toEqual(['dealEvents', 'dealEvents', ...Array(5).fill('forms 25'), 'forms 5']);
  });

  it('moves the cursor no further than the first event whose form it could not read, and stores the rest', async () => {
    const { market, orders, run } = setUp();
    market.forms.set('f1', formOf('f1', ['d1']));
    const good = market.event('form-created', 'd1', 'f1');
    market.event('form-created', 'd2', 'unknown');
    market.forms.set('f3', formOf('f3', ['d3']));
    market.event('form-created', 'd3', 'f3');
    expect(await run()).toMatchObject({ cursor: good.id, outcome: 'done' });
    expect(Object.keys(liveOrders(orders))).toEqual(['form:f1', 'form:f3']);
  });

  it('stops when its time is up, with the cursor behind what has stored', async () => {
    const market = shop({ ...SETTINGS, journalPageSize: 2 });
    const orders = memoryOrders();
    for (const deal of ['d1', 'd2', 'd3', 'd4']) market.event('deal-created', deal);
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
      const { dealEvents } = market.source;
      market.source.dealEvents = async (...query) => (await dealEvents(...query)).slice(0, 1);
      for (let index = 1; index <= 35; index += 1) {
        market.forms.set(`f${index}`, formOf(`f${index}`, [`d${index}`]));
        market.event('form-created', `d${index}`, `f${index}`);
      }
      const events = fills ? 1 : 35;
      expect(await drain(drainDeps({ shop: market, orders: memoryOrders() }), START)).toMatchObject({
        outcome: 'done',
        clean: true,
        events,
      });
      expect(market.calls.filter((call) => call === 'dealEvents')).toHaveLength(pages);
    },
  );

  it('does not read a page for ever that does not move forward', async () => {
    const market = shop({ ...SETTINGS, journalPageSize: 1 });
    const event = market.event('deal-created', 'd1');
    market.source.dealEvents = async () => [event];
    await expect(drain(drainDeps({ shop: market, orders: memoryOrders() }), START)).rejects.toThrow(
      /journal-stuck/,
    );
  });

  it('writes and tells nothing when it sees the same events again', async () => {
    const { market, orders, run } = setUp();
    market.forms.set('f1', formOf('f1', ['d1']));
    market.event('form-created', 'd1', 'f1');
    market.event('deal-created', 'd2');
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
    market.forms.set('f1', formOf('f1', ['d1']));
    market.event('form-created', 'd1', 'f1');
    orders.onWrite = (what) => {
      if (what === 'feed form:f1') throw new Error('killed');
    };
    await expect(run()).rejects.toThrow('killed');
    orders.onWrite = () => undefined;
    await run();
    expect(orders.feed.map(({ orderId }) => orderId)).toContain('form:f1');
    expect(liveOrders(orders)).toEqual({ 'form:f1': 'paid' });
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
      deals: fc.integer({ min: 1, max: 3 }),
      fate: fc.constantFrom('no-form', 'form', 'cancelled', 'again'),
    }),
    { minLength: 1, maxLength: 6 },
  );

  const size = fc.constantFrom(1, 2, 3, 7, 100);

  it('every deal is in exactly one live order, whatever the order of events and wherever runs were cut off', async () => {
    await fc.assert(
      fc.asyncProperty(
        lives,
        fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 4 }),
        fc.integer(),
        fc.record({ page: size, batch: size, ahead: size }),
        async (plans, crashes, salt, sizes) => {
          const pages = { journalPageSize: sizes.page, fillsJournalPages: false };
          const market = shop({ ...SETTINGS, ...pages, formBatchSize: sizes.batch });
          const expected: string[] = [];
          const events = plans.flatMap(({ deals, fate }, life) => {
            const ids = Array.from({ length: deals }, (_, index) => `${life}${index}`);
            const made = ids.map((id) => ['deal-created', id, undefined] as const);
            const form = `f${life}`;
            if (fate === 'no-form') {
              expected.push(...ids.map((id) => `deal:${id}`));
              return made;
            }
            const filled = [...made, ...ids.map((id) => ['form-created', id, form] as const)];
            market.forms.set(form, formOf(form, ids));
            if (fate === 'form') {
              expected.push(`form:${form}`);
              return filled;
            }
            market.forms.set(form, cancelled(formOf(form, ids)));
            const ended = [...filled, ...ids.map((id) => ['released', id, form] as const)];
            if (fate === 'cancelled') {
              expected.push(...ids.map((id) => `deal:${id}`));
              return ended;
            }
            market.forms.set(`${form}b`, formOf(`${form}b`, ids));
            expected.push(`form:${form}b`);
            return [...ended, ...ids.map((id) => ['form-created', id, `${form}b`] as const)];
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
