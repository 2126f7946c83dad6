import type { Account, AccountFault, LastRun } from '../account.ts';
import { type FaultReason, meaningOf } from '../faults.ts';
import { recentAttempts } from '../session/guard.ts';
import { needsPerson } from '../session/state.ts';
import { type EpochMillis, HOUR, MINUTE, plus } from '../time.ts';

const BACKOFF_LONGEST = 15 * MINUTE;

/** Trouble that takes its own time to go away. */
const OWN_PACE: Partial<Record<FaultReason, number>> = {
  'key-rate-limited': 5 * MINUTE,
  'account-migrating': 2 * HOUR,
};

export interface AfterRun {
  readonly account: Account;
  readonly lastRun: LastRun;
  readonly fault: AccountFault | undefined;
  readonly now: EpochMillis;
  readonly syncEveryMillis: number;
  readonly random: () => number;
}

/**
 * When the account is due again; undefined while only a person can help. Trouble shared by a key or an
 * address is looked at again by itself, because one probe for all ends it.
 */
export function dueAfter(run: AfterRun): EpochMillis | undefined {
  const { account, fault, now } = run;
  if (account.phase !== 'active') return undefined;
  if (run.lastRun.outcome === 'interrupted') return now;
  if (run.lastRun.outcome === 'done') return plus(now, run.syncEveryMillis);
  if (fault === undefined) return plus(now, backoff(1, run.random));
  const { scope, state } = meaningOf(fault.reason);
  if (scope !== 'account') return plus(now, OWN_PACE[fault.reason] ?? BACKOFF_LONGEST);
  if (needsPerson(state)) return undefined;
  if (fault.reason === 'attempts-budget') {
    const oldest = recentAttempts(account, now)[0];
    return plus(oldest ?? now, HOUR + MINUTE);
  }
  return plus(now, OWN_PACE[fault.reason] ?? backoff(fault.count, run.random));
}

/** Doubles from one minute on, with jitter so that accounts do not come back in step. */
const backoff = (count: number, random: () => number): number =>
  Math.min(MINUTE * 2 ** Math.min(count - 1, 10), BACKOFF_LONGEST) * (0.75 + random() / 2);
