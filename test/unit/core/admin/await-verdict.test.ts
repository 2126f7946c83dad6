import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import { awaitVerdict, verdictOnResent } from '../../../../functions/core/admin/await-verdict.ts';
import { MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';

/** Waits for the verdict on this account; returns it with the time waited. */
async function waitOn(one: Account) {
  let waited = 0;
  const proof = await awaitVerdict(
    {
      accounts: {
        read: async () => one,
        amend: async () => undefined,
        list: async () => ({ accounts: [one] }),
        create: async () => undefined,
      },
      clock: () => plus(NOW, waited),
      sleep: async (millis) => {
        waited += millis;
      },
    },
    {
      accountId: one.accountId,
      version: 'v2',
      askedAtMillis: NOW,
      untilMillis: plus(NOW, 20 * SECOND),
      lookEveryMillis: SECOND,
    },
  );
  return { verdict: proof.verdict, waited };
}

const run = (finishedAtMillis = NOW) => ({
  startedAtMillis: NOW,
  finishedAtMillis,
  outcome: 'failed' as const,
  events: 0,
  ordersChanged: 0,
});

describe('awaitVerdict', () => {
  it('answers as soon as there is a verdict', async () => {
    const one = account({ verdicts: { v2: { outcome: 'refused', atMillis: NOW } } });
    expect(await waitOn(one)).toEqual({ verdict: 'refused', waited: 0 });
  });

  it('waits for a run that is to come, until time is up', async () => {
    const one = account({ lastRun: run(plus(NOW, -1)), dueAtMillis: plus(NOW, MINUTE) });
    expect(await waitOn(one)).toEqual({ verdict: 'pending', waited: 20 * SECOND });
  });

  it('does not wait for a try that comes later than anybody waits', async () => {
    const one = account({ lastRun: run(), dueAtMillis: plus(NOW, MINUTE) });
    expect(await waitOn(one)).toEqual({ verdict: 'pending', waited: 0 });
    const soon = account({ lastRun: run(), dueAtMillis: plus(NOW, SECOND) });
    expect((await waitOn(soon)).waited).toBe(20 * SECOND);
  });
});

describe('the verdict on a password that was sent once more', () => {
  const before = { outcome: 'refused', atMillis: NOW } as const;
  const asked = { version: 'v2', refusedAtMillis: NOW };

  it('is not the refusal of before, also while the attempt is under way', () => {
    for (const resend of [undefined, 'permitted', 'used'] as const)
      expect(verdictOnResent({ verdicts: { v2: { ...before, resend } } }, asked)).toBe('pending');
  });

  it('is what the marketplace answered then', () => {
    const later = { ...before, atMillis: plus(NOW, 1), resend: 'used' } as const;
    expect(verdictOnResent({ verdicts: { v2: later } }, asked)).toBe('refused');
    expect(verdictOnResent({ verdicts: { v2: { outcome: 'accepted', atMillis: NOW } } }, asked)).toBe(
      'accepted',
    );
  });

  it('of a version that is no longer known is open', () => {
    expect(verdictOnResent({ verdicts: {} }, asked)).toBe('pending');
  });
});
