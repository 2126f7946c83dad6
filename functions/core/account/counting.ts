import type { EpochMillis } from '../base/time.ts';
import type { AccountChanges, Fingerprint, LoginMemory, OpenAttempt, RefusedPassword } from './account.ts';
import { JUDGED_WITHIN, REFUSED_KEPT } from './login-limits.ts';

/**
 * Counters of a seller's logins, kept so that the marketplace never counts to its own limit: possible
 * failures, unclear attempts, logins sent, refused passwords. Pure functions for the transitions.
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

/** Whether a success or an unlock came after the attempt, independent of clocks. */
export const isHistory = (account: LoginMemory, attemptId: string): boolean =>
  unclearOf(account).find(({ id }) => id === attemptId)?.cleared ?? !isUnclear(account, attemptId);

/** Counts an attempt before it is sent. */
export const counted = (account: LoginMemory, attempt: OpenAttempt) => ({
  possibleFailures: account.possibleFailures + 1,
  loginsSent: loginsSent(account) + 1,
  unclearAttempts: [...unclearOf(account), attempt],
});

/**
 * The counters after a success or an unlock. Young unclear attempts still count, except the one that
 * succeeded, because the marketplace may judge them later. An attempt with a time in the future counts as
 * young.
 */
export function stillCounted(
  account: LoginMemory,
  { but, now }: { now: EpochMillis; but?: string | undefined },
) {
  const young = unclearOf(account)
    .filter(({ id, atMillis }) => id !== but && atMillis > now - JUDGED_WITHIN)
    .map((attempt) => ({ ...attempt, cleared: true }));
  return {
    possibleFailures: young.length,
    loginsSent: young.length,
    unclearAttempts: young.length === 0 ? undefined : young,
  };
}

/**
 * Takes a possible failure back, once, because the reply proves that the password was accepted or not judged.
 */
export const forgiven = (account: LoginMemory, attemptId: string): AccountChanges | undefined =>
  isUnclear(account, attemptId)
    ? {
        possibleFailures: Math.max(0, account.possibleFailures - 1),
        unclearAttempts: without(account, attemptId),
      }
    : undefined;

/** Counts a login as not sent, once, because it never left or the marketplace refused to look at it. */
export function unsent(account: LoginMemory, attemptId: string): AccountChanges | undefined {
  const changes = forgiven(account, attemptId);
  return changes && { ...changes, loginsSent: Math.max(0, loginsSent(account) - 1) };
}

/**
 * Counts an attempt that may have failed. It was counted before it was sent; if a success or an unlock has
 * cleared it since, it counts anew, because the marketplace may have judged it after that.
 */
export const failed = (account: LoginMemory, attempt: OpenAttempt): AccountChanges | undefined =>
  isUnclear(account, attempt.id) ? undefined : counted(account, attempt);

/**
 * Counts an attempt whose password was judged as wrong: its possible failure stays, and is not unclear any
 * more.
 */
export function judged(account: LoginMemory, attempt: OpenAttempt): AccountChanges {
  const { possibleFailures, loginsSent: sent } = isUnclear(account, attempt.id)
    ? { possibleFailures: account.possibleFailures, loginsSent: loginsSent(account) }
    : counted(account, attempt);
  return { possibleFailures, loginsSent: sent, unclearAttempts: without(account, attempt.id) };
}

/** Whether a refused password has one of these fingerprints. */
export const isAmongRefused = (account: LoginMemory, prints: readonly Fingerprint[]): boolean =>
  (account.refused ?? []).some((refused) => prints.some((one) => isSame(one, refused)));

/** Whether a refused password with one of these fingerprints was sent again at a person's request. */
export const wasResent = (account: LoginMemory, prints: readonly Fingerprint[]): boolean =>
  (account.refused ?? []).some(
    (refused) => refused.resent === true && prints.some((one) => isSame(one, refused)),
  );

/** Notes that a refused password is sent again, under whatever version it is typed later. */
export const markedResent = (account: LoginMemory, prints: readonly Fingerprint[]): AccountChanges =>
  isAmongRefused(account, prints)
    ? {
        refused: (account.refused ?? []).map((refused) =>
          prints.some((one) => isSame(one, refused)) ? { ...refused, resent: true } : refused,
        ),
      }
    : {};

/** Adds a refused password, unless it is known: repetitions must not push others out of the list. */
export function withRefusedPassword(
  account: LoginMemory,
  { prints, atMillis }: { prints: readonly Fingerprint[]; atMillis: EpochMillis },
): AccountChanges {
  const [newest] = prints;
  if (newest === undefined || isAmongRefused(account, prints)) return {};
  const entry: RefusedPassword = { print: newest.print, key: newest.key, atMillis };
  return { refused: [...(account.refused ?? []), entry].slice(-REFUSED_KEPT) };
}

/** Removes an accepted password from the refused ones, e.g. a password that the owner has set again. */
export function redeemed(account: LoginMemory, prints: readonly Fingerprint[]): AccountChanges {
  if (!isAmongRefused(account, prints)) return {};
  return {
    refused: (account.refused ?? []).filter((refused) => !prints.some((one) => isSame(one, refused))),
  };
}

const isSame = (one: Fingerprint, other: Fingerprint): boolean =>
  one.key === other.key && one.print === other.print;

/** Versions of the fingerprint key under which a password has to be compared. */
export const keysOfRefused = (account: LoginMemory): string[] => [
  ...new Set((account.refused ?? []).map(({ key }) => key)),
];
