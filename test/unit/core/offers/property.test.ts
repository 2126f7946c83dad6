import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/base/time.ts';
import { offerContent } from '../../../../functions/core/offers/offer.ts';
import { offerRuns } from '../../../support/offer-runs.ts';
import { Killed } from '../../../support/shaky-orders.ts';

type Runs = ReturnType<typeof offerRuns>;

const index = fc.nat(11);
const step = fc.oneof(
  fc.record({ what: fc.constant('start' as const), index }),
  fc.record({ what: fc.constant('change' as const), index, minor: fc.integer({ min: 1, max: 99_999 }) }),
  fc.record({ what: fc.constant('sell' as const), index, quantity: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ what: fc.constant('end' as const), index }),
  fc.record({ what: fc.constant('hint' as const), index }),
  fc.record({ what: fc.constant('later' as const), millis: fc.constantFrom(MINUTE, 11 * MINUTE, HOUR, DAY) }),
  fc.record({
    what: fc.constant('run' as const),
    life: fc.option(fc.integer({ min: 1, max: 12 })),
    checks: fc.option(fc.nat(6)),
  }),
);
const loss = fc.oneof(
  fc.record({ what: fc.constant('lose' as const) }),
  fc.record({ what: fc.constant('swap' as const) }),
  fc.record({ what: fc.constant('remove' as const), index }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
type Loss = typeof loss extends fc.Arbitrary<infer L> ? L : never;

async function play(runs: Runs, one: Step | Loss): Promise<void> {
  const { market } = runs;
  switch (one.what) {
    case 'change':
      return market.change(one.index, one.minor);
    case 'sell':
      return market.sell(one.index, one.quantity);
    case 'later':
      return runs.later(one.millis);
    case 'lose':
      return void market.journal.pop();
    case 'swap': {
      const [a, b] = market.journal.slice(-2);
      if (a === undefined || b === undefined) return;
      market.journal.splice(-2, 2, { ...a, offerId: b.offerId }, { ...b, offerId: a.offerId });
      return;
    }
    case 'run':
      return await killedRun(runs, { life: one.life ?? Infinity, checks: one.checks ?? Infinity });
    default:
      return market[one.what](one.index);
  }
}

/** Runs a worker that dies at its write number `life`, half of the times after the write. */
async function killedRun(runs: Runs, limits: { life: number; checks: number }): Promise<void> {
  let writes = 0;
  runs.store.onWrite = () => {
    writes += 1;
    if (writes >= limits.life) throw new Killed();
  };
  try {
    await runs.run(limits);
  } catch (error) {
    if (!(error instanceof Killed)) throw error;
  }
  runs.store.onWrite = () => undefined;
}

/** The stored offers and those of the marketplace; offers that the marketplace removed count as gone. */
function compared({ store, market }: Runs) {
  const ours = [...store.rows.values()].map(
    ({ firstSeenAtMillis: _, readAtMillis: __, offerId, ...content }) => [offerId, content] as const,
  );
  const theirs = ours.map(([id, content]) => {
    const offer = market.offers.get(id);
    if (offer === undefined) return [id, content.state === 'active' ? 'forgotten' : content] as const;
    const ended = offer.soldQuantity === 0 ? 'not-sold' : 'sold';
    return [id, offerContent(offer, offer.ended ? ended : 'for-sale')] as const;
  });
  const running = [...market.offers.values()].filter(({ ended }) => !ended).map(({ id }) => id);
  return { ours, theirs, unknown: running.filter((id) => !store.rows.has(id)) };
}

it('ends in what the marketplace says, whatever order, repetition, kills and interruptions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, size) => {
        const runs = offerRuns({ journalPageSize: 5, saleBatchSize: 3 });
        runs.market.pageSize = size;
        await runs.run();
        for (const one of steps) await play(runs, one);
        runs.later(11 * MINUTE);
        await runs.run();
        const { ours, theirs, unknown } = compared(runs);
        expect(ours).toEqual(theirs);
        expect(unknown).toEqual([]);
        // An offer may be unknown only if its whole life fell between two listings.
        expect(ours.length).toBe(runs.market.offers.size);
      },
    ),
    { numRuns: 1_000 },
  );
});

it('ends there after a listing though hints were lost and offers vanished', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: loss }), { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (steps, size) => {
        const runs = offerRuns({ journalPageSize: 5, saleBatchSize: 3 });
        runs.market.pageSize = size;
        for (const one of steps) await play(runs, one);
        runs.later(DAY + HOUR);
        await runs.run();
        const { ours, theirs, unknown } = compared(runs);
        expect(ours).toEqual(theirs);
        expect(unknown).toEqual([]);
      },
    ),
    { numRuns: 1_000 },
  );
});
