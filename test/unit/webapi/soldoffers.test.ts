import fc from 'fast-check';
import { expect, it } from 'vitest';
import { epochSeconds } from '../../../functions/core/base/time.ts';
import type { Door } from '../../../functions/webapi/caller.ts';
import { soldOfferForms } from '../../../functions/webapi/soldoffers.ts';
import { runs } from '../../support/runs.ts';
import { HANDLE, SOON, settingsFor } from './support.ts';

const OFFERS_A_PAGE = 100;

/** A marketplace with offers in the order of their newest sale; each has a form. */
function shopOf(count: number, { firstPage }: { firstPage: 0 | 1 }) {
  const offers = Array.from({ length: count }, (_, index) =>
    String(9_007_199_254_740_993n + BigInt(index) * 977n),
  );
  const calls: string[] = [];
  const answer = (operation: string, request: { pageNumber?: string; itemsIdArray?: string[] }) => {
    calls.push(operation);
    if (operation === 'doGetTransactionsIDs')
      return { transactionsIdsArray: (request.itemsIdArray ?? []).map((offerId) => `f${offerId}`) };
    const page = Math.max(0, Number(request.pageNumber ?? firstPage) - firstPage);
    const named = offers.slice(page * OFFERS_A_PAGE, (page + 1) * OFFERS_A_PAGE);
    return { soldItemsCounter: String(offers.length), soldItemsList: named.map((itemId) => ({ itemId })) };
  };
  const door = {
    settings: settingsFor('http://127.0.0.1/'),
    call: async ({ operation, request, understand }: Parameters<Door['call']>[0]) => {
      const reply = answer(operation, request);
      const decoder = { fields: (_shape: object, item: object) => item };
      const items = () => reply.soldItemsList;
      return understand({ all: () => reply, some: () => reply, items, decoder } as never);
    },
  } as unknown as Door;
  return {
    calls,
    offers,
    door,
    /** Sells the offer at this place, or a new one. */
    sell(place: number) {
      const [offer = String(8_000_000_000 + offers.length)] = offers.splice(place, 1);
      offers.unshift(offer);
    },
  };
}

it('names the sales of every offer, whichever sell again while the list is read', async () => {
  const sales = fc.array(fc.record({ atCall: fc.nat({ max: 400 }), place: fc.nat({ max: 399 }) }), {
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: 350 }),
      fc.constantFrom(0, 1),
      sales,
      async (count, firstPage, planned) => {
        const shop = shopOf(count, { firstPage });
        const before = [...shop.offers];
        const found: string[] = [];
        const query = {
          list: 'sales-by-offer',
          from: epochSeconds(0),
          to: epochSeconds(1),
          handle: HANDLE,
        } as const;
        let position: string | undefined;
        let share = 0;
        do {
          const page = await soldOfferForms(shop.door, { ...query, position }, SOON);
          found.push(...page.saleIds);
          ({ next: position, share } = page);
          for (const { atCall, place } of planned) if (atCall === shop.calls.length) shop.sell(place);
        } while (position !== undefined && shop.calls.length < 2_000);
        expect(position).toBeUndefined();
        expect(share).toBe(1);
        expect(before.filter((offer) => !found.includes(`f${offer}`))).toEqual([]);
        // No offer is asked for twice.
        expect(new Set(found).size).toBe(found.length);
      },
    ),
    { numRuns: runs(20, 300) },
  );
});

it('costs one page more where nothing sells meanwhile, and the longest position fits into an item of the store', async () => {
  const shop = shopOf(19_950, { firstPage: 0 });
  const query = {
    list: 'sales-by-offer',
    from: epochSeconds(0),
    to: epochSeconds(1),
    handle: HANDLE,
  } as const;
  let position: string | undefined;
  let longest = 0;
  do {
    const page = await soldOfferForms(shop.door, { ...query, position }, SOON);
    position = page.next;
    longest = Math.max(longest, position?.length ?? 0);
    // Drops the part of forms from the position; their paging is not tested here.
    position = position?.replace(/^([^:]*:[^:]*:[^:]*:[^:]*:)[^:]*/, '$1');
  } while (position !== undefined);
  expect(shop.calls).toHaveLength(201);
  expect(longest).toBeLessThan(200_000);
});
