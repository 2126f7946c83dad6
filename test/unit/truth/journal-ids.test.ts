import { describe, expect, it } from 'vitest';
import { type OneSeller, oneSeller } from '../../support/one-seller.ts';

const HOUR = 3_600_000;
const buy = (seller: OneSeller, orders: number) => seller.sim('/buyers', { orders, pace: 'at-once' });

async function withSeller(body: (seller: OneSeller) => Promise<void>): Promise<void> {
  const seller = await oneSeller({ seed: 5, settings: { journalDelaySeconds: 0 } });
  try {
    await buy(seller, 10);
    await seller.settle();
    await body(seller);
  } finally {
    await seller.close();
  }
}
/**
 * Ids of live orders that are not stored, without sales from before the connect, which are not looked for.
 */
const sinceConnect = async (seller: OneSeller, before: ReadonlySet<string>) => {
  const live = (await seller.truth()).filter((order) => order.live && !before.has(order.orderId));
  return live.map(({ orderId }) => orderId).filter((orderId) => !seller.stored().has(orderId));
};
const known = async (seller: OneSeller) => new Set((await seller.truth()).map(({ orderId }) => orderId));

describe('a journal whose ids begin anew', () => {
  it('is found within an hour, and everything since is brought in', () =>
    withSeller(async (seller) => {
      const before = await known(seller);
      await buy(seller, 20);
      await seller.settle();
      await seller.sim('/journal/restart');
      await buy(seller, 20);
      await seller.settle();
      expect((await sinceConnect(seller, before)).length).toBeGreaterThan(10);
      await seller.pass(HOUR);
      await seller.settle();
      expect(await sinceConnect(seller, before)).toEqual([]);
      expect(seller.account().gap?.found).toMatchObject({ importId: expect.stringMatching(/^gap-51/) });
      await buy(seller, 5);
      await seller.settle();
      expect(await sinceConnect(seller, before)).toEqual([]);
    }));

  it('does not hide events whose ids were seen before', () =>
    withSeller(async (seller) => {
      const before = await known(seller);
      for (let time = 0; time < 3; time += 1) {
        await seller.sim('/journal/restart');
        await buy(seller, 10);
        await seller.pass(HOUR);
        await seller.settle();
      }
      expect(await sinceConnect(seller, before)).toEqual([]);
    }));
});

describe('an id that leaps far ahead', () => {
  it('hides nothing that comes with ordinary ids, neither at once nor days later', () =>
    withSeller(async (seller) => {
      const before = await known(seller);
      await buy(seller, 5);
      await seller.sim('/journal/leap');
      for (let day = 0; day < 3; day += 1) {
        await seller.settle();
        expect(BigInt(seller.account().cursor ?? 0)).toBeLessThan(10n ** 12n);
        await buy(seller, 5);
        await seller.settle();
        expect(await sinceConnect(seller, before)).toEqual([]);
        await seller.pass(24 * HOUR);
      }
      await seller.run();
      expect(seller.account().lastRun).toMatchObject({ outcome: 'done', events: 0 });
    }));

  it.each(['before it is read', 'after it was read'])(
    'hides nothing for longer than an hour when a second one comes %s',
    (when) =>
      withSeller(async (seller) => {
        const before = await known(seller);
        await buy(seller, 5);
        await seller.sim('/journal/leap');
        if (when === 'after it was read') await seller.settle();
        await seller.sim('/journal/late', { count: 1 });
        for (let day = 0; day < 3; day += 1) {
          await seller.settle();
          await seller.pass(2_000);
          await buy(seller, 5);
          await seller.pass(HOUR);
          await seller.settle();
          expect(await sinceConnect(seller, before)).toEqual([]);
          expect(BigInt(seller.account().cursor ?? 0)).toBeLessThan(10n ** 12n);
          await seller.pass(23 * HOUR);
        }
        await seller.run();
        expect(seller.account().lastRun).toMatchObject({ outcome: 'done', events: 0 });
      }),
  );

  it.each([0, 3 * 24])(
    'hides nothing that comes after a first connect at it, %i hours old',
    async (hours) => {
      const seller = await oneSeller({ seed: 6, settings: { journalDelaySeconds: 0 } });
      try {
        await buy(seller, 10);
        await seller.sim('/journal/leap');
        await seller.pass(hours * HOUR);
        await seller.settle();
        const before = await known(seller);
        await buy(seller, 5);
        await seller.settle();
        expect(await sinceConnect(seller, before)).toEqual([]);
      } finally {
        await seller.close();
      }
    },
  );
});

/** A sale after the connect whose first event stands behind the cursor. */
async function soldBehindCursor(
  seed: number,
): Promise<{ missing: number; after: string[]; unasked: number }> {
  const seller = await oneSeller({ seed, settings: { journalDelaySeconds: 0 } });
  try {
    await buy(seller, 10);
    await seller.pass(24 * HOUR);
    await seller.settle();
    await seller.sim('/settings', { behindCursor: 1 });
    const before = await known(seller);
    await seller.sim('/buyers', { orders: 1, pace: 'live', stepsPerSecond: 0.001 });
    await seller.sim('/buyers/step', { steps: 1 });
    await seller.settle();
    const missing = (await sinceConnect(seller, before)).length;
    for (let hour = 0; hour < 2; hour += 1) {
      await seller.pass(HOUR);
      await seller.settle();
    }
    const unasked = [...seller.stored()].filter((orderId) => before.has(orderId)).length;
    return { missing, after: await sinceConnect(seller, before), unasked };
  } finally {
    await seller.close();
  }
}

it('events just behind the cursor of the first connect are found within an hour; what stood there is left alone', async () => {
  let missing = 0;
  for (let seed = 1; seed <= 4; seed += 1) {
    const result = await soldBehindCursor(seed);
    expect(result).toMatchObject({ after: [], unasked: 0 });
    missing += result.missing;
  }
  expect(missing).toBeGreaterThan(1);
});

it('a quiet seller whose events have all grown old is no journal that began anew for ever', () =>
  withSeller(async (seller) => {
    const before = await known(seller);
    await buy(seller, 5);
    await seller.settle();
    for (let day = 0; day < 35; day += 5) {
      await seller.pass(5 * 24 * HOUR);
      await seller.settle();
    }
    expect(seller.account().cursor).toBe('0');
    expect(await sinceConnect(seller, before)).toEqual([]);
    await buy(seller, 5);
    await seller.settle();
    expect(await sinceConnect(seller, before)).toEqual([]);
  }));
