import { MINUTE } from '../../../functions/core/base/time.ts';
import type { Attempt } from '../attempt.ts';
import type { Row } from '../doors/accounts.ts';
import type { Process } from '../process.ts';

/** What the rules know of one account, from seeing every write and every login. */
export interface AccountLog {
  readonly accountId: string;
  readonly login: string;
  readonly attempts: Attempt[];
  /** Possible failures: sent, and not answered by anything that proves them innocent. */
  readonly suspects: Set<Attempt>;
  /** Logins since the last success or unlock, but those that met a captcha. */
  readonly sent: Set<Attempt>;
  /** Who won the lease that is on the row. */
  holder?: Process;
  /** The last accepted login that was recorded, and the last unlock that was accepted. */
  succeededAt: number;
  unlockedAt: number;
  unlocks: number[];
  /** Since when the account has been in `locked`. */
  lockedSince?: number;
  /** A captcha was heard, and nothing came since that ends the lock: the truth behind the field on the row. */
  lockHeardAt?: number | undefined;
  /** Refused versions that a person had sent once more. */
  readonly resent: Set<string>;
  readonly refusedPasswords: Set<string>;
  /** Versions that were staged, and when that was seen first. */
  readonly typed: Map<string, number>;
  /** Since an unlock of our own caution: only what is typed from then on may be tried. */
  typedOnlySince?: number | undefined;
  /** What people have to be told, and since when. */
  untold?: { since: number; state: string; reason: string | undefined };
  toldState?: { state: string; reason: string | undefined };
  removed: boolean;
  /** A later account of the seller has taken over what is known. */
  passedOn: boolean;
  /** Since when it has not been as it should be, once nobody interferes any more. */
  troubledSince?: number;
  lastRow?: Row;
  /** The row, as it was after each write. */
  readonly history: { readonly at: number; readonly row: Row }[];
  /** The row is one of the past, and no login has begun since. */
  restored: boolean;
}

export const newLog = (row: Row): AccountLog => ({
  accountId: row.accountId,
  login: row.login,
  attempts: [],
  suspects: new Set(),
  sent: new Set(),
  succeededAt: 0,
  unlockedAt: 0,
  unlocks: [],
  refusedPasswords: new Set(),
  resent: new Set(),
  typed: new Map(),
  removed: false,
  passedOn: false,
  history: [],
  restored: false,
});

/** On the wire, or judged a moment ago and not answered yet. */
export const isInFlight = (attempt: Attempt, now: number): boolean =>
  attempt.endedAt === undefined && now < attempt.deadline;

/** Younger attempts whose judgement nobody has heard may be judged yet; clocks and slow writes take two minutes off. */
const STILL_COUNTED = 8 * MINUTE;

/** A success or an unlock: what was judged for certain is history. */
export function clear(log: AccountLog, now: number): void {
  for (const attempt of log.suspects) {
    if (attempt.heard === true || attempt.sentAt <= now - STILL_COUNTED) log.suspects.delete(attempt);
  }
  log.sent.clear();
  for (const attempt of log.suspects) log.sent.add(attempt);
}

/**
 * What is known of one account holds for the next one of the same seller: all rules are about the seller at the
 * marketplace. What lies before the later success is history.
 */
export function inherit(log: AccountLog, from: AccountLog): void {
  const succeededAt = Math.max(log.succeededAt, from.succeededAt);
  const counts = (attempt: Attempt) => attempt.sentAt > succeededAt;
  for (const attempt of from.attempts) if (!log.attempts.includes(attempt)) log.attempts.push(attempt);
  log.attempts.sort((one, other) => one.sentAt - other.sentAt);
  for (const attempt of from.suspects) if (counts(attempt)) log.suspects.add(attempt);
  for (const attempt of from.sent) if (counts(attempt)) log.sent.add(attempt);
  for (const password of from.refusedPasswords) log.refusedPasswords.add(password);
  log.succeededAt = succeededAt;
  log.unlockedAt = Math.max(log.unlockedAt, from.unlockedAt);
  if ((from.lockHeardAt ?? 0) > Math.max(succeededAt, log.unlockedAt)) log.lockHeardAt = from.lockHeardAt;
  from.passedOn = true;
  log.unlocks = [...from.unlocks, ...log.unlocks].sort((one, other) => one - other);
}
