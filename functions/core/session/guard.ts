import type { Account } from '../account.ts';
import type { FaultReason } from '../faults.ts';
import { type EpochMillis, HOUR, plus } from '../time.ts';
import { isLocked } from './state.ts';

/** The marketplace locks an account at the fourth failure; a person may take us to the third, nobody further. */
const AUTOMATIC_FAILURES = 2;
const PERMITTED_FAILURES = 3;

/** However they end, no account sees more logins than this in an hour. */
const ATTEMPTS_AN_HOUR = 3;

export type Permission =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: FaultReason; readonly againAtMillis?: EpochMillis };

/**
 * Decides whether this version of the secret may be tried now. A version that a person has just typed
 * (`staged`) is a person's permission for the third possible failure.
 */
export function mayAttempt(account: Account, version: string, now: EpochMillis): Permission {
  if (isLocked(account)) return { allowed: false, reason: 'account-locked' };
  if (account.verdicts[version]?.outcome === 'refused') return { allowed: false, reason: 'password-refused' };
  const limit = version === account.stagedVersion ? PERMITTED_FAILURES : AUTOMATIC_FAILURES;
  if (account.possibleFailures >= limit) return { allowed: false, reason: 'attempts-exhausted' };
  const recent = recentAttempts(account, now);
  const oldest = recent[0];
  if (oldest !== undefined && recent.length >= ATTEMPTS_AN_HOUR) {
    return { allowed: false, reason: 'attempts-budget', againAtMillis: plus(oldest, HOUR) };
  }
  return { allowed: true };
}

/** The attempts that still count in the hourly budget. */
export const recentAttempts = (account: Account, now: EpochMillis): EpochMillis[] =>
  account.recentAttemptsMillis.filter((at) => at > now - HOUR);
