import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../functions/core/base/time.ts';
import { type OneSeller, oneSeller, type Restored } from '../../support/one-seller.ts';
import { runs } from '../../support/runs.ts';

const RUNS = runs(16, 40);
const PATIENCE_MILLIS = Math.max(120_000, RUNS * 5_000);

const often = (most: number) => fc.oneof(fc.constant(0), fc.double({ min: 0.01, max: most, noNaN: true }));

const settings = fc.record({
  outOfOrder: often(1),
  behindCursor: often(0.5),
  duplicates: often(0.5),
  lossy: often(0.5),
  journalDelaySeconds: fc.constantFrom(0, 3, 300),
  contradicts: often(0.1),
  journalPage: fc.constantFrom(5, 70, 100),
  unreadableEvents: often(0.3),
  misnames: often(0.3),
  leaves: often(0.5),
});

const codes = fc.constantFrom(
  'ERR_BLOCKED_USER_CANT_INVOKE_METHOD',
  'ERR_NEW_PAYMENT_INTERNAL_ERROR',
  'ERR_WEBAPI_NOT_AVAIL',
);

/** A list that fails while a check is asked for, or a sale for which every call is refused. */
const lie = fc.oneof(
  { arbitrary: fc.constant({}), weight: 4 },
  {
    arbitrary: fc.record({
      list: fc.constantFrom('doGetPostBuyFormsIds', 'doGetFilledPostBuyForms'),
      code: codes,
      times: fc.integer({ min: 1, max: 4 }),
    }),
    weight: 1,
  },
  { arbitrary: fc.record({ sale: codes }), weight: 1 },
);

async function tell(seller: OneSeller, lie: { list?: string; code?: string; times?: number; sale?: string }) {
  const { list: operation, code, times, sale: element } = lie;
  if (operation !== undefined) {
    await seller.sim('/faults', { operation, code, times, kind: 'fault' });
    await seller.askForCheck();
  }
  if (element !== undefined) await seller.sim('/sales/spoil', { kind: 'refused', element, count: 1 });
}

async function tellTheTruth(seller: OneSeller) {
  await seller.forget('/faults');
  await seller.sim('/sales/spoil', { kind: null, count: 1_000 });
  await seller.sim('/settings', { contradicts: 0 });
}

/** A restore of tables to their state some steps ago. */
const restore = fc.record({
  which: fc.constantFrom<Restored>('all', 'account', 'index'),
  stepsAgo: fc.integer({ min: 1, max: 3 }),
});

/**
 * A few steps of buyers, and a worker that runs to its end, to its death, until the time is up, or by a wrong
 * clock.
 */
const step = fc.record({
  buyersSteps: fc.integer({ min: 1, max: 25 }),
  fate: fc.oneof(
    { arbitrary: fc.constant({}), weight: 3 },
    { arbitrary: fc.record({ killedAtWrite: fc.integer({ min: 1, max: 60 }) }), weight: 4 },
    { arbitrary: fc.record({ patience: fc.integer({ min: 0, max: 12 }) }), weight: 2 },
    {
      arbitrary: fc.record({ clockAheadMillis: fc.constantFrom(DAY, 3 * HOUR, 10 * MINUTE, -HOUR) }),
      weight: 1,
    },
  ),
  passesSeconds: fc.constantFrom(0, 0, 5, 4_000, 90_000),
  lie,
  journal: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, 'restart', 'leap'),
  restored: fc.option(restore, { freq: 5, nil: undefined }),
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

const life = fc.record({
  seed: fc.nat(),
  settings,
  before: fc.integer({ min: 0, max: 12 }),
  connectAheadMillis: fc.constantFrom(0, 0, 10 * MINUTE, DAY),
  orders: fc.integer({ min: 1, max: 25 }),
  steps: fc.array(step, { minLength: 1, maxLength: 6 }),
  restsSeconds: fc.constantFrom(80, 80_000),
  last: fc.array(step, { maxLength: 2 }),
});
type Life = typeof life extends fc.Arbitrary<infer One> ? One : never;

async function live(
  seller: OneSeller,
  { steps, kept }: { steps: readonly Step[]; kept: ReturnType<OneSeller['keep']>[] },
): Promise<void> {
  for (const { buyersSteps, fate, passesSeconds, journal, lie: told, restored } of steps) {
    kept.unshift(seller.keep());
    await tell(seller, told);
    await seller.sim('/buyers/step', { steps: buyersSteps });
    if (journal !== undefined) await seller.sim(`/journal/${journal}`);
    await seller.pass(passesSeconds * 1_000);
    await seller.run(fate);
    if (restored !== undefined) kept[restored.stepsAgo - 1]?.(restored.which);
  }
}

async function liveThrough(life: Life) {
  const { seed, settings, before, connectAheadMillis, orders, steps, restsSeconds, last } = life;
  const seller = await oneSeller({ seed, settings });
  const kept: ReturnType<OneSeller['keep']>[] = [];
  try {
    if (before > 0) await seller.sim('/buyers', { orders: before, pace: 'at-once' });
    const earlier = new Set((await seller.truth()).map(({ orderId }) => orderId));
    await seller.run({ clockAheadMillis: connectAheadMillis });
    await seller.settle();
    await seller.sim('/buyers', { orders, pace: 'live', stepsPerSecond: 0.001 });
    await live(seller, { steps, kept });
    await seller.sim('/buyers/finish');
    await tellTheTruth(seller);
    // Nights with their checks, or minutes of rest, after which only a request brings a check.
    for (let rest = 0; rest < 5; rest += 1) {
      await seller.pass(restsSeconds * 1_000);
      await seller.run();
    }
    await seller.settle();
    await seller.askForCheck();
    await live(seller, { steps: last, kept });
    if (last.some((one) => Object.keys(one.lie).length > 0 || one.restored !== undefined)) {
      await tellTheTruth(seller);
      await seller.askForCheck();
    }
    await seller.settle();
    expect(await seller.compare(earlier)).toMatchObject({
      missing: 0,
      doubled: 0,
      different: 0,
      examples: [],
    });
    expect(seller.untold()).toEqual([]);
  } finally {
    await seller.close();
  }
}

describe('generated lives of a shop', () => {
  it(
    'end in the orders that the marketplace has, whatever its journal does and whoever dies',
    async () => {
      await fc.assert(fc.asyncProperty(life, liveThrough), {
        numRuns: RUNS,
        endOnFailure: true,
        // Seed and path that a failure printed repeat the failed life.
        ...(process.env.SEED !== undefined && { seed: Number(process.env.SEED) }),
        ...(process.env.PATH_IN_SEED !== undefined && { path: process.env.PATH_IN_SEED }),
      });
    },
    PATIENCE_MILLIS,
  );
});
