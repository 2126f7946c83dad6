import { beforeEach, expect, it } from 'vitest';
import {
  endedTry,
  nextStep,
  type RequestRecord,
  type RequestStore,
} from '../../../functions/core/admin/repeats.ts';
import { DAY, plus } from '../../../functions/core/base/time.ts';
import { NOW } from '../../support/accounts.ts';

function tried(
  found: RequestRecord | undefined,
  { writer, now = NOW }: { writer: string; now?: typeof NOW },
) {
  const step = nextStep(found, { request: 'print', writer, now });
  return step.kind === 'try' ? step.record : expect.unreachable(`the request is ${step.kind}`);
}

/** Tests for every store of requests that may be repeated. */
export function requestBattery(fresh: () => Promise<RequestStore>): void {
  const outcome = { status: 201, ids: { accountId: 'a1', cursor: null }, location: '/v1/accounts/a1' };
  let store: RequestStore;
  beforeEach(async () => {
    store = await fresh();
  });

  it('keeps a request with its outcome, by name', async () => {
    const record = tried(undefined, { writer: 'w1' });
    expect(await store.write('r1', record)).toBe(true);
    expect(await store.read('r1')).toEqual(record);
    expect(await store.write('r1', endedTry(record, outcome))).toBe(true);
    expect(await store.read('r1')).toMatchObject({ revision: 2, outcome });
    expect((await store.read('r1'))?.leaseUntilMillis).toBeUndefined();
    expect(await store.read('r2')).toBeUndefined();
  });

  it('lets one of two equal requests begin, and knows its own write again', async () => {
    const record = tried(undefined, { writer: 'w1' });
    expect(await store.write('r1', record)).toBe(true);
    expect(await store.write('r1', tried(undefined, { writer: 'w2' }))).toBe(false);
    expect(await store.write('r1', record)).toBe(true);
    expect(await store.read('r1')).toEqual(record);
  });

  it('lets one of two requests take over, also what is older than a day', async () => {
    const first = endedTry(tried(undefined, { writer: 'w1' }), outcome);
    await store.write('r1', { ...first, revision: 1 });
    const found = await store.read('r1');
    const next = (writer: string) => tried(found, { writer, now: plus(NOW, DAY) });
    expect(await store.write('r1', next('w2'))).toBe(true);
    expect(await store.write('r1', next('w3'))).toBe(false);
    expect(await store.read('r1')).toEqual(next('w2'));
  });
}
