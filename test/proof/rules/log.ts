import { MINUTE, SECOND } from '../../../functions/core/base/time.ts';
import type { Attempt } from '../attempt.ts';
import type { Row } from '../doors/accounts.ts';
import type { Process } from '../process.ts';

/** Facts about an account that the rules collect from every write and every login. */
export interface AccountLog {
  readonly accountId: string;
  readonly login: string;
  readonly attempts: Attempt[];
  /** Possible failures: attempts sent, and not proven innocent by any answer. */
  readonly suspects: Set<Attempt>;
  /** Logins since the last success or unlock, except those that met a captcha. */
  readonly sent: Set<Attempt>;
  /** The process that holds the lease on the row. */
  holder?: Process;
  /** Times of the last accepted login that was recorded, and of the last accepted unlock. */
  succeededAt: number;
  unlockedAt: number;
  /** Time of the click that led to the last accepted unlock: a lock that is heard later than the click is news. */
  unlockClickedAt: number;
  unlocks: number[];
  /** Time since which somebody has waited for a lease whose holder is gone. */
  leaseAwaitedSince?: number;
  /** Time since which the account has been `locked`. */
  lockedSince?: number;
  /** Time at which a captcha was heard, until an event ends the lock: the truth that the row should show. */
  lockHeardAt?: number | undefined;
  /** Time of each version's first refusal, and of the latest first acceptance of a version. */
  readonly refusedAt: Map<string, number>;
  firstAcceptedAt: number;
  /** Refused versions that a person had sent again. */
  readonly resent: Set<string>;
  readonly refusedPasswords: Set<string>;
  /** Refused passwords that were sent again at a person's request. */
  readonly resentPasswords: Set<string>;
  /** Staged versions, and the time when each was first seen. */
  readonly typed: Map<string, number>;
  /** Time of an unlock after our own caution: only passwords typed since then may be tried. */
  typedOnlySince?: number | undefined;
  /** State that people have to be told of, and the time since which. */
  untold?: { since: number; state: string; reason: string | undefined };
  toldState?: { state: string; reason: string | undefined };
  removed: boolean;
  /** Whether a later account of the seller has taken over these facts. */
  passedOn: boolean;
  /** Time since which the account has been in trouble after the last interference. */
  troubledSince?: number;
  lastRow?: Row;
  /** The row after each write. */
  readonly history: { readonly at: number; readonly row: Row }[];
  /** Whether the row was restored and no login has begun since. */
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
  unlockClickedAt: 0,
  unlocks: [],
  refusedPasswords: new Set(),
  resentPasswords: new Set(),
  refusedAt: new Map(),
  firstAcceptedAt: 0,
  resent: new Set(),
  typed: new Map(),
  removed: false,
  passedOn: false,
  history: [],
  restored: false,
});

/** Whether an attempt is on the wire, or judged and not answered yet. */
export const isInFlight = (attempt: Attempt, now: number): boolean =>
  attempt.endedAt === undefined && now < attempt.deadline;

/**
 * An unheard attempt younger than this may still be judged. Ten minutes less two for clocks and slow writes.
 */
const STILL_COUNTED = 8 * MINUTE;

/** Records a success or an unlock, which clears the attempts that are certain to have been judged. */
export function clear(log: AccountLog, now: number): void {
  for (const attempt of log.suspects) {
    if (attempt.heard === true || attempt.sentAt <= now - STILL_COUNTED) log.suspects.delete(attempt);
  }
  log.sent.clear();
  for (const attempt of log.suspects) log.sent.add(attempt);
}

/** Most that two clocks differ. */
const TWO_CLOCKS = 40 * SECOND;

/** Records a success of an earlier account of the seller, which clears what was sent before it. */
export function clearBefore(log: AccountLog, success: number): void {
  for (const attempt of log.suspects) {
    const isBefore = attempt.sentAt <= success + TWO_CLOCKS;
    if (isBefore && (attempt.heard === true || attempt.sentAt <= success - STILL_COUNTED))
      log.suspects.delete(attempt);
  }
  for (const attempt of log.sent)
    if (attempt.sentAt <= success + TWO_CLOCKS && !log.suspects.has(attempt)) log.sent.delete(attempt);
}

/**
 * Takes over the facts of an earlier account of the same seller, because all rules are about the seller at
 * the marketplace. Attempts before the later success do not count.
 */
export function inherit(log: AccountLog, from: AccountLog): void {
  const succeededAt = Math.max(log.succeededAt, from.succeededAt);
  const counts = (attempt: Attempt) =>
    attempt.sentAt > succeededAt ||
    (attempt.heard !== true && attempt.sentAt > succeededAt - STILL_COUNTED + TWO_CLOCKS);
  for (const attempt of from.attempts) if (!log.attempts.includes(attempt)) log.attempts.push(attempt);
  log.attempts.sort((one, other) => one.sentAt - other.sentAt);
  for (const attempt of from.suspects) if (counts(attempt)) log.suspects.add(attempt);
  for (const attempt of from.sent) if (counts(attempt)) log.sent.add(attempt);
  for (const password of from.refusedPasswords) log.refusedPasswords.add(password);
  for (const password of from.resentPasswords) log.resentPasswords.add(password);
  log.succeededAt = succeededAt;
  log.unlockedAt = Math.max(log.unlockedAt, from.unlockedAt);
  log.unlockClickedAt = Math.max(log.unlockClickedAt, from.unlockClickedAt);
  if ((from.lockHeardAt ?? 0) > Math.max(succeededAt, log.unlockedAt)) log.lockHeardAt = from.lockHeardAt;
  from.passedOn = true;
  log.unlocks = [...from.unlocks, ...log.unlocks].sort((one, other) => one - other);
}
