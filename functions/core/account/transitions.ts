import type { EpochMillis } from '../base/time.ts';
import { epochMillis, plus } from '../base/time.ts';
import type { Account, AccountChanges, AccountFault, Fingerprint, OpenAttempt } from './account.ts';
import { leaseHeldUntil, timesCutDown } from './clocks.ts';
import { isProcessed } from './connection.ts';
import {
  counted,
  failed,
  forgiven,
  isHistory,
  judged,
  lastUnclear,
  redeemed,
  stillCounted,
  unsent,
  wasResent,
  withRefusedPassword,
} from './counting.ts';
import { type Attempt, mayAttempt, recentDeaths } from './guard.ts';
import { ATTEMPTS_KEPT, CLOCK_SKEW, LEASE } from './login-limits.ts';
import { isInUseOrStaged, withAccepted, withResend, withVerdict } from './verdicts.ts';

/**
 * A change of an account on which a login may depend: a pure function from the account to the attributes that
 * change; undefined if the change must not (or need not) be made. Transitions are written by comparing the
 * revision, so each is decided on the state that it replaces.
 */
export type Transition = (account: Account) => AccountChanges | undefined;

/**
 * Takes the login lease if it is free, or over for longer than two clocks differ. A lease that is held keeps its
 * holder, and gets an end that can be true: the caller has the lease only if the account bears its token.
 */
export const takeLease =
  (lease: { token: string; now: EpochMillis }): Transition =>
  (account) => {
    if (account.leaseToken === lease.token) return {};
    if (account.phase !== 'active') return undefined;
    const heldUntil = leaseHeldUntil(account, lease.now);
    if (heldUntil !== undefined && plus(heldUntil, CLOCK_SKEW) >= lease.now)
      return heldUntil === account.leaseUntilMillis ? undefined : { leaseUntilMillis: heldUntil };
    return {
      ...timesCutDown(account, lease.now),
      leaseToken: lease.token,
      leaseUntilMillis: plus(lease.now, LEASE),
    };
  };

/** Releases the lease only if the caller owns it. */
export const releaseLease =
  (token: string): Transition =>
  (account) =>
    account.leaseToken === token ? { leaseToken: undefined, leaseUntilMillis: undefined } : undefined;

/** Notes an attempt and counts it as a possible failure before it is sent; renews the lease. */
export const beginAttempt =
  (begin: Attempt & { attemptId: string; placeMillis: EpochMillis; leaseToken: string }): Transition =>
  (account) => {
    const { now, version } = begin;
    if (account.phase !== 'active' || account.leaseToken !== begin.leaseToken) return undefined;
    // The attempt was noted before, by a write whose reply was lost.
    if (lastUnclear(account)?.id === begin.attemptId) return {};
    if (isSuperseded(account, version) || !mayAttempt(account, begin).allowed) return undefined;
    return {
      ...counted(account, { id: begin.attemptId, version, atMillis: now }),
      recentAttemptsMillis: [...account.recentAttemptsMillis, now].slice(-ATTEMPTS_KEPT),
      ...withResend(account, begin),
      lastPlaceMillis: begin.placeMillis,
      permit: undefined,
      typedVersion: undefined,
      leaseUntilMillis: plus(now, LEASE),
      // A version that was rotated at its source is in use from now on.
      ...(version !== account.stagedVersion && { currentVersion: version }),
    };
  };

/** Whether a person has typed a newer password, or a typed one was accepted and is not promoted yet. */
const isSuperseded = (account: Account, version: string): boolean =>
  account.promoteVersion !== undefined ||
  (account.stagedVersion !== undefined &&
    account.stagedVersion !== version &&
    !isProcessed(account.verdicts[account.stagedVersion]));

export interface Answered {
  readonly attempt: OpenAttempt;
  readonly now: EpochMillis;
}

/**
 * Records an accepted login, only under the lease: the version is in use from now on, and only attempts that
 * the marketplace may still judge stay counted.
 */
export const succeeded =
  (
    answer: Answered & {
      leaseToken: string;
      userId: string;
      prints?: readonly Fingerprint[];
    },
  ): Transition =>
  (account) => {
    const { version } = answer.attempt;
    // A pause that began during the login does not undo it.
    const isHere = account.phase === 'active' || account.phase === 'paused';
    if (!isHere || account.leaseToken !== answer.leaseToken) return undefined;
    return {
      ...withAccepted(account, { version, sentMillis: answer.attempt.atMillis, atMillis: answer.now }),
      ...putInUse(account, version),
      ...stillCounted(account, { now: answer.now, but: answer.attempt.id }),
      ...redeemed(account, answer.prints ?? []),
      lastLoginAtMillis: laterThanAll({ ...account, lockedAtMillis: undefined }, answer.now),
      userId: answer.userId,
      permit: undefined,
      typedOnly: undefined,
      lockedAtMillis: undefined,
      // A refusal of another version is history, cleared at once because the run may take long. The account
      // gets a due time if it has none, because an unplanned run such as a repair sets none.
      ...(account.fault?.reason === 'password-refused' && {
        fault: undefined,
        ...(account.phase === 'active' && { dueAtMillis: account.dueAtMillis ?? answer.now }),
      }),
    };
  };

/**
 * Records only the verdict, for a worker that has lost its lease: true of its version, and of nothing else. A
 * staged version with this verdict need not be tried any more.
 */
export const acceptedLate =
  ({ attempt, now, prints }: Answered & { prints: readonly Fingerprint[] }): Transition =>
  (account) => {
    const { version } = attempt;
    if (account.verdicts[version] !== undefined) return forgiven(account, attempt.id);
    return {
      ...redeemed(account, prints),
      ...withAccepted(account, { version, sentMillis: attempt.atMillis, atMillis: now }),
      ...forgiven(account, attempt.id),
      ...(version === account.stagedVersion && putInUse(account, version)),
    };
  };

/** Makes an accepted version the one in use, and notes from which version the label has to be moved. */
const putInUse = (account: Account, version: string): AccountChanges => ({
  currentVersion: version,
  ...(version === account.stagedVersion && { stagedVersion: undefined }),
  ...(version !== account.currentVersion && { promoteVersion: version, promoteFrom: account.currentVersion }),
});

export interface Learnt extends Answered {
  readonly fault: AccountFault;
  /** The lease under which the answer was awaited, which may be lost by now. */
  readonly leaseToken?: string;
}

const isLate = (account: Account, { leaseToken }: Learnt): boolean =>
  leaseToken !== undefined && account.leaseToken !== leaseToken;

/**
 * Records a refusal for ever, however late it is learnt. A staged version is dropped, and the version in use
 * stays. A worker that has lost the lease judges only its own version, because another worker may have
 * continued with another.
 */
export const refused =
  (answer: Learnt & { prints: readonly Fingerprint[]; untried?: 'staged' | 'source' }): Transition =>
  (account) => {
    const { version } = answer.attempt;
    const known = account.verdicts[version];
    // The refusal was recorded before, by a write whose reply was lost.
    if (known?.outcome === 'refused' && known.atMillis === answer.now) return {};
    // An untried version that was rotated at its source would be used next. A staged one may have been replaced by a
    // newer one meanwhile.
    const isInUse = version === account.currentVersion || answer.untried === 'source';
    const isResendSpent =
      known?.outcome === 'refused' || !isInUseOrStaged(account, version) || wasResent(account, answer.prints);
    return {
      ...(answer.untried === undefined && judged(account, answer.attempt)),
      ...withVerdict(account, {
        version,
        verdict: {
          outcome: 'refused',
          atMillis: answer.now,
          ...(isResendSpent && { resend: 'used' }),
        },
      }),
      ...withRefusedPassword(account, { prints: answer.prints, atMillis: answer.now }),
      ...(version === account.stagedVersion && { stagedVersion: undefined }),
      ...(isInUse && !isLate(account, answer) && { fault: answer.fault }),
    };
  };

/** Counts an attempt whose judgement will never be known. */
export const leftUnclear =
  (attempt: OpenAttempt): Transition =>
  (account) =>
    failed(account, attempt);

/**
 * A time later than all others on the account, so that this event counts as the last whatever clocks said.
 */
export const laterThanAll = (account: Account, now: EpochMillis): EpochMillis =>
  epochMillis(
    Math.max(
      now,
      account.lockedAtMillis ?? 0,
      (account.unlockedAtMillis ?? 0) + 1,
      (account.lastLoginAtMillis ?? 0) + 1,
    ),
  );

/**
 * Records a captcha fault of a login: nothing is tried until the owner has logged in on the website. The
 * password was not judged. If the lease was lost and a success or an unlock came since, the fault is history.
 */
export const locked =
  (answer: Learnt): Transition =>
  (account) => {
    const late = isLate(account, answer);
    const taken = unsent(account, answer.attempt.id) ?? {};
    if (late && isHistory(account, answer.attempt.id)) return taken;
    return {
      ...taken,
      lockedAtMillis: laterThanAll(account, answer.now),
      ...(!late && { fault: answer.fault }),
      permit: undefined,
    };
  };

/** Records a captcha fault that another call than a login met. */
export const foundLocked =
  ({ now, fault }: { now: EpochMillis; fault: AccountFault }): Transition =>
  (account) => ({ lockedAtMillis: laterThanAll(account, now), fault, permit: undefined });

/** Takes the possible failure back, because the reply proves that the password was not judged. */
export const notJudged =
  (attemptId: string): Transition =>
  (account) =>
    forgiven(account, attemptId);

/** Counts a login that never left as not sent. */
export const notSent =
  (attemptId: string): Transition =>
  (account) =>
    unsent(account, attemptId);

export const promoted =
  (version: string): Transition =>
  (account) =>
    account.promoteVersion === version ? { promoteVersion: undefined, promoteFrom: undefined } : undefined;

/** Records that a session ended long before its time. */
export const diedEarly =
  (now: EpochMillis): Transition =>
  (account) => ({ earlyDeathsMillis: [...recentDeaths(account, now), now] });

/** Accepts a staged password that equals the one in use while its session lives, without a login. */
export const sameAsInUse =
  ({ version, leaseToken, now }: { version: string; leaseToken: string; now: EpochMillis }): Transition =>
  (account) => {
    const accepted = account.verdicts[account.currentVersion]?.outcome === 'accepted';
    if (account.leaseToken !== leaseToken || account.stagedVersion !== version || !accepted) return undefined;
    return {
      ...withAccepted(account, { version, sentMillis: now, atMillis: now }),
      stagedVersion: undefined,
    };
  };
