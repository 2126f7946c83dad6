import { describe, expect, it } from 'vitest';
import { plus } from '../../../../functions/core/base/time.ts';
import { acknowledge, standing, standings } from '../../../../functions/core/feed/consumers.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryConsumers } from '../../../support/memory-feed.ts';

function setUp() {
  let now = NOW;
  const deps = {
    consumers: memoryConsumers(),
    orders: { lastFeedNumber: async () => 10 },
    clock: () => {
      now = plus(now, 1_000);
      return now;
    },
  };
  const put = (number: number, reset = false) =>
    acknowledge(deps, { accountId: 'a1', name: 'erp', number, reset });
  return { deps, put };
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
    await expect(put(11)).rejects.toMatchObject({ code: 'bad-input', fields: [{ field: 'position' }] });
    await expect(standing(deps, 'a1', { name: 'erp' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is listed', async () => {
    const { deps, put } = setUp();
    await put(9);
    expect(await standings(deps, 'a1', { limit: 10 })).toMatchObject({
      consumers: [{ name: 'erp', number: 9, lag: 1 }],
    });
  });
});
