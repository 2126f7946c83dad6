import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneSeller } from '../../support/one-seller.ts';

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
});

/** Buyers go on by some steps, and a worker runs to its end, to its death, or until time is up. */
const step = fc.record({
  buyersSteps: fc.integer({ min: 1, max: 25 }),
  fate: fc.oneof(
    { arbitrary: fc.constant({}), weight: 3 },
    { arbitrary: fc.record({ killedAtWrite: fc.integer({ min: 1, max: 60 }) }), weight: 4 },
    { arbitrary: fc.record({ patience: fc.integer({ min: 0, max: 12 }) }), weight: 2 },
  ),
  passesSeconds: fc.constantFrom(0, 0, 5, 4_000, 90_000),
});

describe('generated lives of a shop', () => {
  it('end in the orders that the marketplace has, whatever its journal does and whoever dies', async () => {
    const life = fc.record({
      seed: fc.nat(),
      settings,
      orders: fc.integer({ min: 1, max: 25 }),
      steps: fc.array(step, { minLength: 1, maxLength: 6 }),
      last: fc.array(step, { maxLength: 2 }),
    });
    const holds = fc.asyncProperty(life, async ({ seed, settings, orders, steps, last }) => {
      const seller = await oneSeller({ seed, settings });
      const live = async ({ buyersSteps, fate, passesSeconds }: (typeof steps)[number]) => {
        await seller.sim('/buyers/step', { steps: buyersSteps });
        await seller.pass(passesSeconds * 1_000);
        await seller.run(fate);
      };
      try {
        await seller.settle();
        await seller.sim('/buyers', { orders, pace: 'live', stepsPerSecond: 0.001 });
        for (const one of steps) await live(one);
        await seller.sim('/buyers/finish');
        await seller.sim('/settings', { contradicts: 0 });
        await seller.pass(400_000);
        await seller.settle();
        await seller.askForCheck();
        for (const one of last) await live(one);
        await seller.settle();
        expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0, different: 0, examples: [] });
        expect(seller.untold()).toEqual([]);
      } finally {
        await seller.close();
      }
    });
    await fc.assert(holds, { numRuns: Number(process.env.RUNS ?? 40), endOnFailure: true });
  }, 120_000);
});
