import { beforeEach, expect, it } from 'vitest';
import type { Account } from '../../../functions/core/account/account.ts';
import type { AccountStore } from '../../../functions/core/account/store.ts';
import { epochMillis, HOUR, MINUTE, plus } from '../../../functions/core/base/time.ts';
import type { RowBatch } from '../../../functions/core/orders/store.ts';
import { account, NOW } from '../../support/accounts.ts';

const CLAIM = {
  token: 'c1',
  untilMillis: plus(NOW, MINUTE),
  slotMillis: NOW,
  nowMillis: NOW,
  latestMillis: plus(NOW, HOUR),
};

/** Tests for every store of account items; `fresh` makes a store with this account. */
export function accountBattery(fresh: (first: Account) => Promise<AccountStore>): void {
  const first = account({ lockedAtMillis: NOW });
  const { accountId } = first;
  let store: AccountStore;
  beforeEach(async () => {
    store = await fresh(first);
  });

  it('reads the account, and nothing where there is none', async () => {
    expect(await store.read(accountId)).toMatchObject(first);
    expect(await store.read('nobody')).toBeUndefined();
  });

  it('changes what was read, once for each revision, and drops what is undefined', async () => {
    const amend = (writer: string, revision: number) =>
      store.amend(accountId, { revision, writer, changes: { permit: true, lockedAtMillis: undefined } });
    expect(await amend('w1', 0)).toMatchObject({ permit: true, revision: 1 });
    expect(await amend('w2', 0)).toBeUndefined();
    const after = await store.read(accountId);
    expect(after).toMatchObject({ permit: true, revision: 1, login: first.login });
    expect(after?.lockedAtMillis).toBeUndefined();
  });

  it('knows a repeated write again, unless somebody has written since', async () => {
    const amendment = { revision: 0, writer: 'w1', changes: { permit: true } };
    await store.amend(accountId, amendment);
    expect(await store.amend(accountId, amendment)).toMatchObject({ revision: 1, permit: true });
    await store.amend(accountId, { revision: 1, writer: 'w2', changes: {} });
    expect(await store.amend(accountId, amendment)).toBeUndefined();
  });

  it('lets one writer change an account twice', async () => {
    await store.amend(accountId, { revision: 0, writer: 'w1', changes: { permit: true } });
    const second = await store.amend(accountId, {
      revision: 1,
      writer: 'w1',
      changes: { permit: undefined },
    });
    expect(second).toMatchObject({ revision: 2 });
    expect(second?.permit).toBeUndefined();
  });

  it('changes nothing of an account that is gone', async () => {
    expect(await store.amend('nobody', { revision: 0, writer: 'w1', changes: {} })).toBeUndefined();
    expect(await store.claim('nobody', CLAIM)).toBe('gone');
    expect(await store.saveFacts('nobody', { claimToken: 'c1', cursor: '7' })).toBe(false);
    expect(await store.remove('nobody', 'c1')).toBe(false);
    expect(await store.read('nobody')).toBeUndefined();
  });

  it('gives one claim at a time, to its holder again, and grows the revision', async () => {
    expect(await store.claim(accountId, CLAIM)).toMatchObject({ claimToken: 'c1', revision: 1 });
    expect(await store.claim(accountId, { ...CLAIM, token: 'c2' })).toBe('busy');
    expect(await store.claim(accountId, CLAIM)).toMatchObject({ claimToken: 'c1' });
  });

  it('gives a claim to the next once it is over, or was made by a clock that was ahead', async () => {
    await store.claim(accountId, CLAIM);
    const late = { ...CLAIM, token: 'c2', nowMillis: plus(CLAIM.untilMillis, 1) };
    expect(await store.claim(accountId, late)).toMatchObject({ claimToken: 'c2' });
    const early = { ...CLAIM, token: 'c3', latestMillis: plus(CLAIM.untilMillis, -1) };
    expect(await store.claim(accountId, early)).toMatchObject({ claimToken: 'c3' });
  });

  it.each<[string, Partial<Account>, 'stale' | 'claimed']>([
    ['is over already', { lastSlotMillis: NOW }, 'stale'],
    ['comes after the last one', { lastSlotMillis: plus(NOW, -1) }, 'claimed'],
    ['was noted by a clock that was ahead', { lastSlotMillis: plus(NOW, 2 * HOUR) }, 'claimed'],
    ['was noted by a clock a minute ahead', { lastSlotMillis: plus(NOW, MINUTE) }, 'claimed'],
    ['is over, but the account is being removed', { lastSlotMillis: NOW, phase: 'removing' }, 'claimed'],
  ])('tells of a slot that %s', async (_, changes, expected) => {
    const with_ = await fresh({ ...first, ...changes });
    const answer = await with_.claim(accountId, CLAIM);
    expect(typeof answer === 'string' ? answer : 'claimed').toBe(expected);
  });

  it('saves how far a run has come, and removes, only for the holder of the claim', async () => {
    await store.claim(accountId, CLAIM);
    expect(await store.saveFacts(accountId, { claimToken: 'c0', cursor: '6' })).toBe(false);
    const save = { claimToken: 'c1', cursor: '7', cursorEventAtMillis: epochMillis(5) };
    expect(await store.saveFacts(accountId, save)).toBe(true);
    expect(await store.read(accountId)).toMatchObject({ cursor: '7', revision: 1 });
    expect(await store.remove(accountId, 'c0')).toBe(false);
    expect(await store.remove(accountId, 'c1')).toBe(true);
    expect(await store.read(accountId)).toBeUndefined();
  });

  it('claims without a slot what has run already, and never finds that stale', async () => {
    const with_ = await fresh({ ...first, lastSlotMillis: NOW });
    const { slotMillis: _, ...errand } = CLAIM;
    expect(await with_.claim(accountId, errand)).toMatchObject({ claimToken: 'c1', lastSlotMillis: NOW });
    expect(await with_.claim(accountId, { ...errand, token: 'c2' })).toBe('busy');
  });

  it('writes a batch only over the one before it, and returns it with the next claim', async () => {
    await store.claim(accountId, CLAIM);
    const batch = (id: string): RowBatch => ({ id, first: 1, orderIds: ['order:1'], silentIds: [] });
    const save = (id: string, afterBatch?: string, claimToken = 'c1') =>
      store.saveFacts(accountId, { claimToken, cursor: id, batch: batch(id), afterBatch });
    expect(await save('b1', undefined, 'c0')).toBe(false);
    expect(await save('b1', 'b0')).toBe(false);
    expect(await save('b1')).toBe(true);
    expect(await save('b2', 'b1')).toBe(true);
    // The first request is repeated, and arrives late.
    expect(await save('b1')).toBe(false);
    expect(await save('b2', 'b1')).toBe(true);
    expect(await store.saveFacts(accountId, { claimToken: 'c1', cursor: '9' })).toBe(true);
    const late = { ...CLAIM, token: 'c2', nowMillis: plus(CLAIM.untilMillis, 1) };
    expect(await store.claim(accountId, late)).toMatchObject({ cursor: '9', batch: batch('b2') });
    expect(await save('b3', 'b2')).toBe(false);
  });
}
