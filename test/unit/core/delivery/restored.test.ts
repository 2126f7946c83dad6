import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { movedTo } from '../../../../functions/core/delivery/rewind.ts';
import type { FeedEntry } from '../../../../functions/core/orders/store.ts';
import { claimRows } from '../../../support/memory-orders.ts';
import { ACCOUNT_ID, minutes, sendingWorld, webhook } from '../../../support/sending.ts';

/** A feed that is sent to the bus and to a webhook; each entry is of an order of its own. */
function restorable() {
  const world = sendingWorld();
  world.sending.hooks.set('w1', webhook('w1'));
  const posted: string[] = [];
  const post = async ({ body }: { body: string }) => {
    const { number, orderId } = JSON.parse(body).data;
    posted.push(`${number} ${orderId}`);
    return 200;
  };
  Object.assign(world.deps.door, { post });
  let orders = 0;
  return {
    world,
    posted,
    told: () => world.events.map(({ detail }) => `${detail.feedNumber} ${detail.orderId}`),
    feed: () => world.orders.feed.map(({ number, orderId }) => `${number} ${orderId}`),
    /** Appends entries. `old`: with the times of old changes, as when a window of long ago is sent again. */
    async append(count: number, { old = false } = {}) {
      const clock = () => world.now;
      const rows = await claimRows(world.writerOrders(), { accountId: ACCOUNT_ID, clock });
      for (let index = 0; index < count; index += 1) {
        orders += 1;
        const changedAtMillis = plus(world.now, old ? -HOUR - orders : 0);
        await rows.tellAgain([{ orderId: `order:${orders}`, revision: 1, changedAtMillis }]);
      }
    },
    restore(to: number) {
      world.orders.cutFeed(to);
      world.now = plus(world.now, MINUTE);
    },
    send: () => minutes(world, 5),
  };
}

describe('a feed that was restored to an earlier day', () => {
  it('is sent on from about there: of 30 new entries none is lost, and few old ones are repeated', async () => {
    const { append, send, restore, feed, told, posted, world } = restorable();
    await append(100);
    await send();
    const before = world.events.length;
    restore(80);
    await append(30);
    await send();
    expect(new Set(world.events.map(({ detail }) => detail.eventId)).size).toBe(100 + 30);
    for (const sent of [told().slice(before), posted.slice(before)]) {
      expect(sent.slice(-30)).toEqual(feed().slice(80));
      expect(sent.length).toBeLessThanOrEqual(30 + 64);
    }
    expect(world.logged).toContain('feed-restored');
  });

  it('is sent on whole, however often it is restored and whatever its entries times are', async () => {
    const part = fc.record({
      count: fc.integer({ min: 0, max: 40 }),
      old: fc.boolean(),
      isSent: fc.boolean(),
      restoredTo: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 8 }), async (parts) => {
        const { append, send, restore, feed, told, posted, world } = restorable();
        for (const { count, old, isSent, restoredTo } of parts) {
          await append(count, { old });
          if (isSent) await send();
          if (restoredTo !== undefined) restore(Math.floor(restoredTo * world.orders.feed.length));
        }
        await append(1);
        await send();
        for (const sent of [new Set(told()), new Set(posted)])
          expect(feed().filter((entry) => !sent.has(entry))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('needs few remembered places, however long it is', () => {
    const { now } = sendingWorld();
    const entry = (number: number): FeedEntry => ({
      number,
      orderId: 'order:1',
      revision: number,
      changes: ['changed'],
      atMillis: now,
    });
    const entries = Array.from({ length: 20_000 }, (_, index) => entry(index + 1));
    const { passed = [] } = entries.reduce(movedTo, { number: 0 });
    expect(passed.length).toBeGreaterThan(4);
    expect(passed.length).toBeLessThan(10);
  });
});
