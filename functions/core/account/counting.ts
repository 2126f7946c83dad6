import type { EpochMillis } from '../base/time.ts';
import type { AccountChanges, Fingerprint, LoginMemory, OpenAttempt, RefusedPassword } from './account.ts';
import { JUDGED_WITHIN, REFUSED_KEPT } from './login-limits.ts';

/**
 * What is counted of a seller's logins, so that the marketplace never counts to its own limit: possible
 * failures, unclear attempts, logins sent, refused passwords. Pure functions, used by the transitions.
 */

export const unclearOf = (account: LoginMemory): readonly OpenAttempt[] => account.unclearAttempts ?? [];

export const lastUnclear = (account: LoginMemory): OpenAttempt | undefined => unclearOf(account).at(-1);

export const loginsSent = (account: LoginMemory): number => account.loginsSent ?? 0;

const isUnclear = (account: LoginMemory, attemptId: string): boolean =>
  unclearOf(account).some(({ id }) => id === attemptId);

function without(account: LoginMemory, attemptId: string): readonly OpenAttempt[] | undefined {
  const others = unclearOf(account).filter(({ id }) => id !== attemptId);
  return others.length === 0 ? undefined : others;
}

/** Whether a success or an unlock came after the attempt, whatever any clock said. */
export const isHistory = (account: LoginMemory, attemptId: string): boolean =>
  unclearOf(account).find(({ id }) => id === attemptId)?.cleared ?? !isUnclear(account, attemptId);

/** Counts an attempt before it is sent. */
export const counted = (account: LoginMemory, attempt: OpenAttempt) => ({
  possibleFailures: account.possibleFailures + 1,
  loginsSent: loginsSent(account) + 1,
  unclearAttempts: [...unclearOf(account), attempt],
});

/**
 * What stays counted past a success or an unlock: the young unclear attempts but the one that succeeded,
 * because the marketplace may judge them after it. A time from the future is young too.
 */
export function stillCounted(account: LoginMemory, use: { now: EpochMillis; but?: string | undefined }) {
  const young = unclearOf(account)
    .filter(({ id, atMillis }) => id !== use.but && atMillis > use.now - JUDGED_WITHIN)
    .map((attempt) => ({ ...attempt, cleared: true }));
  return {
    possibleFailures: young.length,
    loginsSent: young.length,
    unclearAttempts: young.length === 0 ? undefined : young,
  };
}

/** The reply proves that the password was not judged or was accepted: takes the possible failure back, once. */
export const forgiven = (account: LoginMemory, attemptId: string): AccountChanges | undefined =>
  isUnclear(account, attemptId)
    ? {
        possibleFailures: Math.max(0, account.possibleFailures - 1),
        unclearAttempts: without(account, attemptId),
      }
    : undefined;

/** Nothing left this machine, or the marketplace refused to look at it: the login counts as not sent, once. */
export function unsent(account: LoginMemory, attemptId: string): AccountChanges | undefined {
  const changes = forgiven(account, attemptId);
  return changes && { ...changes, loginsSent: Math.max(0, loginsSent(account) - 1) };
}

/**
 * The attempt may have failed. It was counted before it was sent; if that was cleared since, it counts anew,
 * because the marketplace may have judged it after the success or the unlock that cleared it.
 */
export const failed = (account: LoginMemory, attempt: OpenAttempt): AccountChanges | undefined =>
  isUnclear(account, attempt.id) ? undefined : counted(account, attempt);

/** The password was judged and is wrong: its possible failure stays, and is unclear no more. */
export function judged(account: LoginMemory, attempt: OpenAttempt): AccountChanges {
  const { possibleFailures, loginsSent: sent } = isUnclear(account, attempt.id)
    ? { possibleFailures: account.possibleFailures, loginsSent: loginsSent(account) }
    : counted(account, attempt);
  return { possibleFailures, loginsSent: sent, unclearAttempts: without(account, attempt.id) };
}

/** Whether one of these fingerprints is that of a refused password. */
export const isAmongRefused = (account: LoginMemory, prints: readonly Fingerprint[]): boolean =>
  (account.refused ?? []).some((refused) => prints.some((one) => isSame(one, refused)));

/** Remembers a refused password, each once: a repeat adds nothing and pushes nothing out. */
export function remembered(
  account: LoginMemory,
  use: { prints: readonly Fingerprint[]; atMillis: EpochMillis },
): AccountChanges {
  const [newest] = use.prints;
  if (newest === undefined || isAmongRefused(account, use.prints)) return {};
  const entry: RefusedPassword = { print: newest.print, key: newest.key, atMillis: use.atMillis };
  return { refused: [...(account.refused ?? []), entry].slice(-REFUSED_KEPT) };
}

/** A password that was accepted is refused no more, e.g. one that the owner has set again. */
export function redeemed(account: LoginMemory, prints: readonly Fingerprint[]): AccountChanges {
  if (!isAmongRefused(account, prints)) return {};
  return {
    refused: (account.refused ?? []).filter((refused) => !prints.some((one) => isSame(one, refused))),
  };
}

const isSame = (one: Fingerprint, other: Fingerprint): boolean =>
  one.key === other.key && one.print === other.print;

/** The versions of the fingerprint key that a password has to be compared under. */
export const keysOfRefused = (account: LoginMemory): string[] => [
  ...new Set((account.refused ?? []).map(({ key }) => key)),
];
