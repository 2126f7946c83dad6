import { type EpochMillis, plus } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';
import type { Account, Fingerprint } from './account.ts';
import { isLocked } from './connection.ts';
import { isAmongRefused, lastUnclear, loginsSent, stillCounted, unclearOf } from './counting.ts';
import {
  ATTEMPTS,
  AUTOMATIC_FAILURES,
  EARLY_DEATH,
  JUDGED_WITHIN,
  PERMITTED_FAILURES,
  UNLOCKS,
} from './login-limits.ts';

export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: FaultReason; readonly againAtMillis?: EpochMillis };

export interface Attempt {
  readonly version: string;
  /** Fingerprints of the password, one for each key under which it has to be compared. */
  readonly prints?: readonly Fingerprint[];
  readonly now: EpochMillis;
  /** Time when a login of another account showed that a silent marketplace answers again. */
  readonly answeringSinceMillis?: EpochMillis | undefined;
}

/** Decides whether this version of the secret may be tried now. */
export function mayAttempt(account: Account, attempt: Attempt): Permission {
  const { version, now } = attempt;
  if (isLocked(account)) return { allowed: false, reason: 'account-locked' };
  if (isRefused(account, attempt)) return { allowed: false, reason: 'password-refused' };
  if (account.typedOnly === true && !isTyped(account, version))
    return { allowed: false, reason: 'password-wanted' };
  if (unlockIsSpent(account) && !isTyped(account, version))
    return { allowed: false, reason: 'attempts-exhausted' };
  if (account.possibleFailures >= failureLimit(account, attempt) || loginsSent(account) >= PERMITTED_FAILURES)
    return { allowed: false, reason: 'attempts-exhausted' };
  const unstableUntil = unstableUntilMillis(account, now);
  if (unstableUntil !== undefined && unstableUntil > now) {
    return { allowed: false, reason: 'session-ended', againAtMillis: unstableUntil };
  }
  const recent = recentAttempts(account, now);
  const oldest = recent[0];
  if (oldest !== undefined && recent.length >= ATTEMPTS.most) {
    return { allowed: false, reason: 'attempts-budget', againAtMillis: plus(oldest, ATTEMPTS.within) };
  }
  return { allowed: true };
}

/**
 * Whether the password was refused, under this version or another, and a person has not permitted to send it
 * again.
 */
export function isRefused(
  account: Account,
  { version, prints }: Pick<Attempt, 'version' | 'prints'>,
): boolean {
  const verdict = account.verdicts[version];
  if (verdict?.resend === 'permitted') return false;
  return verdict?.outcome === 'refused' || isAmongRefused(account, prints ?? []);
}

/** Whether the only attempt after "I have logged in on the website" is used and has not succeeded. */
const unlockIsSpent = (account: Account): boolean =>
  account.unlockedAtMillis !== undefined &&
  account.unlockedAtMillis > (account.lastLoginAtMillis ?? 0) &&
  account.permit !== true &&
  account.possibleFailures > 0;

/**
 * Whether a person wants this version tried: the first password of an account, a staged one, or one to be
 * sent again.
 */
const isTyped = (account: Account, version: string): boolean =>
  version === account.stagedVersion ||
  version === account.typedVersion ||
  account.verdicts[version]?.resend === 'permitted';

/**
 * The number of possible failures at which no attempt is allowed. A version that a person has just typed may
 * take the third, once. So may any version after a silent marketplace has let this or another account log in
 * again.
 */
function failureLimit(account: Account, { version, answeringSinceMillis }: Attempt): number {
  const tried = unclearOf(account).some((attempt) => attempt.version === version);
  if (isTyped(account, version) && !tried) return PERMITTED_FAILURES;
  const unclear = lastUnclear(account);
  if (unclear === undefined) return AUTOMATIC_FAILURES;
  const lastAttemptAt = Math.max(unclear.atMillis, account.recentAttemptsMillis.at(-1) ?? 0);
  const answersAgain =
    (answeringSinceMillis ?? 0) > lastAttemptAt || (account.lastLoginAtMillis ?? 0) >= lastAttemptAt;
  return answersAgain ? PERMITTED_FAILURES : AUTOMATIC_FAILURES;
}

/**
 * End of the pause after repeated early ends of sessions, twice as long each time; undefined while sessions
 * last.
 */
function unstableUntilMillis(account: Account, now: EpochMillis): EpochMillis | undefined {
  const deaths = recentDeaths(account, now);
  const last = deaths.at(-1);
  if (last === undefined || deaths.length < EARLY_DEATH.most) return undefined;
  return plus(last, EARLY_DEATH.pause * 2 ** Math.min(deaths.length - EARLY_DEATH.most, 4));
}

/** Attempts that count in the hourly budget. */
export const recentAttempts = (account: Account, now: EpochMillis): EpochMillis[] =>
  within(account.recentAttemptsMillis, { now, millis: ATTEMPTS.within });

/** Early ends of sessions that count as recent. */
export const recentDeaths = (account: Account, now: EpochMillis): EpochMillis[] =>
  within(account.earlyDeathsMillis ?? [], { now, millis: EARLY_DEATH.within });

export const recentUnlocks = (account: Account, now: EpochMillis): EpochMillis[] =>
  within(account.recentUnlocksMillis ?? [], { now, millis: UNLOCKS.within });

export const mayUnlockAgain = (account: Account, now: EpochMillis): boolean =>
  recentUnlocks(account, now).length < UNLOCKS.most;

/**
 * Time before which an unlock after our own caution is refused, because too many attempts may still be judged
 * after it.
 */
export function unlockWaitsUntil(account: Account, now: EpochMillis): EpochMillis | undefined {
  const { possibleFailures, unclearAttempts } = stillCounted(account, { now });
  const oldest = unclearAttempts?.[0];
  if (isLocked(account) || possibleFailures < PERMITTED_FAILURES || oldest === undefined) return undefined;
  return plus(oldest.atMillis, JUDGED_WITHIN);
}

const within = (times: readonly EpochMillis[], span: { now: EpochMillis; millis: number }): EpochMillis[] =>
  times.filter((at) => at > span.now - span.millis);
