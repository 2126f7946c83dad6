import type { BilingualText } from '../base/text.ts';
import { type EpochMillis, plus } from '../base/time.ts';
import { type FaultReason, meaningOf } from '../faults/fault.ts';
import type { FaultState } from '../faults/meaning.ts';
import type { SharedTrouble } from '../faults/shared-trouble.ts';
import type { Account, Verdict } from './account.ts';
import { lastUnclear, loginsSent } from './counting.ts';
import { LEASE, PERMITTED_FAILURES } from './login-limits.ts';
import { isPasswordComplaint, passwordComplaint } from './password-complaint.ts';

export type ConnectionState = FaultState | 'new' | 'connected' | 'paused' | 'removing';

/** The state of an account, with advice for people. */
export interface Connection {
  readonly state: ConnectionState;
  readonly message: BilingualText;
  readonly reason?: FaultReason;
  /** The marketplace's own code, for support. */
  readonly code?: string;
  readonly sinceMillis?: EpochMillis;
}

const MESSAGES = {
  new: {
    pl: 'Konto czeka na pierwsze logowanie.',
    en: 'The account waits for its first login.',
  },
  pending: {
    pl: 'Następne logowanie jest w kolejce. Nic nie trzeba robić.',
    en: 'The next login is in the queue. Nothing needs to be done.',
  },
  connected: {
    pl: 'Połączono. Nic nie trzeba robić.',
    en: 'Connected. Nothing needs to be done.',
  },
  paused: {
    pl: 'Synchronizacja jest wstrzymana. Wznów ją, gdy zechcesz.',
    en: 'The synchronisation is paused. Resume it when you want.',
  },
  removing: {
    pl: 'Konto jest usuwane razem z hasłem i zamówieniami.',
    en: 'The account is being removed, with its password and orders.',
  },
} as const satisfies Record<string, BilingualText>;

/** Locked by the marketplace or by our own caution. A blocked address is not unlocked through an account. */
export const isUnlockable = (account: Account): boolean =>
  isLocked(account) || connectionOf(account).reason === 'attempts-exhausted';

/** States that only a person can end; no timer tries anything in them. */
const WAITING: ReadonlySet<ConnectionState> = new Set<ConnectionState>([
  'needs-app-password',
  'locked',
  'needs-owner',
  'misconfigured',
  'unknown-fault',
  'paused',
]);

export const needsPerson = (state: ConnectionState): boolean => WAITING.has(state);

/** Whether a person has typed a password that was not tried yet. */
export const hasUntriedStagedVersion = (account: Account): boolean =>
  account.stagedVersion !== undefined && !isProcessed(account.verdicts[account.stagedVersion]);

/** Whether a version was judged and is not to be sent again. */
export const isProcessed = (verdict: Verdict | undefined): boolean =>
  verdict !== undefined && verdict.resend !== 'permitted';

/** Whether the account is locked: a captcha fault counts until a later success or unlock. */
export function isLocked(account: Account): boolean {
  if (account.lockedAtMillis === undefined) return false;
  return account.lockedAtMillis > Math.max(account.lastLoginAtMillis ?? 0, account.unlockedAtMillis ?? 0);
}

/**
 * Derives the connection state from the facts on the account: phase, lock, verdict of the current version,
 * trouble of its key or address, last fault, last success. The state is never stored, so it cannot be out of
 * date.
 */
export function connectionOf(
  account: Account,
  shared?: Pick<SharedTrouble, 'reason' | 'sinceMillis'>,
): Connection {
  const { phase, fault } = account;
  if (phase === 'removing' || phase === 'paused') return { state: phase, message: MESSAGES[phase] };
  // A lock that the account took over is shown only once it is active, so that activation is the change that
  // people are told of.
  if (phase === 'creating') return { state: 'new', message: MESSAGES.new };
  if (isLocked(account)) return faulty(account, 'account-locked', account.lockedAtMillis);
  if (isExhausted(account) && !isAttemptUnderWay(account))
    return faulty(account, 'attempts-exhausted', lastUnclear(account)?.atMillis);
  const verdict = account.verdicts[account.currentVersion];
  const isToBeSent = hasUntriedStagedVersion(account) || verdict?.resend === 'permitted';
  if (verdict?.outcome === 'refused' && !isToBeSent) {
    return faulty(
      account,
      fault?.reason === 'password-too-weak' ? fault.reason : 'password-refused',
      verdict.atMillis,
    );
  }
  if (shared !== undefined) return faulty(account, shared.reason, shared.sinceMillis);
  if (account.typedOnly === true && !isToBeSent)
    return faulty(account, 'password-wanted', account.unlockedAtMillis);
  // A fault of a lock counts only while `isLocked` holds, which a success or an unlock ends.
  if (fault !== undefined && fault.reason !== 'account-locked')
    return faulty(account, fault.reason, fault.sinceMillis);
  const pending = account.permit === true || (verdict?.outcome === 'refused' && isToBeSent);
  if (pending) return { state: 'retrying', message: MESSAGES.pending };
  if (account.lastLoginAtMillis === undefined) return { state: 'new', message: MESSAGES.new };
  return { state: 'connected', message: MESSAGES.connected, sinceMillis: account.lastLoginAtMillis };
}

/** Whether no login follows any more, not even at a person's request. */
export const isExhausted = (account: Account): boolean =>
  account.possibleFailures >= PERMITTED_FAILURES || loginsSent(account) >= PERMITTED_FAILURES;

/**
 * Whether the last attempt is under way: its lease was renewed for it, and a later lease ends at another
 * time.
 */
function isAttemptUnderWay(account: Account): boolean {
  const { leaseToken, leaseUntilMillis } = account;
  const last = lastUnclear(account);
  return last !== undefined && leaseToken !== undefined && leaseUntilMillis === plus(last.atMillis, LEASE);
}

function faulty(account: Account, reason: FaultReason, sinceMillis: EpochMillis | undefined): Connection {
  const { state, message } = meaningOf(reason);
  const code = account.fault?.reason === reason ? account.fault.code : undefined;
  const isComplaint = reason === 'password-unfit' && code !== undefined && isPasswordComplaint(code);
  return {
    state,
    message: isComplaint ? both(message, passwordComplaint(code)) : message,
    reason,
    ...(code !== undefined && { code }),
    ...(sinceMillis !== undefined && { sinceMillis }),
  };
}

const both = (one: BilingualText, other: BilingualText): BilingualText => ({
  pl: `${one.pl} ${other.pl}`,
  en: `${one.en} ${other.en}`,
});
