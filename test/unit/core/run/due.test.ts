import { describe, expect, it } from 'vitest';
import type { AccountFault } from '../../../../functions/core/account/account.ts';
import type { LastRun } from '../../../../functions/core/account/sync-facts.ts';
import { type EpochMillis, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import type { FaultReason } from '../../../../functions/core/faults/fault.ts';
import { dueAfter } from '../../../../functions/core/run/due.ts';
import { account, NOW } from '../../../support/accounts.ts';

const lastRun = (outcome: LastRun['outcome']): LastRun => ({
  startedAtMillis: NOW,
  finishedAtMillis: NOW,
  outcome,
  events: 0,
  ordersChanged: 0,
});

const dueIn = (outcome: LastRun['outcome'], reason?: FaultReason, count = 1, again?: EpochMillis) => {
  const fault: AccountFault | undefined =
    reason === undefined
      ? undefined
      : { reason, operation: 'doLogin', sinceMillis: NOW, atMillis: NOW, count };
  return dueAfter({
    account: account(),
    lastRun: lastRun(outcome),
    fault,
    againAtMillis: again,
    now: NOW,
    pollInterval: { busyMillis: MINUTE, quietMillis: MINUTE },
    random: () => 0.5,
  });
};

describe('dueAfter', () => {
  it('comes back in its pollInterval after a finished run and at once after an interrupted one', () => {
    expect(dueIn('done')).toBe(plus(NOW, MINUTE));
    expect(dueIn('interrupted')).toBe(NOW);
  });

  it.each([
    'password-refused',
    'account-locked',
    'account-closed',
    'country-refused',
    'unknown-fault',
    'attempts-exhausted',
  ] as const)('plans nothing after %s, because only a person can help', (reason) => {
    expect(dueIn('failed', reason)).toBeUndefined();
  });

  it('backs off from transient trouble, doubling up to a quarter of an hour', () => {
    expect(dueIn('failed', 'marketplace-unavailable', 1)).toBe(plus(NOW, MINUTE));
    expect(dueIn('failed', 'marketplace-unavailable', 3)).toBe(plus(NOW, 4 * MINUTE));
    expect(dueIn('failed', 'marketplace-unavailable', 50)).toBe(plus(NOW, 15 * MINUTE));
  });

  it('goes on looking at trouble that a key shares with others', () => {
    expect(dueIn('failed', 'key-inactive')).toBe(plus(NOW, 5 * MINUTE));
    expect(dueIn('failed', 'key-rate-limited')).toBe(plus(NOW, 5 * MINUTE));
  });

  it('waits for the hourly budget of logins', () => {
    const again = plus(NOW, 30 * MINUTE);
    expect(dueIn('stopped', 'attempts-budget', 1, again)).toBe(again);
  });

  it('tries again after trouble of our own, which is no fault of the account', () => {
    expect(dueIn('failed')).toBe(plus(NOW, MINUTE));
  });

  it('looks again at a creation that is not over, because it may have to be undone', () => {
    const run = {
      lastRun: lastRun('stopped'),
      fault: undefined,
      now: NOW,
      pollInterval: { busyMillis: MINUTE, quietMillis: MINUTE },
      random: () => 0,
    };
    expect(dueAfter({ ...run, account: account({ phase: 'creating' }) })).toBe(plus(NOW, MINUTE));
  });

  it('plans nothing for an account that is paused', () => {
    const run = {
      lastRun: lastRun('stopped'),
      fault: undefined,
      now: NOW,
      pollInterval: { busyMillis: MINUTE, quietMillis: MINUTE },
      random: () => 0,
    };
    expect(dueAfter({ ...run, account: account({ phase: 'paused' }) })).toBeUndefined();
  });
});
