import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/base/time.ts';
import { runs } from '../../../support/runs.ts';
import type { UuidSeller } from '../../../support/uuid-seller.ts';
import { connected, expectTruth, freshness } from '../../../support/uuid-truth.ts';

type Step =
  | { readonly do: 'buy'; readonly purchases: number }
  | { readonly do: 'pay' | 'cancel' | 'vanish' | 'break'; readonly which: number }
  | {
      readonly do: 'merge' | 'mergeSilently';
      readonly which: number;
      readonly other: number;
      readonly shownForMinutes: number;
    }
  | { readonly do: 'foreign' }
  | { readonly do: 'run'; readonly killedAtWrite: number | undefined; readonly patience: number | undefined };

const which = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('buy'), purchases: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('pay', 'cancel', 'vanish', 'break'), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('merge', 'mergeSilently'),
      which,
      other: which,
      shownForMinutes: fc.constantFrom(0, 0, 3, 60),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('foreign') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('run'),
      killedAtWrite: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
      patience: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    }),
  },
);

async function take(seller: UuidSeller, before: ReadonlySet<string>, what: Step): Promise<void> {
  const { market } = seller;
  if (what.do === 'run') {
    const { killedAtWrite, patience } = what;
    return void (await seller.run({ killedAtWrite, patience }));
  }
  seller.pass(MINUTE);
  if (what.do === 'buy') return void market.buy(what.purchases);
  if (what.do === 'foreign') return market.foreign();
  const open = [...market.sales.values()].filter(
    ({ id, state, replacedBy, mergedInto, isGone }) =>
      !before.has(id) &&
      !isGone &&
      [...replacedBy, ...mergedInto].length === 0 &&
      state === 'awaiting-payment',
  );
  const chosen = open[what.which % open.length];
  if (chosen === undefined) return;
  // An order into which others were merged silently must stay visible, because only it shows their purchases.
  const isHeir = [...market.sales.values()].some(({ mergedInto }) => mergedInto.includes(chosen.id));
  if (what.do === 'vanish' && isHeir) return;
  if (what.do === 'break') chosen.broken = 2;
  else if (what.do !== 'merge' && what.do !== 'mergeSilently') market[what.do](chosen);
  else {
    const other = open[what.other % open.length];
    if (other === undefined || other === chosen) return;
    if (what.do === 'merge') market.merge(chosen, other);
    else market.mergeSilently(chosen, other, what.shownForMinutes * MINUTE);
  }
}

describe('a marketplace with another protocol', () => {
  it('ends with every sale once and as it is, told by the feed, whatever happened and however workers died', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const seller = await connected();
        const before = new Set(seller.market.sales.keys());
        for (const what of steps) await take(seller, before, what);
        // Another sale, because without any readable order an outage cannot be told from vanished orders.
        seller.market.buy(1);
        // Broken readings are over by then, and a vanished order is quarantined after its fifth run.
        for (let run = 0; run < 8; run += 1) {
          seller.pass(10 * MINUTE);
          await seller.run();
        }
        await seller.processOrders();
        // A shop that sells on: where all orders of a merger are gone, only other orders tell that from an outage.
        for (let run = 0; run < 6; run += 1) {
          seller.pass(HOUR);
          seller.market.buy(1);
          await seller.run();
        }
        await seller.processOrders();
        seller.pass(DAY);
        await seller.processOrders();
        expectTruth(seller, before);
        expect(freshness(seller)).toBe('fresh');
      }),
      { numRuns: runs(60, 1_000) },
    );
  });
});
