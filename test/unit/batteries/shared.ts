import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { KeyStore } from '../../../functions/core/access/key-store.ts';
import { DAY, type EpochMillis, epochMillis, MINUTE, plus } from '../../../functions/core/base/time.ts';
import type { SharedTrouble } from '../../../functions/core/faults/shared-trouble.ts';
import type { Shared, TroubleNotices, TroubleStore } from '../../../functions/core/faults/store.ts';
import type { CallCounter } from '../../../functions/core/limits/store.ts';
import type { DriverCache } from '../../../functions/core/marketplace/driver.ts';
import { NOW } from '../../support/accounts.ts';

const NEVER = epochMillis(0);
const trouble = (changes: Partial<SharedTrouble> = {}): SharedTrouble => ({
  reason: 'address-blocked',
  sinceMillis: NOW,
  probeAtMillis: plus(NOW, 5 * MINUTE),
  ...changes,
});

/** Tests for every store of shared trouble, with its notices. */
export function troubleBattery(
  fresh: () => Promise<{ troubles: TroubleStore; troubleNotices: TroubleNotices }>,
): void {
  const shared: Shared = { kind: 'egress', name: 'market/e1' };
  const market: Shared = { kind: 'marketplace', name: 'market' };
  const end = (atMillis: EpochMillis) => troubles.end(shared, { atMillis, nowMillis: atMillis });
  let troubles: TroubleStore;
  let troubleNotices: TroubleNotices;
  beforeEach(async () => {
    ({ troubles, troubleNotices } = await fresh());
  });

  it('keeps the first report until the trouble is over', async () => {
    expect(await troubles.read(shared)).toEqual({});
    await troubles.record(shared, trouble());
    await troubles.record(shared, trouble({ reason: 'key-refused', sinceMillis: plus(NOW, 9) }));
    expect(await troubles.read(shared)).toEqual({ trouble: trouble() });
    await end(plus(NOW, 10));
    expect(await troubles.read(shared)).toEqual({ endedAtMillis: plus(NOW, 10) });
    await troubles.record(shared, trouble({ sinceMillis: plus(NOW, 20) }));
    expect(await troubles.read(shared)).toMatchObject({ trouble: { sinceMillis: plus(NOW, 20) } });
  });

  it('is not ended by what was learnt before it began, nor where there is none', async () => {
    await end(NOW);
    expect(await troubles.read(shared)).toEqual({});
    await troubles.record(shared, trouble());
    await end(plus(NOW, -1));
    expect(await troubles.read(shared)).toEqual({ trouble: trouble() });
  });

  it('is ended by whoever comes after it, and by anybody if a clock that was ahead has noted it', async () => {
    const tomorrow = trouble({ sinceMillis: plus(NOW, DAY) });
    await troubles.record(shared, tomorrow);
    await end(NOW);
    expect(await troubles.read(shared)).toEqual({ endedAtMillis: NOW });
    await troubles.record(shared, tomorrow);
    for (const one of await troubleNotices.list(NEVER)) await troubleNotices.notified(one, NOW);
    await end(NOW);
    expect(await troubleNotices.list(NEVER)).toMatchObject([{ ...shared, over: true }]);
  });

  it('elects one prober for each time', async () => {
    const probe = { expectedMillis: trouble().probeAtMillis, nextMillis: plus(NOW, 10 * MINUTE) };
    expect(await troubles.takeProbe(shared, probe)).toBe(false);
    await troubles.record(shared, trouble());
    const answers = await Promise.all([1, 2, 3].map(() => troubles.takeProbe(shared, probe)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await troubles.read(shared)).toMatchObject({ trouble: { probeAtMillis: probe.nextMillis } });
  });

  it('counts the accounts whose good passwords were refused lately, each once', async () => {
    const note = (accountId: string, after: number) =>
      troubles.noteRefusal(market, { accountId, atMillis: plus(NOW, after), withinMillis: MINUTE });
    expect(await note('a1', 0)).toBe(1);
    expect(await note('a1', 1)).toBe(1);
    expect(await note('a2', 2)).toBe(2);
    expect(await note('a3', MINUTE + 2)).toBe(2);
    expect(await troubles.read(market)).toEqual({});
  });

  it('is troubleNotices until it is told, and again once that was too long ago', async () => {
    await troubles.record(shared, trouble());
    const [begun] = await troubleNotices.list(NEVER);
    expect(begun).toEqual({ ...shared, trouble: trouble(), over: false });
    if (begun === undefined) return;
    await troubleNotices.notified(begun, plus(NOW, 7));
    expect(await troubleNotices.list(plus(NOW, 6))).toEqual([]);
    expect(await troubleNotices.list(plus(NOW, 7))).toMatchObject([{ ...shared, over: false }]);
  });

  it('is troubleNotices once more when it is over, if people were told of it', async () => {
    await troubles.record(shared, trouble());
    await end(plus(NOW, 1));
    expect(await troubleNotices.list(NEVER)).toEqual([]);
    await troubles.record(shared, trouble());
    for (const one of await troubleNotices.list(NEVER)) await troubleNotices.notified(one, plus(NOW, 2));
    await end(plus(NOW, 3));
    const over = await troubleNotices.list(NEVER);
    expect(over).toMatchObject([{ ...shared, over: true, trouble: { sinceMillis: NOW } }]);
    for (const one of over) await troubleNotices.notified(one, plus(NOW, 4));
    expect(await troubleNotices.list(NEVER)).toEqual([]);
  });

  it('is over while people are told of it: they hear of the end too', async () => {
    await troubles.record(shared, trouble());
    const [begun] = await troubleNotices.list(NEVER);
    await end(plus(NOW, 1));
    if (begun !== undefined) await troubleNotices.notified(begun, plus(NOW, 2));
    expect(await troubleNotices.list(NEVER)).toMatchObject([{ ...shared, over: true }]);
  });

  it('of a marketplace is no troubleNotices', async () => {
    await troubles.record(market, trouble());
    expect(await troubleNotices.list(NEVER)).toEqual([]);
  });
}

/** Tests for every store of integration keys; `fresh` makes a store with a key of this id and value. */
export function keyBattery(
  identity: string,
  fresh: (key: { keyId: string; value: string }) => Promise<KeyStore>,
): void {
  it('gives the key and its secret', async () => {
    const store = await fresh({ keyId: 'key-1', value: 'integration-key' });
    expect(await store.read('key-1')).toMatchObject({ keyId: 'key-1' });
    expect((await store.readSecret('key-1'))?.reveal()).toBe('integration-key');
  });

  describe('what a driver keeps', () =>
    cacheBattery(async () => {
      const store = await fresh({ keyId: 'key-1', value: 'integration-key' });
      return store.cacheOf({ keyId: 'key-1', identity });
    }));
}

/** The promises of every cache of a driver. */
export function cacheBattery(fresh: () => Promise<DriverCache>): void {
  it('is what was put there last, by name', async () => {
    const cache = await fresh();
    expect(await cache.get('one')).toBeUndefined();
    for (const text of ['1', '2']) await cache.put('one', text);
    expect(await cache.get('one')).toBe('2');
    expect(await cache.get('other')).toBeUndefined();
  });

  it('is dropped where it is still the same, and no newer one', async () => {
    const cache = await fresh();
    await cache.put('one', '2');
    await cache.drop('one', '1');
    expect(await cache.get('one')).toBe('2');
    await cache.drop('one', '2');
    expect(await cache.get('one')).toBeUndefined();
    await cache.drop('one', '2');
    await cache.put('one', '3');
    expect(await cache.get('one')).toBe('3');
  });
}

/** Tests for every counter of calls. */
export function counterBattery(fresh: () => Promise<CallCounter>): void {
  it('gives out no more calls than a minute has, and each minute anew', async () => {
    const counter = await fresh();
    const take = (minute: number, calls: number) => counter.take('k1', { minute, calls, most: 10 });
    expect(await take(7, 11)).toBe(false);
    expect(await take(7, 6)).toBe(true);
    expect(await take(7, 5)).toBe(false);
    expect(await take(7, 4)).toBe(true);
    expect(await take(8, 10)).toBe(true);
    expect(await take(7, 1)).toBe(false);
    expect(await counter.take('k2', { minute: 7, calls: 10, most: 10 })).toBe(true);
  });

  it('takes nothing from a minute for another one, in whatever order their workers come', async () => {
    const takes = fc.record({
      minute: fc.constantFrom(7, 8, 9, 7 + 24 * 60, 0),
      calls: fc.integer({ min: 1, max: 6 }),
    });
    const property = fc.asyncProperty(fc.array(takes, { maxLength: 12 }), async (all) => {
      const counter = await fresh();
      const taken = new Map<number, number>();
      for (const { minute, calls } of all) {
        const sum = (taken.get(minute) ?? 0) + calls;
        expect(await counter.take('k1', { minute, calls, most: 10 })).toBe(sum <= 10);
        if (sum <= 10) taken.set(minute, sum);
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('gives the calls of a minute to some of those who come at the same time', async () => {
    const counter = await fresh();
    const all = [1, 2, 3, 4].map(() => counter.take('k1', { minute: 7, calls: 5, most: 10 }));
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(2);
  });
}
