import { describe, expect, it } from 'vitest';
import { DAY, HOUR, plus } from '../../../../functions/core/base/time.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { overlap, overlapDue, rereadOverlap } from '../../../../functions/core/journal/overlap.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { SETTINGS, saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

const { sales: journal } = shop().marketplace;

const mark = (hoursAgo: number, cursor: string) => ({
  atMillis: plus(NOW, -hoursAgo * HOUR),
  cursor,
  events: 1,
  ordersChanged: 1,
  flagged: 0,
  late: 0,
});

describe('overlapDue', () => {
  const old = { firstCursor: '100', connectedAtMillis: plus(NOW, -9 * DAY) };
  const recent = { dailyOverlapAtMillis: plus(NOW, -HOUR), hourlyOverlapAtMillis: plus(NOW, -HOUR) };

  it('reads once an hour from where the cursor stood a day ago', () => {
    const hours = [mark(30, '300'), mark(24, '400'), mark(23, '500')];
    const one = account({ ...old, ...recent, hours });
    expect(overlapDue(one, { now: NOW, journal })).toEqual({ kind: 'hourly', after: '400' });
    expect(overlapDue(one, { now: plus(NOW, -1), journal })).toBeUndefined();
  });

  it('reads once a day from the first connect, and no earlier', () => {
    const one = account({ ...old, dailyOverlapAtMillis: plus(NOW, -DAY), hourlyOverlapAtMillis: NOW });
    expect(overlapDue(one, { now: NOW, journal })).toEqual({ kind: 'daily', after: '100' });
    expect(overlapDue(one, { now: plus(NOW, -1), journal })).toBeUndefined();
  });

  it('reads all of it when somebody has asked for a check since', () => {
    const one = account({ ...old, ...recent, checkAskedAtMillis: NOW });
    expect(overlapDue(one, { now: NOW, journal })).toEqual({
      kind: 'daily',
      after: '100',
      requestMillis: NOW,
    });
    const answered = { ...one, dailyOverlapRequestMillis: NOW };
    expect(overlapDue(answered, { now: NOW, journal })?.kind).not.toBe('daily');
  });

  it('begins at the first connect for an account that is younger than a day', () => {
    const one = account({
      firstCursor: '100',
      connectedAtMillis: plus(NOW, -HOUR),
      hours: [mark(1, '200')],
    });
    expect(overlapDue(one, { now: NOW, journal })).toEqual({ kind: 'hourly', after: '100' });
  });

  it('goes on with what was interrupted, and has nothing to do before the first connect', () => {
    const overlap = { kind: 'daily', after: '250' } as const;
    expect(overlapDue(account({ ...old, ...recent, overlap }), { now: NOW, journal })).toEqual(overlap);
    expect(overlapDue(account(), { now: NOW, journal })).toBeUndefined();
  });
});

describe('rereadOverlap', () => {
  /** A journal of sales that was drained to its end. */
  async function drained(count: number) {
    const market = shop({ ...SETTINGS, journalPageSize: 10 });
    const orders = memoryOrders();
    const journal = memoryJournal();
    for (let index = 0; index < count; index += 1) {
      market.sales.set(`f${index}`, saleOf(`f${index}`, [`d${index}`]));
      market.event('sale-created', `d${index}`, `f${index}`);
    }
    const deps = drainDeps({ shop: market, orders, journal });
    const { cursor } = await drain(deps, '0');
    market.calls.length = 0;
    /** Writes an event just before the one at `index`. */
    const late = (index: number, sale: string) => {
      const next = market.journal[index];
      if (next === undefined) throw new Error('no such event');
      market.sales.set(sale, saleOf(sale, [`d-${sale}`]));
      const purchases = next.purchases.map((purchase) => ({ ...purchase, purchaseId: `d-${sale}` }));
      const event = { ...next, id: String(BigInt(next.id) - 1n), purchases, saleId: sale };
      market.journal.splice(index, 0, event);
      return event;
    };
    const reread = (tally = emptyTally(), changes = {}) =>
      rereadOverlap({ ...deps, ...changes }, { overlap: { kind: 'daily', after: '0' }, cursor }, tally);
    return { market, orders, journal, deps, cursor, late, reread };
  }

  it('costs the pages of the journal and no more where everything is known', async () => {
    const { market, orders, reread } = await drained(25);
    const told = orders.feed.length;
    expect(await reread()).toBeUndefined();
    expect(market.calls).toEqual(['saleEvents', 'saleEvents', 'saleEvents']);
    expect(orders.feed).toHaveLength(told);
  });

  it('stores an event that came late behind the cursor, once', async () => {
    const { market, orders, late, reread } = await drained(25);
    late(12, 'late');
    const tally = emptyTally();
    await reread(tally);
    expect(tally).toMatchObject({ late: 1, ordersChanged: 1, events: 0 });
    expect(orders.rows.get('order:late')?.content?.state).toBe('paid');
    market.calls.length = 0;
    await reread();
    expect(market.calls.filter((call) => call.startsWith('sales'))).toEqual([]);
  });

  it('leaves what is behind the cursor to the drain', async () => {
    const { market, orders, reread } = await drained(5);
    market.sales.set('new', saleOf('new', ['dn']));
    market.event('sale-created', 'dn', 'new');
    await reread();
    expect([...orders.rows.keys()]).not.toContain('order:new');
  });

  it('does not take a late event for seen before its order has stored', async () => {
    const { market, journal, late, reread } = await drained(5);
    const event = late(2, 'late');
    market.sales.delete('late');
    await reread();
    expect(journal.seenIds.has(event.id)).toBe(false);
    expect(journal.bad.get('order:late')).toMatchObject({ tries: 1 });
  });

  it('stops when its time is up and says where to go on', async () => {
    const { market, orders, late, cursor, deps, reread } = await drained(25);
    late(22, 'late');
    const answers = [false, false, true];
    const rest = await reread(emptyTally(), { outOfTime: () => answers.shift() });
    expect(rest).toEqual({ kind: 'daily', after: market.journal[19]?.id });
    if (rest === undefined) throw new Error('not interrupted');
    expect([...orders.rows.keys()]).not.toContain('order:late');
    expect(await rereadOverlap(deps, { overlap: rest, cursor }, emptyTally())).toBeUndefined();
    expect([...orders.rows.keys()]).toContain('order:late');
  });
});

describe('overlap', () => {
  it('ends; the daily one counts for the hourly one too', async () => {
    const market = shop();
    const deps = drainDeps({ shop: market, orders: memoryOrders() });
    const { id: cursor } = market.event('purchased', 'd1');
    const run = { cursor, tally: emptyTally(), save: async () => {} };
    const old = { firstCursor: '100', connectedAtMillis: plus(NOW, -9 * DAY) };
    const hourly = await overlap(deps, {
      ...run,
      account: account({ ...old, dailyOverlapAtMillis: NOW, hourlyOverlapAtMillis: plus(NOW, -HOUR) }),
    });
    expect(hourly?.facts).toEqual({ overlap: undefined, hourlyOverlapAtMillis: NOW });
    const daily = await overlap(deps, { ...run, account: account(old) });
    expect(daily?.facts).toEqual({
      overlap: undefined,
      hourlyOverlapAtMillis: NOW,
      dailyOverlapAtMillis: NOW,
    });
  });

  it('counts from when it began, because later events may stand behind what it has read', async () => {
    const market = shop();
    const { id: cursor } = market.event('purchased', 'd1');
    const run = { cursor, tally: emptyTally(), save: async () => {} };
    const old = { firstCursor: '100', connectedAtMillis: plus(NOW, -9 * DAY) };
    const orders = memoryOrders();
    const late = { ...drainDeps({ shop: market, orders }), outOfTime: () => true };
    const begun = await overlap(late, { ...run, account: account(old) });
    expect(begun).toMatchObject({
      outcome: 'interrupted',
      facts: { overlap: { after: '100', sinceMillis: NOW } },
    });
    const asked = { ...old, ...begun?.facts, checkAskedAtMillis: plus(NOW, 1) };
    const deps = { ...drainDeps({ shop: market, orders }), clock: () => plus(NOW, HOUR) };
    const done = await overlap(deps, { ...run, account: account(asked) });
    expect(done?.facts).toMatchObject({ dailyOverlapAtMillis: NOW, hourlyOverlapAtMillis: NOW });
    const later = { now: plus(NOW, HOUR), journal };
    expect(overlapDue(account({ ...asked, ...done?.facts }), later)?.kind).toBe('daily');
  });
});
