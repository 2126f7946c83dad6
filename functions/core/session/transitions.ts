import type { Account, AccountChanges, AccountFault, OpenAttempt, Verdict } from '../account.ts';
import type { EpochMillis } from '../time.ts';
import { plus } from '../time.ts';
import {
  type Attempt,
  mayAttempt,
  mayUnlockAgain,
  recentAttempts,
  recentDeaths,
  recentUnlocks,
} from './guard.ts';
import { CLOCK_SKEW, LEASE } from './limits.ts';
import { connectionOf } from './state.ts';

/**
 * Every change of an account that a login may depend on, as a pure function from the account as it is to
 * the attributes that change; undefined where the change must not (or need not) be made. They are written
 * by comparing the revision, so each is decided on the very state that it replaces.
 */
export type Transition = (account: Account) => AccountChanges | undefined;

/** This many verdicts are remembered beside those of the versions in use. */
const VERDICTS_KEPT = 20;

export const takeLease =
  (lease: { token: string; now: EpochMillis }): Transition =>
  (account) => {
    if (account.phase !== 'active') return undefined;
    const heldUntil = account.leaseToken === undefined ? undefined : account.leaseUntilMillis;
    if (heldUntil !== undefined && plus(heldUntil, CLOCK_SKEW) >= lease.now) return undefined;
    return { leaseToken: lease.token, leaseUntilMillis: plus(lease.now, LEASE) };
  };

/** Only one's own: a lock freed by somebody else frees nobody. */
export const releaseLease =
  (token: string): Transition =>
  (account) =>
    account.leaseToken === token ? { leaseToken: undefined, leaseUntilMillis: undefined } : undefined;

/** Writes the attempt down and counts it as a possible failure, before it is sent; renews the lease. */
export const beginAttempt =
  (begin: Attempt & { attemptId: string; leaseToken: string }): Transition =>
  (account) => {
    const { now, version } = begin;
    if (account.phase !== 'active' || account.leaseToken !== begin.leaseToken) return undefined;
    if (!mayAttempt(account, begin).allowed) return undefined;
    return {
      openAttempt: { id: begin.attemptId, version, atMillis: now },
      possibleFailures: account.possibleFailures + 1,
      recentAttemptsMillis: [...recentAttempts(account, now), now],
      permit: undefined,
      leaseUntilMillis: plus(now, LEASE),
    };
  };

export interface Answered {
  readonly attempt: OpenAttempt;
  readonly now: EpochMillis;
}

/** Only under the lease: the version is in use from now on and every counter starts anew. */
export const succeeded =
  (answer: Answered & { leaseToken: string; userId: string }): Transition =>
  (account) => {
    const { version } = answer.attempt;
    if (account.phase !== 'active' || account.leaseToken !== answer.leaseToken) return undefined;
    const staged = version === account.stagedVersion;
    return {
      ...verdict(account, { version, verdict: { outcome: 'accepted', atMillis: answer.now } }),
      currentVersion: version,
      ...(staged && { stagedVersion: undefined, promoteVersion: version }),
      lastLoginAtMillis: answer.now,
      userId: answer.userId,
      possibleFailures: 0,
      openAttempt: undefined,
      permit: undefined,
      lockedAtMillis: undefined,
    };
  };

/** The verdict alone, of a worker that has lost its lease: true of its version, and of nothing else. */
export const acceptedLate =
  ({ attempt, now }: Answered): Transition =>
  (account) => {
    if (account.verdicts[attempt.version] !== undefined) return forgiven(attempt.id)(account);
    const accepted = { version: attempt.version, verdict: { outcome: 'accepted', atMillis: now } } as const;
    return { ...verdict(account, accepted), ...forgiven(attempt.id)(account) };
  };

/** For ever, whoever learns it and however late. A staged version is dropped; what is in use stays. */
export const refused =
  (answer: Answered & { fingerprint: string; fault: AccountFault }): Transition =>
  (account) => {
    const { version, id } = answer.attempt;
    const onlyStaged = version === account.stagedVersion && version !== account.currentVersion;
    return {
      ...verdict(account, {
        version,
        verdict: { outcome: 'refused', atMillis: answer.now, fingerprint: answer.fingerprint },
      }),
      ...(version === account.stagedVersion && { stagedVersion: undefined }),
      ...(!onlyStaged && { fault: answer.fault }),
      ...(account.openAttempt?.id === id && { openAttempt: undefined }),
    };
  };

/** A captcha fault: nobody tries again until the owner has been on the website. It judges no password. */
export const locked =
  (answer: Answered & { fault: AccountFault }): Transition =>
  (account) => ({
    ...forgiven(answer.attempt.id)(account),
    lockedAtMillis: answer.now,
    fault: answer.fault,
    permit: undefined,
  });

/** The attempt is known not to have been a failed password: takes its possible failure back, once. */
export const forgiven =
  (attemptId: string): Transition =>
  (account) =>
    account.openAttempt?.id === attemptId
      ? { openAttempt: undefined, possibleFailures: Math.max(0, account.possibleFailures - 1) }
      : undefined;

export const promoted =
  (version: string): Transition =>
  (account) =>
    account.promoteVersion === version ? { promoteVersion: undefined } : undefined;

/** A session ended long before its time. */
export const diedEarly =
  (now: EpochMillis): Transition =>
  (account) => ({ earlyDeathsMillis: [...recentDeaths(account, now), now] });

/** A person has typed a new password; it waits to be tried once. */
export const staged =
  (stage: { version: string; dueAtMillis: EpochMillis }): Transition =>
  (account) =>
    account.phase === 'active' || account.phase === 'paused'
      ? {
          stagedVersion: stage.version,
          ...(account.phase === 'active' && { dueAtMillis: stage.dueAtMillis }),
        }
      : undefined;

/** "I have logged in on the website": grants one attempt, and never revives a refused version. */
export const unlocked =
  (now: EpochMillis): Transition =>
  (account) => {
    if (connectionOf(account).state !== 'locked' || !mayUnlockAgain(account, now)) return undefined;
    return {
      unlockedAtMillis: now,
      recentUnlocksMillis: [...recentUnlocks(account, now), now],
      permit: true,
      possibleFailures: 0,
      openAttempt: undefined,
      fault: undefined,
      dueAtMillis: now,
    };
  };

export const paused: Transition = (account) =>
  account.phase === 'active' ? { phase: 'paused', dueAtMillis: undefined } : undefined;

export const resumed =
  (now: EpochMillis): Transition =>
  (account) =>
    account.phase === 'active' || account.phase === 'paused'
      ? { phase: 'active', dueAtMillis: now }
      : undefined;

export const activated =
  (dueAtMillis: EpochMillis): Transition =>
  (account) =>
    account.phase === 'creating' ? { phase: 'active', dueAtMillis } : undefined;

/** From here on nobody begins a login any more. */
export const removing =
  (dueAtMillis: EpochMillis): Transition =>
  () => ({ phase: 'removing', dueAtMillis });

function verdict(account: Account, add: { version: string; verdict: Verdict }): AccountChanges {
  const known = Object.entries(account.verdicts).filter(([version]) => version !== add.version);
  const inUse = ([version]: [string, Verdict]) =>
    version === account.currentVersion || version === account.stagedVersion;
  const others = known.filter((entry) => !inUse(entry)).sort(([, a], [, b]) => b.atMillis - a.atMillis);
  const kept = [...known.filter(inUse), ...others.slice(0, VERDICTS_KEPT)];
  return { verdicts: { ...Object.fromEntries(kept), [add.version]: add.verdict } };
}
