import { describe, expect, it } from 'vitest';
import { oneSeller } from '../../support/one-seller.ts';

const WELL = { missing: 0, doubled: 0, different: 0, examples: [] };

/**
 * A seller whose buyers bought while every reading of sales, purchases and buyers showed less than the
 * journal.
 */
async function readShort(runs: number) {
  const seller = await oneSeller({ seed: 12, settings: { journalDelaySeconds: 0 } });
  await seller.settle();
  await seller.sim('/settings', { contradicts: 1 });
  await seller.sim('/buyers', { orders: 40, pace: 'at-once' });
  for (let run = 0; run < runs; run += 1) expect(await seller.run()).toBe('done');
  expect((await seller.compare()).different + (await seller.compare()).missing).toBeGreaterThan(10);
  return seller;
}

describe('readings that contradict the journal', () => {
  it('do not hold the cursor, and are read again by the next run', async () => {
    const seller = await readShort(1);
    try {
      expect(seller.account().lastRun?.events).toBeGreaterThan(40);
      await seller.sim('/settings', { contradicts: 0 });
      expect(await seller.run()).toBe('done');
      expect(seller.account().lastRun?.events).toBe(0);
      expect(await seller.compare()).toMatchObject(WELL);
      expect(seller.account().failedOrders).toBe(0);
    } finally {
      await seller.close();
    }
  });

  it('are read again in five runs, and then once an hour', async () => {
    const seller = await readShort(5);
    try {
      await seller.sim('/settings', { contradicts: 0 });
      await seller.run();
      expect((await seller.compare()).different + (await seller.compare()).missing).toBeGreaterThan(10);
      await seller.pass(3_600_000);
      await seller.run();
      expect(await seller.compare()).toMatchObject(WELL);
    } finally {
      await seller.close();
    }
  });

  it('are believed after a day, and only a sale without goods is left for a person', async () => {
    const seller = await readShort(5);
    try {
      // A purchase may be opened, and doubted, hours after the first readings, as long as readings show too
      // little.
      for (let hour = 1; hour <= 49; hour += 1) {
        await seller.pass(3_601_000);
        await seller.run();
      }
      // Nightly checks read all orders again and doubt them for another day; only orders quarantined wait for a
      // person.
      const left = seller.quarantined().length;
      expect(left).toBeGreaterThan(0);
      expect(left).toBe((await seller.compare()).missing);
      await seller.sim('/settings', { contradicts: 0 });
      await seller.pass(86_400_000);
      await seller.run();
      expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0 });
    } finally {
      await seller.close();
    }
  });

  it.each([30, 40, 50, 60])(
    'are read again though the worker that noted them was killed at write %i',
    async (killedAtWrite) => {
      const seller = await oneSeller({ seed: 12, settings: { journalDelaySeconds: 0 } });
      try {
        await seller.settle();
        await seller.sim('/buyers', { orders: 25, pace: 'at-once' });
        await seller.settle();
        for (let day = 0; day < 5; day += 1) {
          await seller.pass(86_400_000);
          await seller.settle();
        }
        await seller.sim('/settings', { contradicts: 1 });
        await seller.sim('/journal/late', { count: 60 });
        await seller.pass(86_401_000);
        expect(await seller.run({ killedAtWrite })).toBe('killed');
        expect(seller.account().failedOrders).toBeGreaterThan(0);
        await seller.sim('/settings', { contradicts: 0 });
        for (let hour = 0; hour < 30; hour += 1) {
          await seller.pass(3_600_000);
          await seller.settle();
        }
        expect(await seller.compare()).toMatchObject(WELL);
      } finally {
        await seller.close();
      }
    },
  );
});
