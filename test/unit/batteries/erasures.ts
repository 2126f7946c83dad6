import { beforeEach, expect, it } from 'vitest';
import { HOUR, plus } from '../../../functions/core/base/time.ts';
import type {
  ErasureEntry,
  ErasureIndex,
  ErasureStore,
} from '../../../functions/core/orders/erasure-store.ts';
import { NOW } from '../../support/accounts.ts';

/** Tests for every store of requests to erase buyers' data. */
export function erasureBattery(fresh: () => Promise<{ store: ErasureStore; index: ErasureIndex }>): void {
  const againAtMillis = NOW;
  let store: ErasureStore;
  let index: ErasureIndex;
  beforeEach(async () => {
    ({ store, index } = await fresh());
    await store.put('a1', { requestId: 'r1', buyerId: 'Zażółć', againAtMillis });
    await store.put('a1', { requestId: 'r2', buyerId: '72', againAtMillis });
    // The id of the other account begins with that of the first.
    await store.put('a12', { requestId: 'r1', buyerId: '73', againAtMillis });
  });
  const entries = async (): Promise<ErasureEntry[]> => {
    const found: ErasureEntry[] = [];
    for await (const page of index.pages()) found.push(...page);
    return found;
  };

  it('keeps the requests of each account until they are removed', async () => {
    expect(await store.of('a1')).toEqual([
      { requestId: 'r1', buyerId: 'Zażółć' },
      { requestId: 'r2', buyerId: '72' },
    ]);
    await store.remove('a1', ['r1', 'r2']);
    await store.remove('a1', []);
    expect([await store.of('a1'), await store.of('a12')]).toEqual([[], [{ requestId: 'r1', buyerId: '73' }]]);
  });

  it('notes how far requests have come, and brings back none that was removed', async () => {
    await store.remove('a1', ['r1']);
    await store.reach('a1', ['r1', 'r2'], 'order:7');
    expect(await store.of('a1')).toEqual([{ requestId: 'r2', buyerId: '72', after: 'order:7' }]);
  });

  it('lists the requests of all accounts without their buyers, and moves their times', async () => {
    expect(await entries()).toEqual([
      { accountId: 'a1', requestId: 'r1', againAtMillis },
      { accountId: 'a1', requestId: 'r2', againAtMillis },
      { accountId: 'a12', requestId: 'r1', againAtMillis },
    ]);
    const [first] = await entries();
    if (first === undefined) return expect.unreachable();
    await store.remove('a1', ['r2']);
    await index.move(first, plus(NOW, HOUR));
    await index.move({ ...first, requestId: 'r2' }, plus(NOW, HOUR));
    expect(await entries()).toEqual([
      { accountId: 'a1', requestId: 'r1', againAtMillis: plus(NOW, HOUR) },
      { accountId: 'a12', requestId: 'r1', againAtMillis },
    ]);
    expect(await store.of('a1')).toEqual([{ requestId: 'r1', buyerId: 'Zażółć' }]);
  });
}
