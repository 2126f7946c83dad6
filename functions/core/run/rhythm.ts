import type { Account } from '../account/account.ts';
import { type EpochMillis, plus } from '../base/time.ts';

/** How often an account is synchronised: while there is something going on, and at least. */
export interface Rhythm {
  readonly busyMillis: number;
  readonly quietMillis: number;
}

/** An account that was quiet for so many rests rests longer. */
const QUIET_RESTS = 8;

/** How far a long rest is spread, so that quiet accounts do not come back in step. */
const SPREAD = 0.1;

type Signs = Pick<Account, 'cursorEventAtMillis' | 'connectedAtMillis' | 'createdAtMillis' | 'lastRun'>;

/**
 * How long an account rests until its next run, in milliseconds: an eighth of the time since its last event,
 * so that the busy are served first and a quiet shop costs little.
 */
export function restOf(
  { cursorEventAtMillis, connectedAtMillis, createdAtMillis, lastRun }: Signs,
  { rhythm, now }: { rhythm: Rhythm; now: EpochMillis },
): number {
  if ((lastRun?.events ?? 0) > 0) return rhythm.busyMillis;
  const since = Math.max(cursorEventAtMillis ?? 0, connectedAtMillis ?? 0, createdAtMillis);
  return Math.min(Math.max((now - since) / QUIET_RESTS, rhythm.busyMillis), rhythm.quietMillis);
}

/** When the account is due after a run that has finished. */
export function nextRunAt(
  account: Signs,
  use: { rhythm: Rhythm; now: EpochMillis; random: () => number },
): EpochMillis {
  const rest = restOf(account, use);
  const jitter = rest > use.rhythm.busyMillis ? 1 - SPREAD + 2 * SPREAD * use.random() : 1;
  return plus(use.now, Math.round(rest * jitter));
}
