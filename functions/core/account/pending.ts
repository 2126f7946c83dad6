import type { BilingualText } from '../base/text.ts';
import { type EpochMillis, toIso } from '../base/time.ts';
import { type FaultReason, meaningOf } from '../faults/fault.ts';
import type { SharedTrouble } from '../faults/shared-trouble.ts';
import type { Account } from './account.ts';
import { connectionOf, hasUntriedStagedVersion, needsPerson } from './connection.ts';
import { mayAttempt } from './guard.ts';

/** The reason why a typed password is not tried yet, and the end of the wait. */
export interface PendingPassword {
  readonly message: BilingualText;
  /** Absent if the next run can try the password. */
  readonly reason?: FaultReason;
  /** Earliest time of the try; absent if only a person can help, or if the next run tries. */
  readonly untilMillis?: EpochMillis;
}

const NEXT_RUN: BilingualText = {
  pl: 'Nowe hasło aplikacji zostanie sprawdzone przy najbliższej synchronizacji. Nic nie trzeba robić.',
  en: 'The new application password is tried with the next run. Nothing needs to be done.',
};

const PAUSED: BilingualText = {
  pl: 'Nowe hasło aplikacji zostanie sprawdzone po wznowieniu konta.',
  en: 'The new application password is tried once the account is resumed.',
};

/** The typed password that waits to be tried, as shown to people; undefined if there is none. */
export function pendingPassword(
  account: Account,
  { now, shared }: { now: EpochMillis; shared?: Pick<SharedTrouble, 'reason'> | undefined },
): PendingPassword | undefined {
  const version = untriedVersion(account);
  if (version === undefined) return undefined;
  if (account.phase === 'paused') return { message: PAUSED };
  const permission = mayAttempt(account, { version, now });
  if (!permission.allowed) return waiting(permission.reason, permission.againAtMillis);
  if (shared !== undefined) return waiting(shared.reason, undefined);
  // Trouble that only a person can end keeps every login waiting, of a typed password too.
  const { state, reason } = connectionOf(account);
  return reason !== undefined && needsPerson(state) ? waiting(reason, undefined) : { message: NEXT_RUN };
}

function untriedVersion(account: Account): string | undefined {
  if (hasUntriedStagedVersion(account)) return account.stagedVersion;
  const { typedVersion } = account;
  return typedVersion === undefined || account.verdicts[typedVersion] !== undefined
    ? undefined
    : typedVersion;
}

function waiting(reason: FaultReason, untilMillis: EpochMillis | undefined): PendingPassword {
  const { message } = meaningOf(reason);
  if (untilMillis === undefined) {
    return {
      reason,
      message: {
        pl: `Nowe hasło aplikacji czeka na sprawdzenie. ${message.pl}`,
        en: `The new application password waits to be tried. ${message.en}`,
      },
    };
  }
  const until = toIso(untilMillis);
  return {
    reason,
    untilMillis,
    message: {
      pl: `Nowe hasło aplikacji czeka i zostanie sprawdzone po ${until}. ${message.pl}`,
      en: `The new application password waits and is tried after ${until}. ${message.en}`,
    },
  };
}
