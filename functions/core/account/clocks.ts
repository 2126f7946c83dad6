import { type EpochMillis, latestTrueTime, plus } from '../base/time.ts';
import type { Account, AccountChanges } from './account.ts';
import { unclearOf } from './counting.ts';
import { CLOCK_SKEW, LEASE } from './login-limits.ts';

/*
 * A worker whose clock is far ahead stores times of the future, and every worker that believes them waits until then.
 * Such times are cut down to the latest that can be true; they are never ignored, because their writer may be at work.
 */

/**
 * The end of the login lease; undefined where nobody holds it. No lease ends later than a lease that begins now: a
 * later end was written by a clock that is ahead, and its holder has at most the time of a lease from now on. The
 * caller has to store the result, or the end moves on with the clock.
 */
export function leaseHeldUntil(account: Account, now: EpochMillis): EpochMillis | undefined {
  const { leaseToken, leaseUntilMillis } = account;
  if (leaseToken === undefined || leaseUntilMillis === undefined) return undefined;
  const longest = plus(now, LEASE);
  return leaseUntilMillis > plus(longest, CLOCK_SKEW) ? longest : leaseUntilMillis;
}

/**
 * Attempts and early deaths of the future, dated now; empty where there are none. A reader whose own clock is behind
 * would make young attempts old, so nothing is changed while other times of the account lie in the reader's future.
 */
export function timesCutDown(account: Account, now: EpochMillis): AccountChanges {
  const latest = latestTrueTime(now);
  if (mayBeBehind(account, latest)) return {};
  const cut = (at: EpochMillis): EpochMillis => (at > latest ? now : at);
  const isCut = (times: readonly EpochMillis[]): boolean => times.some((at) => at > latest);
  const { recentAttemptsMillis, earlyDeathsMillis = [] } = account;
  const unclear = unclearOf(account);
  return {
    ...(isCut(recentAttemptsMillis) && { recentAttemptsMillis: recentAttemptsMillis.map(cut) }),
    ...(isCut(earlyDeathsMillis) && { earlyDeathsMillis: earlyDeathsMillis.map(cut) }),
    ...(isCut(unclear.map(({ atMillis }) => atMillis)) && {
      unclearAttempts: unclear.map((attempt) => ({ ...attempt, atMillis: cut(attempt.atMillis) })),
    }),
  };
}

/** Whether other times lie in the future too, so that nobody can tell whose clock is wrong. */
function mayBeBehind(account: Account, latest: EpochMillis): boolean {
  const { createdAtMillis, lastRun, lastLoginAtMillis, lockedAtMillis, unlockedAtMillis } = account;
  const times = [
    createdAtMillis,
    lastRun?.finishedAtMillis,
    lastLoginAtMillis,
    lockedAtMillis,
    unlockedAtMillis,
  ];
  return times.some((at) => at !== undefined && at > latest);
}
