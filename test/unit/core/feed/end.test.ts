import { expect, it } from 'vitest';
import { epochMillis } from '../../../../functions/core/base/time.ts';
import { readChanges } from '../../../../functions/core/feed/changes.ts';
import { endPositions } from '../../../../functions/core/feed/end.ts';
import { isAt } from '../../../../functions/core/feed/positions.ts';
import type { FeedPage } from '../../../../functions/core/orders/store.ts';
import { memoryFeed } from '../../../support/memory-orders.ts';

const entryOf = (number: number) => ({
  number,
  orderId: `order:${number}` as const,
  revision: 1,
  changes: ['created'] as const,
  atMillis: epochMillis(1_000 * number),
});
/** A page with a void in its middle, as a dead worker leaves it. */
const pageFrom = (first: number): FeedPage => ({
  first,
  count: 3,
  entries: [entryOf(first), entryOf(first + 2)],
  batchId: `b${first}`,
});

it('a reader that begins at the end gets later changes only, all of them', async () => {
  const pages = new Map([
    ['full', [pageFrom(1), pageFrom(4)]],
    ['empty', [] as FeedPage[]],
  ]);
  const feed = {
    pages: async (accountId: string, range: { after: number; limit: number }) =>
      await memoryFeed(pages.get(accountId) ?? []).pages(accountId, range),
    lastPage: async (accountId: string) => await memoryFeed(pages.get(accountId) ?? []).lastPage(accountId),
  };
  const accountIds = ['full', 'empty'];
  const positions = await endPositions(feed, accountIds);
  expect(isAt(positions.get('full') ?? { number: 0 }, entryOf(6))).toBe(true);
  expect(positions.get('empty')).toEqual({ number: 0 });
  const deps = { feed, orders: { readMany: async () => new Map() }, accounts: { has: async () => true } };
  const read = async () => {
    const { changes } = await readChanges(deps, { accountIds, positions, limit: 100 });
    return changes.map(({ accountId, number }) => `${accountId} ${number}`).toSorted();
  };
  expect(await read()).toEqual([]);
  pages.get('full')?.push(pageFrom(7));
  pages.get('empty')?.push(pageFrom(1));
  expect(await read()).toEqual(['empty 1', 'empty 3', 'full 7', 'full 9']);
});
