import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../functions/core/base/time.ts';
import { type OneSeller, oneSeller } from '../../support/one-seller.ts';

let seller: OneSeller;
afterEach(() => seller.close());

describe('a host whose clock was ahead', () => {
  it.each([
    ['a day', DAY, undefined],
    ['a day, and that died at a write', DAY, 3],
    ['three hours', 3 * HOUR, undefined],
    ['three hours, and that died at a write', 3 * HOUR, 8],
  ])('by %s stops none of 24 "sync now" once it is set right', async (_, clockAheadMillis, killedAtWrite) => {
    seller = await oneSeller({ seed: 7, settings: {} });
    await seller.settle();
    await seller.sim('/buyers', { orders: 10, pace: 'at-once' });
    await seller.run({ clockAheadMillis, killedAtWrite });
    await seller.sim('/buyers', { orders: 10, pace: 'at-once' });
    const outcomes: string[] = [];
    for (let asked = 0; asked < 24; asked += 1) {
      outcomes.push(await seller.run());
      await seller.pass(HOUR);
    }
    expect(outcomes).toEqual(Array.from({ length: 24 }, () => 'done'));
    expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0, different: 0 });
  });

  it.each([MINUTE, 4 * MINUTE, 10 * MINUTE, DAY])(
    'by %d ms lets a check be done that is asked for after its own',
    async (clockAheadMillis) => {
      seller = await oneSeller({ seed: 7, settings: {} });
      await seller.settle();
      await seller.pass(DAY);
      await seller.run({ clockAheadMillis });
      await seller.sim('/settings', { lossy: 1 });
      await seller.sim('/buyers', { orders: 10, pace: 'at-once' });
      await seller.askForCheck();
      await seller.settle();
      expect(await seller.compare()).toMatchObject({ missing: 0, doubled: 0, different: 0 });
    },
  );

  it('and whose runs end minutes ahead stops none of the next minutes', async () => {
    seller = await oneSeller({ seed: 7, settings: {} });
    await seller.settle();
    await seller.run({ clockAheadMillis: 4 * MINUTE });
    expect(await seller.run()).toBe('done');
  });

  it.each([
    ['a day', { lossy: 1 }, DAY],
    ['a day', { behindCursor: 1 }, DAY],
  ])('by %s at the first connect hides no later order: %o', async (_, settings, clockAheadMillis) => {
    seller = await oneSeller({ seed: 7, settings: {} });
    await seller.sim('/buyers', { orders: 5, pace: 'at-once' });
    const earlier = new Set((await seller.truth()).map(({ orderId }) => orderId));
    await seller.pass(HOUR);
    await seller.run({ clockAheadMillis });
    await seller.settle();
    await seller.pass(MINUTE);
    await seller.sim('/settings', settings);
    await seller.sim('/buyers', { orders: 10, pace: 'at-once' });
    await seller.pass(2 * HOUR);
    await seller.askForCheck();
    await seller.settle();
    await seller.pass(2 * DAY);
    await seller.settle();
    expect(await seller.compare(earlier)).toMatchObject({ missing: 0, doubled: 0, different: 0 });
  });
});
