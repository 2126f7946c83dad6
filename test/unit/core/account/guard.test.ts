import { describe, expect, it } from 'vitest';
import { mayAttempt, recentAttempts } from '../../../../functions/core/account/guard.ts';
import { HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { account, NOW } from '../../../support/accounts.ts';

describe('mayAttempt', () => {
  it('allows the first attempt of a new account', () => {
    expect(mayAttempt(account(), { version: 'v1', now: NOW })).toEqual({ allowed: true });
  });

  it('never tries a refused version again, however long ago it was', () => {
    const refused = account({ verdicts: { v1: { outcome: 'refused', atMillis: plus(NOW, -1000 * HOUR) } } });
    expect(mayAttempt(refused, { version: 'v1', now: NOW })).toEqual({
      allowed: false,
      reason: 'password-refused',
    });
    expect(mayAttempt(refused, { version: 'v2', now: NOW })).toEqual({ allowed: true });
  });

  it('leaves a locked account alone until a success or an unlock that is younger than the lock', () => {
    const locked = account({ lockedAtMillis: NOW });
    expect(mayAttempt(locked, { version: 'v1', now: plus(NOW, 100 * HOUR) })).toEqual({
      allowed: false,
      reason: 'account-locked',
    });
    expect(
      mayAttempt(account({ lockedAtMillis: NOW, unlockedAtMillis: plus(NOW, -1) }), {
        version: 'v1',
        now: NOW,
      }).allowed,
    ).toBe(false);
    expect(
      mayAttempt(account({ lockedAtMillis: NOW, unlockedAtMillis: plus(NOW, 1) }), {
        version: 'v1',
        now: NOW,
      }).allowed,
    ).toBe(true);
    expect(
      mayAttempt(account({ lockedAtMillis: NOW, lastLoginAtMillis: plus(NOW, 1) }), {
        version: 'v1',
        now: NOW,
      }).allowed,
    ).toBe(true);
  });

  it('stops by itself at two possible failures, and lets a newly typed password be the third but not the fourth', () => {
    const two = account({ possibleFailures: 2, stagedVersion: 'v2' });
    expect(mayAttempt(two, { version: 'v1', now: NOW })).toEqual({
      allowed: false,
      reason: 'attempts-exhausted',
    });
    expect(mayAttempt(two, { version: 'v2', now: NOW })).toEqual({ allowed: true });
    expect(mayAttempt({ ...two, possibleFailures: 3 }, { version: 'v2', now: NOW })).toEqual({
      allowed: false,
      reason: 'attempts-exhausted',
    });
  });

  it('sends no fourth login since the last success or unlock, whatever the answers were', () => {
    for (const stagedVersion of [undefined, 'v1']) {
      const sent = (loginsSent: number) => account({ loginsSent, stagedVersion });
      expect(mayAttempt(sent(2), { version: 'v1', now: NOW }).allowed).toBe(true);
      expect(mayAttempt(sent(3), { version: 'v1', now: NOW })).toEqual({
        allowed: false,
        reason: 'attempts-exhausted',
      });
    }
  });

  it('knows a refused password under each version of the fingerprint key', () => {
    const before = account({ refused: [{ key: 'old', print: 'p', atMillis: NOW }] });
    const prints = (key: string, print: string) => [
      { key: 'new', print: 'n' },
      { key, print },
    ];
    const may = (key: string, print: string) =>
      mayAttempt(before, { version: 'v1', now: NOW, prints: prints(key, print) }).allowed;
    expect(may('old', 'p')).toBe(false);
    expect(may('old', 'other')).toBe(true);
    expect(may('new', 'p')).toBe(true);
  });

  it('allows three attempts an hour and says when the next one is possible', () => {
    const attempts = [plus(NOW, -50 * MINUTE), plus(NOW, -20 * MINUTE), plus(NOW, -1)];
    expect(mayAttempt(account({ recentAttemptsMillis: attempts }), { version: 'v1', now: NOW })).toEqual({
      allowed: false,
      reason: 'attempts-budget',
      againAtMillis: plus(NOW, 10 * MINUTE),
    });
    expect(
      mayAttempt(account({ recentAttemptsMillis: attempts }), { version: 'v1', now: plus(NOW, 10 * MINUTE) }),
    ).toEqual({
      allowed: true,
    });
  });

  it('counts attempts from the future, and forgets none because a clock has jumped', () => {
    const future = account({ recentAttemptsMillis: [plus(NOW, -1), NOW, plus(NOW, 24 * HOUR)] });
    expect(mayAttempt(future, { version: 'v1', now: NOW })).toMatchObject({ reason: 'attempts-budget' });
  });

  it('forgets attempts that are older than an hour', () => {
    const old = account({ recentAttemptsMillis: [plus(NOW, -HOUR), plus(NOW, -HOUR + 1)] });
    expect(recentAttempts(old, NOW)).toEqual([plus(NOW, -HOUR + 1)]);
  });
});
