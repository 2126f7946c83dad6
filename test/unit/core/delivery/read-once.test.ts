import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOnce } from '../../../../functions/core/delivery/read-once.ts';
import { endOf, entriesAfter } from '../../../../functions/core/feed/place.ts';
import type { FeedEntry, FeedPage } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryFeed } from '../../../support/memory-orders.ts';

/** Pages with these numbers of entries. */
function pagesOf(counts: readonly number[]): FeedPage[] {
  const pages: FeedPage[] = [];
  for (const count of counts) {
    const first = endOf(pages.at(-1)) + 1;
    const entry = (_: unknown, place: number): FeedEntry => ({
      number: first + place,
      orderId: 'order:1',
      revision: 1,
      changes: ['changed'],
      atMillis: NOW,
    });
    pages.push({ first, count, entries: Array.from({ length: count }, entry), batchId: `b${first}` });
  }
  return pages;
}

function counted(counts: readonly number[]) {
  const pages = pagesOf(counts);
  const feed = memoryFeed(pages);
  const reads: number[] = [];
  const shared = readOnce(
    {
      ...feed,
      pages: async (accountId, range) => {
        reads.push(range.after);
        return await feed.pages(accountId, range);
      },
    },
    'a1',
  );
  const behind = (number: number, limit = 25) =>
    entriesAfter(shared, { accountId: 'a1', after: number, limit, isKnown: (entry) => entry !== undefined });
  return { reads, behind, end: endOf(pages.at(-1)) };
}

describe('a turn of an account', () => {
  it('reads each page once, whether bus and webhooks come one after the other or at the same time', async () => {
    const { reads, behind, end } = counted([100, 100, 3]);
    const follow = async () => {
      const seen: number[] = [];
      for (;;) {
        const entries = (await behind(seen.length)) ?? [];
        if (entries.length === 0) return seen;
        seen.push(...entries.slice(0, 25).map(({ number }) => number));
      }
    };
    const all = await Promise.all([follow(), follow()]);
    for (const seen of [...all, await follow()])
      expect(seen).toEqual(Array.from({ length: end }, (_, index) => index + 1));
    expect(reads.length).toBeLessThanOrEqual(4);
  });

  it('gives whatever is asked for what the feed itself would give, and never stops before its end', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 30 });
    const asked = fc.array(
      fc.record({
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        limit: fc.integer({ min: 1, max: 120 }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(sizes, asked, async (counts, places) => {
        const { behind, end } = counted(counts);
        for (const { share, limit } of places) {
          const number = Math.floor(share * end);
          const numbers = ((await behind(number, limit)) ?? []).map((entry) => entry.number);
          const [first, last = number] = [numbers[0], numbers.at(-1)];
          if (number < end) expect(first).toBe(number + 1);
          expect(numbers).toEqual(Array.from({ length: last - number }, (_, index) => number + 1 + index));
        }
      }),
    );
  });
});
