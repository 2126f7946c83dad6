import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plus, SECOND } from '../../../../functions/core/base/time.ts';
import { type Change, readChanges } from '../../../../functions/core/feed/changes.ts';
import { endOf } from '../../../../functions/core/feed/place.ts';
import type { Positions } from '../../../../functions/core/feed/positions.ts';
import { tellAgain } from '../../../../functions/core/feed/resend.ts';
import { ClaimLost } from '../../../../functions/core/feed/row-writer.ts';
import { emptyTally, processOrders } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { type Claimed, claimAccount } from '../../../../functions/core/run/claimed.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { FATES, type Fate, type Worker, worker } from '../../../support/freezing.ts';
import { memoryAccount } from '../../../support/memory-account.ts';
import { memoryFeeds } from '../../../support/memory-feed.ts';
import { liveOrders, type MemoryOrders, memoryOrders, untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { cancelled, saleOf } from '../../../support/sales.ts';
import { Killed } from '../../../support/shaky-orders.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

const CLAIM_ENDS = 126 * SECOND;

/** The work of a worker under its claim: reads the journal, reads an order again, or sends orders again. */
type Work = 'run' | 'repair' | 'resend';

/** A shop, its stored orders and a reader that follows the feed. */
function scene() {
  const market = shop();
  const orders = memoryOrders();
  const accounts = memoryAccount(account({ cursor: '0' }));
  const feeds = memoryFeeds(new Map([['a1', orders]]));
  const seen: Change[] = [];
  let positions: Positions = new Map();
  let now = NOW;
  const clock = () => now;

  let reading: Promise<void> = Promise.resolve();
  /** Lets the reader read the next page, after those before. */
  const look = (): Promise<void> => {
    reading = reading.then(async () => {
      expectSomewhere(orders);
      const page = await readChanges(feeds, { accountIds: ['a1'], positions, limit: 3 });
      seen.push(...page.changes);
      positions = page.positions;
    });
    return reading;
  };
  const carryOut = async (claimed: Claimed, { orders: mine }: Worker, work: Work): Promise<void> => {
    const { rows, account: found } = claimed;
    const deps = { ...drainDeps({ shop: market, orders, clock }), orders: mine, rows };
    if (work === 'run') {
      const saveReached = ({ cursor }: { cursor: string }) => claimed.saveWithNext({ cursor });
      const { cursor } = await drain({ ...deps, saveReached }, found.cursor ?? '0');
      await claimed.save({ cursor });
    } else if (work === 'repair')
      await processOrders(deps, { saleIds: ['f0', 'f1'], purchases: [] }, emptyTally());
    else
      await tellAgain({ orders: mine, rows }, { accountId: 'a1', orderIds: ['f0', 'f1'].map(orderIdOfSale) });
  };
  return {
    market,
    orders,
    look,
    seen: () => seen,
    worker: (options: Parameters<typeof worker>[1] = {}) => worker({ orders, accounts }, options),
    /** Lets the claim of a stopped worker expire. */
    passClaim: () => {
      now = plus(now, CLAIM_ENDS);
    },
    /** Runs a worker from claim to release; it may die, or lose its claim. Returns whether it finished. */
    async run(one: Worker, work: Work = 'run'): Promise<boolean> {
      const deps = { accounts: one.accounts, orders: one.orders, clock, newId: randomUUID };
      try {
        const claimed = await claimAccount(deps, { accountId: 'a1' });
        if (typeof claimed === 'string') return false;
        await claimed.recover();
        await carryOut(claimed, one, work);
        await claimed.release();
        return true;
      } catch (error) {
        if (error instanceof Killed || error instanceof ClaimLost) return false;
        throw error;
      }
    },
  };
}

type Scene = ReturnType<typeof scene>;

/** Checks that a purchase is closed only by a stored sale: a sale may be visible twice for a moment, never nowhere. */
function expectSomewhere({ rows }: MemoryOrders): void {
  for (const { orderId, heldBy = [] } of rows.values()) {
    const stored = heldBy.filter((saleId) => rows.get(orderIdOfSale(saleId))?.content !== undefined);
    expect([orderId, stored.length]).not.toEqual([orderId, heldBy.length === 0 ? -1 : 0]);
  }
}

/** A scene with stored sales: two open purchases, and a purchase that a paid sale holds. */
async function processed(): Promise<Scene> {
  const at = scene();
  for (const purchaseId of ['d0', 'd1', 'd2']) at.market.event('purchased', purchaseId);
  await at.run(at.worker());
  at.market.sales.set('f0', saleOf('f0', ['d0']));
  at.market.event('payment-finished', 'd0', 'f0');
  await at.run(at.worker());
  return at;
}

/** Lets a sale close an open purchase, another sale release its own, and a third hold a new purchase. */
function sell({ market }: Scene): void {
  market.sales.set('f1', saleOf('f1', ['d1']));
  market.event('sale-created', 'd1', 'f1');
  market.sales.set('f0', cancelled(saleOf('f0', ['d0'])));
  market.event('released', 'd0', 'f0');
  market.event('purchased', 'd3');
  market.sales.set('f3', saleOf('f3', ['d3']));
  market.event('sale-created', 'd3', 'f3');
}

/** Changes the sales while a worker has stopped, so that it has read a state that no longer holds. */
function goOn({ market }: Scene): void {
  market.sales.set('f1', cancelled(saleOf('f1', ['d1'])));
  market.event('released', 'd1', 'f1');
  // No event tells of the purchase that the sale has released.
  market.sales.set('f3', saleOf('f3', ['d2']));
  market.event('sale-created', 'd2', 'f3');
}

const AT_LAST = {
  'purchase:d0': 'awaiting-details',
  'purchase:d1': 'awaiting-details',
  'purchase:d3': 'awaiting-details',
  'order:f3': 'paid',
};

/** Checks that the feed has no gap, no overlap and an entry for every row, and that its reader has all last states. */
async function expectTruth(at: Scene, live: Record<string, string> = AT_LAST): Promise<void> {
  const { orders } = at;
  expect(liveOrders(orders)).toEqual(live);
  expect(untold(orders)).toEqual([]);
  for (const [index, page] of orders.feedPages.entries())
    expect(page.first).toBe(endOf(orders.feedPages[index - 1]) + 1);
  for (let before = -1; before < at.seen().length; ) {
    before = at.seen().length;
    await at.look();
  }
  const numbers = at.seen().map(({ number }) => number);
  expect(numbers).toEqual(orders.feed.map(({ number }) => number));
  const held = new Map(at.seen().map(({ orderId, row }) => [orderId, row?.content]));
  const shown = [...orders.rows.values()].filter(({ content }) => content !== undefined);
  expect(held).toEqual(new Map(shown.map(({ orderId, content }) => [orderId, content])));
}

/** Number of writes of such a worker, from claim to release. */
async function writesOf(work: Work, prepare: (at: Scene) => void): Promise<number> {
  const at = await processed();
  prepare(at);
  const one = at.worker();
  expect(await at.run(one, work)).toBe(true);
  return one.writes();
}

/**
 * Stops a worker at a write, lets another take over, and wakes the first at a write of the second, or after its end.
 */
async function takeOver(scheme: { work: Work; fate: Fate; at: number; wakesAt: number }): Promise<number> {
  const { work, fate } = scheme;
  const at = await processed();
  sell(at);
  const first = at.worker({ fate, at: scheme.at, before: () => at.look() });
  const ended = at.run(first, work);
  await Promise.race([first.stopped, ended]);
  goOn(at);
  at.passClaim();
  const second = at.worker({
    before: async (write) => {
      await at.look();
      if (write !== scheme.wakesAt) return;
      first.wake();
      await ended;
    },
  });
  await at.run(second);
  first.wake();
  await ended;
  at.passClaim();
  await at.run(at.worker());
  await expectTruth(at);
  return second.writes();
}

describe('a worker that is taken over from', () => {
  it.each(['run', 'repair', 'resend'] as const)(
    'in a %s, killed or frozen at any write and woken at any write of its successor, loses and doubles nothing',
    async (work) => {
      const writes = await writesOf(work, sell);
      expect(writes).toBeGreaterThan(4);
      for (const fate of FATES) {
        for (let at = 1; at <= writes; at += 1) {
          const wakes = fate === 'freezes' || fate === 'sends-late';
          for (let wakesAt = 1, most = 1; wakesAt <= (wakes ? most : 1); wakesAt += 1)
            most = Math.max(most, await takeOver({ work, fate, at, wakesAt }));
        }
      }
    },
    60_000,
  );

  it('is followed by others that are killed and frozen too, in any order', async () => {
    const step = fc.record({
      work: fc.constantFrom<Work>('run', 'run', 'repair', 'resend'),
      fate: fc.constantFrom(...FATES),
      at: fc.integer({ min: 1, max: 25 }),
      /** Index of the frozen worker to wake; `wakesAt`: the write of this worker at which that happens. */
      wakes: fc.nat({ max: 3 }),
      wakesAt: fc.integer({ min: 1, max: 25 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
        const at = await processed();
        const frozen: { wake: () => void; ended: Promise<boolean> }[] = [];
        for (const [index, { work, fate, at: write, wakes, wakesAt }] of steps.entries()) {
          if (index === 0) sell(at);
          if (index === 1) goOn(at);
          const before = async (number: number): Promise<void> => {
            await at.look();
            if (number === wakesAt) frozen.splice(wakes, 1)[0]?.wake();
          };
          const one = at.worker({ fate, at: write, before });
          const ended = at.run(one, work);
          await Promise.race([one.stopped, ended]);
          frozen.push({ wake: one.wake, ended });
          at.passClaim();
        }
        for (const one of frozen) one.wake();
        await Promise.all(frozen.map(({ ended }) => ended));
        if (steps.length === 1) goOn(at);
        at.passClaim();
        expect(await at.run(at.worker())).toBe(true);
        await expectTruth(at);
      }),
      { numRuns: runs(150, 3_000) },
    );
  });

  it('is waited for while its claim lasts', async () => {
    const at = await processed();
    sell(at);
    const first = at.worker({ fate: 'freezes', at: 4 });
    const ended = at.run(first);
    await first.stopped;
    expect(await at.run(at.worker(), 'repair')).toBe(false);
    first.wake();
    expect(await ended).toBe(true);
    expect(await at.run(at.worker(), 'repair')).toBe(true);
    await expectTruth(at, {
      'purchase:d0': 'awaiting-details',
      'purchase:d2': 'awaiting-details',
      'order:f1': 'paid',
      'order:f3': 'paid',
    });
  });
});
