import type { Account } from '../account/account.ts';
import { type EpochMillis, plus } from '../base/time.ts';

/** Pause between synchronisations of an account: while it sells, and at most. */
export interface PollInterval {
  readonly busyMillis: number;
  readonly quietMillis: number;
}

/** Part of the quiet time for which an account rests: an eighth. */
const QUIET_RESTS = 8;

/** Share by which a long rest is varied, so that quiet accounts do not come back all at once. */
const SPREAD = 0.1;

type Signs = Pick<Account, 'cursorEventAtMillis' | 'connectedAtMillis' | 'createdAtMillis' | 'lastRun'>;

/**
 * Milliseconds that an account rests until its next run: an eighth of the time since its last event, so that
 * busy shops are served first and quiet ones cost little.
 */
export function restOf(
  { cursorEventAtMillis, connectedAtMillis, createdAtMillis, lastRun }: Signs,
  { pollInterval, now }: { pollInterval: PollInterval; now: EpochMillis },
): number {
  if ((lastRun?.events ?? 0) > 0) return pollInterval.busyMillis;
  const since = Math.max(cursorEventAtMillis ?? 0, connectedAtMillis ?? 0, createdAtMillis);
  return Math.min(Math.max((now - since) / QUIET_RESTS, pollInterval.busyMillis), pollInterval.quietMillis);
}

/** Time at which the account is due after a run that has finished. */
export function nextRunAt(
  account: Signs,
  pace: { pollInterval: PollInterval; now: EpochMillis; random: () => number },
): EpochMillis {
  const rest = restOf(account, pace);
  const jitter = rest > pace.pollInterval.busyMillis ? 1 - SPREAD + 2 * SPREAD * pace.random() : 1;
  return plus(pace.now, Math.round(rest * jitter));
}
