import { describe, expect, it } from 'vitest';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { acknowledge, standing, standings } from '../../../../functions/core/feed/consumers.ts';
import { markOf } from '../../../../functions/core/feed/positions.ts';
import type { FeedEntry, FeedPage } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryConsumers } from '../../../support/memory-feed.ts';
import { memoryFeed } from '../../../support/memory-orders.ts';

function setUp() {
  let now = NOW;
  const entry = (number: number, later = 0): FeedEntry => ({
    number,
    orderId: 'order:1',
    revision: number,
    changes: ['changed'],
    atMillis: plus(NOW, number + later),
  });
  const page = (number: number, later = 0): FeedPage => ({
    first: number,
    count: 1,
    entries: [entry(number, later)],
  });
  const pages = Array.from({ length: 10 }, (_, index) => page(index + 1));
  const deps = {
    consumers: memoryConsumers(),
    feed: memoryFeed(pages),
    clock: () => {
      now = plus(now, 1_000);
      return now;
    },
  };
  const put = (number: number, reset = false) =>
    acknowledge(deps, { accountId: 'a1', name: 'erp', position: { number }, reset });
  /** Restores the feed to an entry, and appends new entries. */
  const restore = (to: number, since: number) => {
    pages.splice(to);
    for (let number = to + 1; number <= to + since; number += 1) pages.push(page(number, MINUTE));
  };
  return { deps, put, restore };
}

describe('acknowledge', () => {
  it('moves forward and tells how far behind the consumer is', async () => {
    const { put } = setUp();
    expect(await put(0)).toMatchObject({ name: 'erp', number: 0, lag: 10 });
    expect(await put(7)).toMatchObject({ number: 7, lag: 3 });
    expect(await put(10)).toMatchObject({ number: 10, lag: 0 });
  });

  it('ignores a late one that would go backwards, its time too, unless told to reset', async () => {
    const { put } = setUp();
    const first = await put(7);
    expect(await put(4)).toEqual(first);
    expect(await put(4, true)).toMatchObject({ number: 4, lag: 6 });
  });

  it('refuses what the feed has not reached', async () => {
    const { deps, put } = setUp();
    await expect(put(11)).rejects.toMatchObject({ code: 'feed-restored', fields: [{ field: 'position' }] });
    await expect(standing(deps, 'a1', { name: 'erp' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('goes back where the entry that was acknowledged before was lost in a restore', async () => {
    const { deps, put, restore } = setUp();
    await put(10);
    restore(6, 2);
    expect(await put(7)).toMatchObject({ number: 7, lag: 1 });
    restore(6, 5);
    const gone = { number: 7, mark: markOf({ atMillis: plus(NOW, 7) }) };
    const refused = acknowledge(deps, { accountId: 'a1', name: 'erp', position: gone, reset: true });
    await expect(refused).rejects.toMatchObject({ code: 'feed-restored' });
  });

  it('has all before it again where the feed was restored and lacks its entry, however long the feed is', async () => {
    const { deps, put, restore } = setUp();
    await put(8);
    restore(6, 0);
    expect(await standing(deps, 'a1', { name: 'erp' })).toMatchObject({ number: 8, lag: 6 });
    restore(6, 9);
    expect(await standing(deps, 'a1', { name: 'erp' })).toMatchObject({ number: 8, lag: 15 });
    expect((await standings(deps, 'a1', { limit: 10 })).consumers).toMatchObject([{ name: 'erp', lag: 15 }]);
  });

  it('is listed', async () => {
    const { deps, put } = setUp();
    await put(9);
    expect(await standings(deps, 'a1', { limit: 10 })).toMatchObject({
      consumers: [{ name: 'erp', number: 9, lag: 1 }],
    });
  });
});
