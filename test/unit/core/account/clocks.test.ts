import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Account, withChanges } from '../../../../functions/core/account/account.ts';
import { leaseHeldUntil, timesCutDown } from '../../../../functions/core/account/clocks.ts';
import { unlockWaitsUntil } from '../../../../functions/core/account/guard.ts';
import { CLOCK_SKEW, LEASE } from '../../../../functions/core/account/login-limits.ts';
import { takeLease } from '../../../../functions/core/account/transitions.ts';
import { DAY, epochMillis, HOUR, MINUTE, plus, SECOND } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';

const TOMORROW = plus(NOW, DAY);
const held = (leaseUntilMillis = plus(NOW, LEASE)) => account({ leaseToken: 'theirs', leaseUntilMillis });

describe('a login lease', () => {
  it('is held until its end, which two clocks may see differently', () => {
    for (const end of [plus(NOW, -HOUR), NOW, plus(NOW, LEASE), plus(NOW, LEASE + CLOCK_SKEW)])
      expect(leaseHeldUntil(held(end), NOW)).toBe(end);
    expect(leaseHeldUntil(account(), NOW)).toBeUndefined();
  });

  it('that ends tomorrow was taken by a clock that is ahead, and is over when it really is at the latest', () => {
    const take = (row: Account, after: number) =>
      withChanges(row, takeLease({ token: 'ours', now: plus(NOW, after) })(row) ?? {});
    const seen = take(held(plus(TOMORROW, LEASE)), 0);
    expect(seen).toMatchObject({ leaseToken: 'theirs', leaseUntilMillis: plus(NOW, LEASE) });
    const later = take(seen, 90 * SECOND);
    expect(later).toMatchObject({ leaseToken: 'theirs', leaseUntilMillis: plus(NOW, LEASE) });
    expect(take(later, LEASE + CLOCK_SKEW + 1)).toMatchObject({ leaseToken: 'ours' });
  });

  it('of a clock that is ahead is never taken from a login that is under way, whoever looks and however often', () => {
    const property = fc.property(
      fc.integer({ min: 0, max: 400 * DAY }),
      fc.array(fc.integer({ min: 0, max: 5 * MINUTE }), { minLength: 1, maxLength: 20 }),
      fc.array(fc.integer({ min: -CLOCK_SKEW / 2, max: CLOCK_SKEW / 2 }), { minLength: 1, maxLength: 5 }),
      (ahead, looks, skews) => {
        let row = held(plus(NOW, ahead + LEASE));
        for (const [index, after] of looks.toSorted((a, b) => a - b).entries()) {
          const now = plus(NOW, after + (skews[index % skews.length] ?? 0));
          row = withChanges(row, takeLease({ token: `t${index}`, now })(row) ?? {});
          // The login of the holder ends half a minute before its lease.
          if (after <= LEASE - CLOCK_SKEW) expect(row.leaseToken).toBe('theirs');
          if (row.leaseToken !== 'theirs') return;
        }
        // Everybody has looked in vain: the lease ends soon after the first look.
        const end = row.leaseUntilMillis ?? NOW;
        expect(end).toBeLessThanOrEqual(plus(NOW, Math.min(...looks) + LEASE + 2 * CLOCK_SKEW));
      },
    );
    fc.assert(property);
  });
});

describe('times of the future', () => {
  const unclear = (atMillis = TOMORROW, id = 'a') => ({ id, version: 'v1', atMillis });
  const three = [unclear(), unclear(plus(TOMORROW, 1), 'b'), unclear(plus(TOMORROW, 2), 'c')];

  it('count from now on, so that a person who unlocks waits for minutes and not until tomorrow', () => {
    const row = account({ possibleFailures: 3, unclearAttempts: three });
    expect(unlockWaitsUntil(row, NOW)).toBe(plus(TOMORROW, 10 * MINUTE));
    const after = withChanges(row, timesCutDown(row, NOW));
    expect(after.possibleFailures).toBe(3);
    expect(unlockWaitsUntil(after, NOW)).toBe(plus(NOW, 10 * MINUTE));
    expect(unlockWaitsUntil(after, plus(NOW, 10 * MINUTE))).toBeUndefined();
  });

  it('are cut down in the budget and among the early deaths when a lease is taken', () => {
    const times = [plus(NOW, -MINUTE), TOMORROW];
    const row = account({ recentAttemptsMillis: times, earlyDeathsMillis: times });
    expect(takeLease({ token: 'ours', now: NOW })(row)).toMatchObject({
      leaseToken: 'ours',
      recentAttemptsMillis: [plus(NOW, -MINUTE), NOW],
      earlyDeathsMillis: [plus(NOW, -MINUTE), NOW],
    });
  });

  it('stay where two clocks only differ a little', () => {
    const soon = plus(NOW, 4 * MINUTE);
    const row = account({ recentAttemptsMillis: [soon], unclearAttempts: [unclear(soon)] });
    expect(timesCutDown(row, NOW)).toEqual({});
  });

  it.each<[string, Partial<Account>]>([
    ['was let in', { lastLoginAtMillis: TOMORROW }],
    ['was locked', { lockedAtMillis: TOMORROW }],
    ['was unlocked', { unlockedAtMillis: TOMORROW }],
  ])('stay where the account %s in the future too: the reader may be behind', (_, others) => {
    expect(timesCutDown(account({ unclearAttempts: three, ...others }), NOW)).toEqual({});
  });

  it('make no attempt older than it is', () => {
    const property = fc.property(
      fc.integer({ min: 0, max: HOUR }),
      fc.integer({ min: -DAY, max: DAY }),
      (age, off) => {
        // Sent `age` ago by a clock that was wrong by `off`, and read by one that is right.
        const sent = epochMillis(NOW - age + off);
        const after = withChanges(account(), { unclearAttempts: [unclear(sent)] });
        const [attempt] = timesCutDown(after, NOW).unclearAttempts ?? [unclear(sent)];
        expect(attempt?.atMillis).toBeGreaterThanOrEqual(Math.min(sent, NOW - age));
      },
    );
    fc.assert(property);
  });
});
