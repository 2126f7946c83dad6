import type { EpochMillis } from '../base/time.ts';
import { meaningOf } from '../faults/fault.ts';
import type { Account, AccountChanges, Notice } from './account.ts';
import { connectionOf, needsPerson } from './connection.ts';

/**
 * The notice of a change, to be written together with it: a person is needed, or all is well again after
 * people were told of trouble. Trouble of a key or an address is told once for all accounts, not here.
 */
export function noticeOf(
  { before, after }: { before: Account; after: Account },
  now: EpochMillis,
): AccountChanges {
  if (after.phase === 'removing') return before.notifyAtMillis === undefined ? {} : SILENCE;
  const was = connectionOf(before);
  const is = connectionOf(after);
  if (was.state === is.state && was.reason === is.reason) return {};
  return noticeFor(after, { ...before, now });
}

/** The notice that people need who know `lastNotice`, for the account as it stands now. */
export function noticeFor(
  account: Account,
  { lastNotice, pendingNotice, now }: Pick<Account, 'lastNotice' | 'pendingNotice'> & { now: EpochMillis },
): AccountChanges {
  const is = connectionOf(account);
  const notice = {
    state: is.state,
    ...(is.reason !== undefined && { reason: is.reason }),
    sinceMillis: is.sinceMillis ?? now,
  };
  if (needsPerson(is.state) && is.reason !== undefined && meaningOf(is.reason).scope === 'account') {
    if (sameNotice(lastNotice, notice)) return { pendingNotice: undefined };
    return { pendingNotice: { kind: 'needs-person', ...notice }, notifyAtMillis: now };
  }
  if (is.state !== 'connected') return {};
  // Only people who were told of the trouble are told of its end.
  if (lastNotice?.kind === 'needs-person')
    return { pendingNotice: { kind: 'recovered', ...notice }, notifyAtMillis: now };
  return pendingNotice === undefined ? {} : SILENCE;
}

const SILENCE: AccountChanges = {
  pendingNotice: undefined,
  lastNotice: undefined,
  notifyAtMillis: undefined,
};

const sameNotice = (lastNotice: Notice | undefined, news: { state: string; reason?: string }): boolean =>
  lastNotice?.kind === 'needs-person' && lastNotice.state === news.state && lastNotice.reason === news.reason;
