import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../functions/core/base/time.ts';
import { type OneSeller, oneSeller } from '../../support/one-seller.ts';
import { runs } from '../../support/runs.ts';

const PAUSE_DAYS = 10;

const LISTS = ['doGetPostBuyFormsIds', 'doGetFilledPostBuyForms', 'doGetMySoldItems'];

/** Runs hourly, as the schedule would, until the gap is filled. */
async function untilFilled(seller: OneSeller, hours: number) {
  for (let hour = 0; hour < hours && seller.account().gap?.found?.state !== 'filled'; hour += 1) {
    await seller.run();
    await seller.run();
    await seller.pass(HOUR);
  }
  return seller.account().gap?.found?.state;
}

/**
 * Ids of orders of sales. A purchase without a sale is on no list, so a pause that the journal forgot loses it.
 */
const withoutPurchases = async (seller: OneSeller) =>
  new Set(
    (await seller.truth()).map(({ orderId }) => orderId).filter((orderId) => orderId.startsWith('purchase:')),
  );

describe('a pause that is longer than the memory of the journal', () => {
  it('ends in the orders that the marketplace has, cancelled and withdrawn ones too', async () => {
    const life = fc.record({
      seed: fc.nat(),
      orders: fc.integer({ min: 5, max: 30 }),
      stepsBefore: fc.integer({ min: 5, max: 40 }),
      broken: fc.subarray(LISTS),
      code: fc.constantFrom('ERR_WEBAPI_NOT_AVAIL', 'ERR_BLOCKED_USER_CANT_INVOKE_METHOD', 'ERR_WEBAPI_KEY'),
    });
    const holds = fc.asyncProperty(life, async ({ seed, orders, stepsBefore, broken, code }) => {
      const seller = await oneSeller({ seed, settings: { journalDelaySeconds: 0, retentionDays: 8 } });
      try {
        await seller.settle();
        await seller.sim('/buyers', { orders, pace: 'live', stepsPerSecond: 0.001 });
        await seller.sim('/buyers/step', { steps: stepsBefore });
        await seller.pass(HOUR);
        await seller.settle();
        // All changes happen on the first day of the pause.
        await seller.sim('/buyers/finish');
        await seller.pass(PAUSE_DAYS * DAY);
        for (const operation of broken)
          await seller.sim('/faults', { operation, kind: 'fault', code, times: 1_000 });
        await seller.sim('/buyers', { orders: 5, pace: 'at-once' });
        const lost = await withoutPurchases(seller);
        await seller.run();
        await seller.run();
        // New orders do not wait for the lists.
        expect(seller.account().lastRun?.outcome).toBe('done');
        await seller.pass(2 * DAY);
        await seller.forget('/faults');
        expect(await untilFilled(seller, 48)).toBe('filled');
        await seller.settle();
        expect(await seller.compare(lost)).toMatchObject({ missing: 0, doubled: 0 });
        const states = new Map((await seller.truth()).map(({ orderId, state }) => [orderId, state]));
        const wrong = seller.rows().filter(({ orderId, content }) => {
          if (!orderId.startsWith('order:')) return false;
          return content !== undefined && content.state !== states.get(orderId);
        });
        expect(wrong).toEqual([]);
      } finally {
        await seller.close();
      }
    });
    await fc.assert(holds, { numRuns: runs(6, 40), endOnFailure: true });
  });
});
