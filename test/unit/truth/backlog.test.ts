import { describe, expect, it } from 'vitest';
import { type OneSeller, oneSeller } from '../../support/one-seller.ts';

const buy = (seller: OneSeller, orders: number) => seller.sim('/buyers', { orders, pace: 'at-once' });

/** Ids of the orders that `make` adds. */
async function newOrders(seller: OneSeller, make: () => Promise<unknown>): Promise<string[]> {
  const before = new Set((await seller.truth()).map(({ orderId }) => orderId));
  await make();
  return (await seller.truth())
    .filter(({ orderId, live }) => live && !before.has(orderId))
    .map(({ orderId }) => orderId);
}

describe('a backlog of more than a run can read', () => {
  it('is worked off oldest first, while the newest orders come in with the next run', async () => {
    const seller = await oneSeller({ seed: 11, settings: { journalDelaySeconds: 0 } });
    try {
      await seller.settle();
      await buy(seller, 600);
      // Time for the pages of the journal and a few batches of sales.
      const short = { patience: 40 };
      expect(await seller.run(short)).toBe('interrupted');
      for (let round = 0; round < 3; round += 1) {
        const fresh = await newOrders(seller, () => buy(seller, 2));
        expect(fresh.length).toBeGreaterThan(0);
        expect(await seller.run(short)).toBe('interrupted');
        expect(fresh.filter((orderId) => !seller.stored().has(orderId))).toEqual([]);
        expect((await seller.compare()).missing).toBeGreaterThan(0);
      }
      await seller.settle();
      expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0, different: 0 });
    } finally {
      await seller.close();
    }
  });
});
