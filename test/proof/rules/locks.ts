import { isLocked } from '../../../functions/core/account/connection.ts';
import type { Watch } from './watch.ts';
import type { Both } from './writes.ts';

/**
 * Checks that a process which heard of a captcha locks the account with its next write, unless a newer event
 * has ended the lock.
 */
export function checkLock(watch: Watch, { after, log, process, accountId }: Both): void {
  const { heardLock } = process.notes;
  if (heardLock?.accountId !== accountId || process.notes.brokenStore) return;
  process.notes.heardLock = undefined;
  if (Math.max(log.succeededAt, log.unlockedAt) > heardLock.sentAt) return;
  if (!isLocked(after))
    watch.violate('7 a captcha locks', `${accountId} is open after p${process.id} heard it`);
  log.lockHeardAt = watch.now;
}

/** Checks that no lock forbids a login that is about to leave. */
export function checkMayBegin(watch: Watch, { change, version }: { change: Both; version: string }): void {
  const { log, accountId } = change;
  if (log.lockHeardAt !== undefined) watch.violate('7 no login while locked', accountId);
  const typedAt = log.typed.get(version);
  const isStaged = change.before.stagedVersion === version;
  if (isStaged && typedAt !== undefined && typedAt <= log.unlockedAt)
    watch.violate('7 an unlock drops what was typed', `${version} is tried`);
  if (log.typedOnlySince !== undefined && (typedAt ?? 0) <= log.typedOnlySince)
    watch.violate('7 nothing by itself after an unlock', `${version} is tried`);
}

/** Checks that an unlock asked for after a captcha was heard is not answered with "not locked". */
export function unlockAnswered(
  watch: Watch,
  { accountId, askedAt, answer }: { accountId: string; askedAt: number; answer: string },
): void {
  const log = watch.logs.get(accountId);
  const { lockHeardAt, restored } = log ?? {};
  if (lockHeardAt === undefined || restored === true || lockHeardAt >= askedAt) return;
  if (answer === 'answered wrong-state')
    watch.violate('7 an unlock unlocks', `${accountId} is locked and cannot be unlocked`);
}
