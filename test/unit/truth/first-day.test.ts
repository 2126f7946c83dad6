import { describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../functions/core/base/time.ts';
import { type OneSeller, oneSeller } from '../../support/one-seller.ts';

/** States of the marketplace's orders, by id. */
const statesOf = async (seller: OneSeller) =>
  new Map((await seller.truth()).map(({ orderId, state }) => [orderId, state]));

describe('the first day of an account', () => {
  it.each([
    ['every list can be read', []],
    ['all-sales is broken', ['doGetPostBuyFormsIds']],
    ['filled-sales is broken', ['doGetFilledPostBuyForms']],
  ])('invents no open order of a sale that a sale held before the connect: %s', async (_what, broken) => {
    const seller = await oneSeller({ seed: 5, settings: { journalDelaySeconds: 300 } });
    try {
      for (const operation of broken)
        await seller.sim('/faults', {
          operation,
          kind: 'fault',
          code: 'ERR_NEW_PAYMENT_INTERNAL_ERROR',
          times: 1_000,
        });
      await seller.sim('/buyers', { orders: 30, pace: 'at-once' });
      await seller.settle();
      await seller.pass(6 * MINUTE);
      await seller.settle();
      const stored = [...seller.stored()].filter((orderId) => orderId.startsWith('purchase:'));
      expect(stored.length).toBeGreaterThan(20);
      expect(await seller.compare()).toMatchObject({ doubled: 0, different: 0, examples: [] });
      await seller.sim('/buyers', { orders: 10, pace: 'at-once' });
      await seller.pass(DAY + 6 * MINUTE);
      await seller.askForCheck();
      await seller.settle();
      expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0, different: 0 });
    } finally {
      await seller.close();
    }
  });

  it('is mended by the next check where no list could be read in time', async () => {
    const seller = await oneSeller({ seed: 6, settings: { journalDelaySeconds: 300 } });
    try {
      const code = 'ERR_WEBAPI_NOT_AVAIL';
      for (const operation of ['doGetPostBuyFormsIds', 'doGetFilledPostBuyForms'])
        await seller.sim('/faults', { operation, kind: 'fault', code, times: 1_000 });
      await seller.sim('/buyers', { orders: 30, pace: 'at-once' });
      await seller.settle();
      await seller.pass(6 * MINUTE);
      await seller.settle();
      expect((await seller.compare()).different).toBeGreaterThan(10);
      await seller.forget('/faults');
      await seller.pass(DAY);
      await seller.settle();
      expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0, different: 0 });
    } finally {
      await seller.close();
    }
  });
});

describe('a sale that was filled before the connect', () => {
  it('is ours once it changes, though no event tells of it', async () => {
    const seller = await oneSeller({ seed: 8, settings: { journalDelaySeconds: 0 } });
    try {
      await seller.sim('/buyers', { orders: 80, pace: 'live', stepsPerSecond: 0.001 });
      await seller.sim('/buyers/step', { steps: 140 });
      await seller.pass(MINUTE);
      const before = await statesOf(seller);
      await seller.settle();
      // The first check judges the sales before they change, the second afterwards.
      await seller.askForCheck();
      await seller.settle();
      await seller.sim('/settings', { lossy: 1 });
      await seller.pass(MINUTE);
      await seller.sim('/buyers/finish');
      await seller.pass(DAY);
      await seller.settle();
      const changed = [...(await statesOf(seller))]
        .filter(([orderId, state]) => before.has(orderId) && before.get(orderId) !== state)
        .map(([orderId]) => orderId);
      expect(changed.length).toBeGreaterThan(3);
      expect(changed.filter((orderId) => !seller.stored().has(orderId))).toEqual([]);
      expect(await seller.compare()).toMatchObject({ doubled: 0, different: 0 });
    } finally {
      await seller.close();
    }
  });
});
