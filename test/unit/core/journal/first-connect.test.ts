import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newestPage, Unfinished } from '../../../../functions/core/journal/first-connect.ts';
import { SETTINGS } from '../../../support/sales.ts';
import { plainSession, type Shop, shop } from '../../../support/shop.ts';

/** The id of the newest event, found in any number of steps. */
async function newest(market: Shop, isLate = () => false): Promise<string | undefined> {
  let search: string | undefined;
  for (;;) {
    const found = await newestPage({ ...market, session: plainSession }, { search, isLate });
    if (!(found instanceof Unfinished)) return found.found.at(-1)?.id;
    search = found.search;
  }
}

describe('newestPage', () => {
  it('begins anew where the text of an interrupted search cannot be read', async () => {
    const market = shop();
    market.event('purchased', 'd');
    const found = await newestPage({ ...market, session: plainSession }, { search: 'rubbish' });
    expect(found).toMatchObject({ found: [market.journal.at(-1)] });
  });

  it('is empty where the journal is', async () => {
    const market = shop();
    expect(await newest(market)).toBeUndefined();
    expect(market.calls).toEqual(['countSaleEvents']);
  });

  it('finds the newest event behind pages that are not full', async () => {
    const market = shop({ ...SETTINGS, fillsJournalPages: false });
    const { saleEvents } = market.source;
    market.source.saleEvents = async (...query) => (await saleEvents(...query)).slice(0, 3);
    for (let index = 0; index < 250; index += 1) market.event('purchased', `d${index}`);
    expect(await newest(market)).toBe(market.journal.at(-1)?.id);
  });

  it('finds the newest event for any ids, in a bounded number of calls', async () => {
    const ids = fc.uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 60n }), { minLength: 1, maxLength: 250 });
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 1, max: 9 }), async (chosen, patience) => {
        const market = shop();
        const sorted = chosen.toSorted((a, b) => (a < b ? -1 : 1));
        for (const id of sorted)
          market.journal.push({ ...market.event('purchased', 'd'), id: id.toString() });
        market.journal.splice(
          0,
          market.journal.length,
          ...market.journal.filter(({ id }) => sorted.includes(BigInt(id))),
        );
        market.journal.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
        expect(await newest(market)).toBe(sorted.at(-1)?.toString());
        expect(market.calls.length).toBeLessThan(80);
        const calls = market.calls.length;
        let asked = 0;
        const isLate = () => {
          asked += 1;
          return asked % (patience + 1) === 0;
        };
        expect(await newest(market, isLate)).toBe(sorted.at(-1)?.toString());
        expect(market.calls.length).toBe(2 * calls);
      }),
      { numRuns: 100 },
    );
  });
});
