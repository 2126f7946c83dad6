import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Change, readChanges } from '../../../../functions/core/feed/changes.ts';
import {
  decodePositions,
  encodePositions,
  type Positions,
} from '../../../../functions/core/feed/positions.ts';
import { tellAgain } from '../../../../functions/core/feed/resend.ts';
import { ClaimLost } from '../../../../functions/core/feed/row-writer.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryFeeds } from '../../../support/memory-feed.ts';
import { claimRows, type MemoryOrders, memoryOrders, untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { cancelled, saleOf } from '../../../support/sales.ts';
import { Killed, pauses, shakyOrders } from '../../../support/shaky-orders.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

const ACCOUNTS = ['a', 'b'];

/** The last round, without sales and deaths of workers. */
const LAST: number[] = [];

/** Changes of a sale, step by step, with the events that tell of them. */
const STEPS: ((market: Shop, sale: string) => void)[] = [
  (market, sale) => market.event('purchased', sale),
  (market, sale) => {
    market.sales.set(`f${sale}`, saleOf(`f${sale}`, [sale]));
    market.event('sale-created', sale, `f${sale}`);
  },
  (market, sale) => {
    market.sales.set(`f${sale}`, cancelled(saleOf(`f${sale}`, [sale])));
    market.event('released', sale, `f${sale}`);
  },
];

interface World {
  readonly markets: ReadonlyMap<string, Shop>;
  readonly stores: ReadonlyMap<string, MemoryOrders>;
}

/** A worker ends by its death, or where somebody else has taken its claim over. */
async function untilStopped(writer: () => Promise<unknown>): Promise<void> {
  await writer().catch((error: unknown) => {
    if (!(error instanceof Killed || error instanceof ClaimLost)) throw error;
  });
}

/**
 * Workers that take the claim of an account over from each other while the ones before still write, as if those had
 * been frozen at any moment and woken at any other, and one that tells orders again.
 */
async function write(
  world: World,
  writing: { accountId: string; lives: readonly number[]; seed: number; isLast: boolean },
) {
  const market = world.markets.get(writing.accountId) ?? shop();
  const store = world.stores.get(writing.accountId) ?? memoryOrders();
  const through = (life: number, salt: number) =>
    shakyOrders(store, { pause: pauses(writing.seed + salt), life });
  const writers = writing.lives.map((life, salt) =>
    untilStopped(() => drain(drainDeps({ shop: market, orders: through(life, salt) }), '0')),
  );
  const orderIds = [...store.rows.values()].map(({ orderId }) => orderId).slice(0, 2);
  const again = untilStopped(async () => {
    if (writing.isLast) return;
    const orders = through(4, 99);
    await tellAgain(
      { orders, rows: await claimRows(orders, { clock: () => NOW }) },
      { ...writing, orderIds },
    );
  });
  await Promise.all([...writers, again]);
}

/** Follows both feeds with a single position, kept as text; now and then falls back to an older position. */
async function follow(
  world: World,
  { seed, ended, limit }: { limit: number; seed: number; ended: () => boolean },
) {
  const deps = memoryFeeds(new Map(world.stores));
  const pause = pauses(seed);
  const seen: Change[] = [];
  const texts = [encodePositions(new Map())];
  for (let turn = 1; ; turn += 1) {
    await pause();
    const last = ended();
    const text = (!last && turn % 7 === 0 ? texts.at(-3) : texts.at(-1)) ?? '';
    const positions = decodePositions(text) as Positions;
    const page = await readChanges(deps, { accountIds: ACCOUNTS, positions, limit });
    seen.push(...page.changes);
    texts.push(encodePositions(page.positions));
    if (last && page.changes.length === 0) return seen;
  }
}

it('a reader sees the last state of every order, in order and without a hole, wherever writers were killed', async () => {
  const life = fc.integer({ min: 1, max: 30 });
  const rounds = fc.array(fc.tuple(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }), life, life), {
    minLength: 1,
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(rounds, fc.integer({ min: 1, max: 6 }), fc.nat(), async (plan, limit, seed) => {
      const world = {
        markets: new Map(ACCOUNTS.map((accountId) => [accountId, shop()])),
        stores: new Map(ACCOUNTS.map((accountId) => [accountId, memoryOrders()])),
      };
      let ended = false;
      const reader = follow(world, { limit, seed, ended: () => ended });
      for (const [sales, ...lives] of [...plan, [LAST, Number.POSITIVE_INFINITY] as const]) {
        for (const market of world.markets.values()) advance(market, sales);
        await Promise.all(
          ACCOUNTS.map((accountId, salt) =>
            write(world, { accountId, lives, seed: seed + salt, isLast: sales === LAST }),
          ),
        );
      }
      ended = true;
      const seen = await reader;
      for (const [accountId, store] of world.stores) {
        check(
          seen.filter((change) => change.accountId === accountId),
          store,
        );
      }
    }),
    { numRuns: runs(60, 600) },
  );
});

/** Takes each named sale one step further. */
function advance(market: Shop, sales: readonly number[]): void {
  for (const sale of sales) {
    const name = `d${sale}`;
    const done = market.journal.filter(({ purchases }) => purchases[0]?.purchaseId === name).length;
    STEPS[done]?.(market, name);
  }
}

function check(seen: readonly Change[], orders: MemoryOrders): void {
  const places = new Map(orders.feed.map(({ number }, place) => [number, place]));
  let last = -1;
  const held = new Map<string, Change['row']>();
  for (const { number, orderId, row } of seen) {
    // The next entry, or an earlier one after a fall-back: never a later one.
    const place = places.get(number);
    expect(place).toBeLessThanOrEqual(last + 1);
    last = Math.max(last, place ?? 0);
    expect(row?.revision).toBeGreaterThanOrEqual(held.get(orderId)?.revision ?? 0);
    held.set(orderId, row);
  }
  expect(last).toBe(orders.feed.length - 1);
  expect(untold(orders)).toEqual([]);
  const shown = [...orders.rows.values()].filter(({ content }) => content !== undefined);
  expect(new Map([...held].map(([id, row]) => [id, row?.content]))).toEqual(
    new Map([...shown].map((row) => [row.orderId, row.content])),
  );
}
