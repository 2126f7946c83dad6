import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BEGINNING, newestEventId } from '../../../../functions/core/sync/first-connect.ts';
import { plainSession, shop } from '../../../support/shop.ts';

describe('newestEventId', () => {
  it('starts before the first event where the journal is empty', async () => {
    const market = shop();
    expect(await newestEventId(market.marketplace, plainSession)).toBe(BEGINNING);
    expect(market.calls).toEqual(['countDealEvents']);
  });

  it('finds the newest event for any ids, in a bounded number of calls', async () => {
    const ids = fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 60n }), { minLength: 1, maxLength: 250 });
    await fc.assert(
      fc.asyncProperty(ids, async (chosen) => {
        const market = shop();
        const sorted = chosen.toSorted((a, b) => (a < b ? -1 : 1));
        for (const id of sorted)
          market.journal.push({ ...market.event('deal-created', 'd'), id: id.toString() });
        market.journal.splice(
          0,
          market.journal.length,
          ...market.journal.filter(({ id }) => sorted.includes(BigInt(id))),
        );
        market.journal.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
        expect(await newestEventId(market.marketplace, plainSession)).toBe(sorted.at(-1)?.toString());
        expect(market.calls.length).toBeLessThan(80);
      }),
      { numRuns: 100 },
    );
  });
});
