import type { Account, AccountFault } from '../account/account.ts';
import { needsPerson } from '../account/connection.ts';
import { lastUnclear } from '../account/counting.ts';
import { PERMITTED_FAILURES } from '../account/login-limits.ts';
import type { LastRun } from '../account/sync-facts.ts';
import { type EpochMillis, HOUR, MINUTE, plus } from '../base/time.ts';
import { type FaultReason, meaningOf } from '../faults/fault.ts';
import { nextRunAt, type PollInterval } from './poll-interval.ts';

/** Pause after shared trouble, equal to that between probes. */
const SHARED_PACE = 5 * MINUTE;

const BACKOFF_LONGEST = 15 * MINUTE;

/** Pauses for trouble that takes a known time to go away. */
const OWN_PACE: Partial<Record<FaultReason, number>> = {
  'key-rate-limited': 5 * MINUTE,
  'account-migrating': 2 * HOUR,
};

export interface AfterRun {
  readonly account: Account;
  readonly lastRun: LastRun;
  readonly fault: AccountFault | undefined;
  /** Time at which the trouble itself allows another run. */
  readonly againAtMillis?: EpochMillis | undefined;
  readonly now: EpochMillis;
  readonly pollInterval: PollInterval;
  readonly random: () => number;
}

/**
 * Time of the next run; undefined while only a person can help. Accounts in trouble shared by a key or an
 * address come back by themselves, because a probe of one ends the trouble for all.
 */
export function dueAfter(run: AfterRun): EpochMillis | undefined {
  const { account, fault, now } = run;
  // An unfinished creation comes back, to be undone if it was cut off.
  if (account.phase === 'creating') return plus(now, MINUTE);
  if (account.phase !== 'active') return undefined;
  if (run.lastRun.outcome === 'interrupted' && fault === undefined) return now;
  if (run.lastRun.outcome === 'done') return nextRunAt({ ...account, ...run }, run);
  if (run.againAtMillis !== undefined) return run.againAtMillis;
  if (fault === undefined) return plus(now, backoff(1, run.random));
  const { scope, state } = meaningOf(fault.reason);
  if (scope !== 'account' || mayBeFreedByOthers(account, fault))
    return plus(now, OWN_PACE[fault.reason] ?? SHARED_PACE);
  if (needsPerson(state)) return undefined;
  return plus(now, OWN_PACE[fault.reason] ?? backoff(fault.count, run.random));
}

/**
 * Whether another account's login could free this one, by showing that a silent marketplace answers again.
 */
const mayBeFreedByOthers = (account: Account, fault: AccountFault): boolean =>
  fault.reason === 'attempts-exhausted' &&
  lastUnclear(account) !== undefined &&
  account.possibleFailures < PERMITTED_FAILURES;

/** Doubles from one minute on, with jitter so that accounts do not come back all at once. */
const backoff = (count: number, random: () => number): number =>
  Math.min(MINUTE * 2 ** Math.min(count - 1, 10), BACKOFF_LONGEST) * (0.75 + random() / 2);
