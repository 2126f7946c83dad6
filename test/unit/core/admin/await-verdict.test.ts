import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import { awaitVerdict } from '../../../../functions/core/admin/accounts.ts';
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
