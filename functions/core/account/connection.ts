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

/** Where an account stands, and what a person can do about it. */
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

/** Locked by the marketplace or by our own caution; a blocked address is not an account's to unlock. */
export const isUnlockable = (account: Account): boolean =>
  isLocked(account) || connectionOf(account).reason === 'attempts-exhausted';

/** States that only a person can end; nothing is tried in them by a timer. */
const WAITING: ReadonlySet<ConnectionState> = new Set<ConnectionState>([
  'needs-app-password',
  'locked',
  'needs-owner',
  'misconfigured',
  'unknown-fault',
  'paused',
]);

export const needsPerson = (state: ConnectionState): boolean => WAITING.has(state);

/** A password that a person has typed and that nobody has tried yet. */
export const hasUntriedStagedVersion = (account: Account): boolean =>
  account.stagedVersion !== undefined && !isSettled(account.verdicts[account.stagedVersion]);

/** Judged, and not to be sent once more. */
export const isSettled = (verdict: Verdict | undefined): boolean =>
  verdict !== undefined && verdict.resend !== 'permitted';

/** A captcha fault older than the last success or the last unlock is history. */
export function isLocked(account: Account): boolean {
  if (account.lockedAtMillis === undefined) return false;
  return account.lockedAtMillis > Math.max(account.lastLoginAtMillis ?? 0, account.unlockedAtMillis ?? 0);
}

/**
 * Derives the connection state from the facts on the account: phase, lock, verdict of the current version,
 * trouble of its key or address, last fault, last success. It is never stored, so it cannot be out of date.
 */
export function connectionOf(
  account: Account,
  shared?: Pick<SharedTrouble, 'reason' | 'sinceMillis'>,
): Connection {
  const { phase, fault } = account;
  if (phase === 'removing' || phase === 'paused') return { state: phase, message: MESSAGES[phase] };
  // So that activation is the change that people are told of, where the account took over a lock.
  if (phase === 'creating') return { state: 'new', message: MESSAGES.new };
  if (isLocked(account)) return faulty(account, 'account-locked', account.lockedAtMillis);
  if (isExhausted(account) && !isUnderWay(account))
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
  // An account that shows a lock is locked, and can be unlocked: a success or an unlock makes the fault history.
  if (fault !== undefined && fault.reason !== 'account-locked')
    return faulty(account, fault.reason, fault.sinceMillis);
  const pending = account.permit === true || (verdict?.outcome === 'refused' && isToBeSent);
  if (pending) return { state: 'retrying', message: MESSAGES.pending };
  if (account.lastLoginAtMillis === undefined) return { state: 'new', message: MESSAGES.new };
  return { state: 'connected', message: MESSAGES.connected, sinceMillis: account.lastLoginAtMillis };
}

/** No login follows any more, whoever asks for it. */
const isExhausted = (account: Account): boolean =>
  account.possibleFailures >= PERMITTED_FAILURES || loginsSent(account) >= PERMITTED_FAILURES;

/** The lease was renewed for this very attempt; a later lease ends at another time. */
function isUnderWay(account: Account): boolean {
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
