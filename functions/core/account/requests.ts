import { type EpochMillis, epochMillis } from '../base/time.ts';
import type { Account } from './account.ts';
import { timesCutDown } from './clocks.ts';
import { hasUntriedStagedVersion, isExhausted, isLocked, isUnlockable } from './connection.ts';
import { stillCounted } from './counting.ts';
import { mayUnlockAgain, recentUnlocks, unlockWaitsUntil } from './guard.ts';
import { laterThanAll, type Transition } from './transitions.ts';
import { lastRefused, withoutPermissions } from './verdicts.ts';

/** Requests of people, as transitions of the account. */

/** Stages a password that a person has typed; it waits to be tried once. */
export const staged =
  (stage: { version: string; dueAtMillis: EpochMillis }): Transition =>
  (account) =>
    account.phase === 'active' || account.phase === 'paused'
      ? {
          stagedVersion: stage.version,
          ...(account.phase === 'active' && { dueAtMillis: stage.dueAtMillis }),
        }
      : undefined;

/** A request to do all daily work now. It differs from all requests before, whose answers do not answer it. */
export const checkAsked = (
  { checkAskedAtMillis: last = epochMillis(0) }: Pick<Account, 'checkAskedAtMillis'>,
  now: EpochMillis,
) => ({ checkAskedAtMillis: epochMillis(Math.max(now, last + 1)) });

/** Cuts times of the future down, so that nobody has to wait for them. */
export const timesCorrected =
  (now: EpochMillis): Transition =>
  (account) => {
    const changes = timesCutDown(account, now);
    return Object.keys(changes).length === 0 ? undefined : changes;
  };

/**
 * Confirms "I have logged in on the website". A locked account gets one attempt. After our own caution no
 * attempt is made until a password is typed. Drops a password that was typed before and a permission to send a
 * refused one again, and never revives a refused version. Young unclear attempts go on counting, because the marketplace may judge them after the
 * owner's login; while they are too many, an unlock would be useless and is refused.
 */
export const unlocked =
  (now: EpochMillis): Transition =>
  (account) => {
    const recent = recentUnlocks(account, now);
    if (recent.at(-1) === now) return {};
    if (!isUnlockable(account) || !mayUnlockAgain(account, now)) return undefined;
    if (unlockWaitsUntil(account, now) !== undefined) return undefined;
    const byMarketplace = isLocked(account);
    return {
      unlockedAtMillis: laterThanAll(account, now),
      recentUnlocksMillis: [...recent, now],
      permit: byMarketplace ? true : undefined,
      typedOnly: byMarketplace ? undefined : true,
      lockedAtMillis: undefined,
      stagedVersion: undefined,
      typedVersion: undefined,
      verdicts: withoutPermissions(account.verdicts),
      ...stillCounted(account, { now }),
      fault: undefined,
      dueAtMillis: now,
    };
  };

/**
 * Permits the version that was refused last to be sent again, because a person says that it was refused
 * wrongly, as in an outage. The attempt counts like any other; each password is permitted once. Not while the account is
 * locked, and not after our own caution was unlocked, because only a new password may be tried then.
 */
export const resendPermitted =
  (now: EpochMillis): Transition =>
  (account) => {
    if (account.phase !== 'active' || hasUntriedStagedVersion(account)) return undefined;
    if (isLocked(account) || isExhausted(account) || account.typedOnly === true) return undefined;
    const version = lastRefused(account);
    const refusal = version === undefined ? undefined : account.verdicts[version];
    if (version === undefined || refusal === undefined || refusal.resend !== undefined) return undefined;
    return {
      verdicts: { ...account.verdicts, [version]: { ...refusal, resend: 'permitted' } },
      ...(version !== account.currentVersion && { stagedVersion: version }),
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

/** Ends the creation of an account, with the id that the secret store gave to the first version of the password. */
export const activated =
  (first: { version: string; dueAtMillis: EpochMillis }): Transition =>
  (account) =>
    account.phase === 'creating'
      ? {
          phase: 'active',
          dueAtMillis: first.dueAtMillis,
          currentVersion: first.version,
          typedVersion: first.version,
        }
      : undefined;

/** Marks an account for removal; no login begins after this. */
export const removing =
  (dueAtMillis: EpochMillis): Transition =>
  () => ({ phase: 'removing', dueAtMillis });
