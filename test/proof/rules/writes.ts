import { connectionOf, isLocked } from '../../../functions/core/account/connection.ts';
import { DAY, SECOND } from '../../../functions/core/base/time.ts';
import type { Row } from '../doors/accounts.ts';
import type { Process } from '../process.ts';
import { checkLease } from './leases.ts';
import { checkLock, checkMayBegin } from './locks.ts';
import { type AccountLog, clear, clearBefore } from './log.ts';
import { PROVE_INNOCENCE } from './logins.ts';
import { checkVerdicts } from './verdicts.ts';
import type { Watch, Write } from './watch.ts';

export interface Change extends Write {
  readonly process: Process;
  readonly log: AccountLog;
}

/** A change of an existing account that stays: neither its creation nor its end. */
export interface Both extends Change {
  readonly before: Row;
  readonly after: Row;
}

/** Checks every write of an account item before any other process sees it. */
export function checkWrite(watch: Watch, change: Change): void {
  const { before, after, log } = change;
  if (before === undefined && log.removed)
    watch.violate('13 removed for good', `${change.accountId} is back`);
  if (after === undefined) {
    log.removed = true;
    checkRemoved(watch, change);
    return;
  }
  if (before === undefined && after.phase !== 'creating')
    watch.violate('13 active once its secret is stored', `${change.accountId} begins as ${after.phase}`);
  if (before === undefined) return;
  const both = { ...change, before, after };
  checkPhase(watch, both);
  checkLease(watch, both);
  checkUnlock(watch, both);
  checkSuccess(watch, both);
  checkLock(watch, both);
  checkVerdicts(watch, both);
  checkBegin(watch, both);
  checkCounter(watch, both);
  checkConclusion(watch, both);
}

/** Checks that nothing is left when the row goes, because no process would clear it away later. */
function checkRemoved(watch: Watch, { accountId }: Change): void {
  const { sessions, vaults } = watch.world.store;
  const handle = sessions.get(accountId)?.handle.reveal();
  // A process that has just stored the handle looks for the row next, and is checked at its end.
  const isWatched = watch.world.processes.some(
    ({ alive, done, notes }) => alive && !done && notes.stored?.handle === handle,
  );
  if (handle !== undefined && !isWatched)
    watch.violate('13 removed for good', `${accountId} leaves a handle`);
  if (vaults.has(accountId)) watch.violate('13 removed for good', `${accountId} leaves its secret`);
}

function checkPhase(watch: Watch, { before, after, accountId }: Both): void {
  if (before.phase === 'creating' && after.phase === 'active' && !watch.world.store.vaults.has(accountId))
    watch.violate('13 active once its secret is stored', accountId);
  if (before.phase === 'removing' && after.phase !== 'removing')
    watch.violate('13 removed for good', `${accountId} is ${after.phase} again`);
  if (before.phase !== 'removing' && after.phase === 'removing' && before.leaseToken !== undefined)
    watch.saw('13 removed while somebody logs in');
}

function checkUnlock(watch: Watch, { before, after, log, process, accountId }: Both): void {
  const state = connectionOf(after).state;
  if (after.unlockedAtMillis !== before.unlockedAtMillis) {
    const { state: was } = connectionOf({ ...before, phase: 'active' });
    if (was !== 'locked') watch.violate('7 unlock only what is locked', `${accountId} was ${was}`);
    const seller = watch.world.sellerOf(log.login);
    if (seller.websiteLoginAt < (log.lockedSince ?? 0)) {
      watch.lies.add(seller.index);
      watch.saw('7 unlock without a website login');
    } else watch.saw('7 honest unlock');
    if (state === 'locked') watch.violate('7 an unlock unlocks', `${accountId} is still locked`);
    log.unlocks = [...log.unlocks.filter((at) => at > watch.now - DAY + 60 * SECOND), watch.now];
    if (log.unlocks.length > 3)
      watch.violate('7 three unlocks a day', `${accountId} had ${log.unlocks.length}`);
    log.unlockedAt = watch.now;
    log.unlockClickedAt = process.startedAt;
    log.typedOnlySince = isLocked(before) ? undefined : watch.now;
    log.lockHeardAt = undefined;
    clear(log, watch.now);
  }
  if (state === 'locked') log.lockedSince ??= watch.now;
  else delete log.lockedSince;
}

function checkSuccess(watch: Watch, { before, after, log, process, accountId }: Both): void {
  const { currentVersion, stagedVersion } = after;
  if (stagedVersion !== undefined && !log.typed.has(stagedVersion)) log.typed.set(stagedVersion, watch.now);

  const unproven = after.verdicts[currentVersion]?.outcome !== 'accepted';
  if (currentVersion !== before.currentVersion && unproven && log.typed.has(currentVersion))
    watch.violate('12 proven before it is current', `${accountId} moved to ${currentVersion}`);
  if (after.lastLoginAtMillis === before.lastLoginAtMillis) return;
  // Facts of the seller's earlier account are true whoever writes them; a login of one's own needs the lease.
  const isInherited = after.inherited !== before.inherited;
  if (!isInherited && (before.leaseToken === undefined || before.leaseToken !== process.notes.leaseToken))
    watch.violate('4 results only under the lease', `p${process.id} recorded a login of ${accountId}`);
  if (!isInherited && process.notes.leaseToken !== undefined)
    process.notes.savedUnder = process.notes.leaseToken;
  if (isInherited) {
    clearBefore(log, Math.min(after.lastLoginAtMillis ?? 0, watch.now));
    return;
  }
  log.succeededAt = watch.now;
  log.lockHeardAt = undefined;
  log.typedOnlySince = undefined;
  clear(log, watch.now);
}

function checkCounter(watch: Watch, { before, after, log, process, accountId }: Both): void {
  const fell = before.possibleFailures - after.possibleFailures;
  const reset = log.succeededAt === watch.now || log.unlockedAt === watch.now;
  const { begun, opened } = process.notes;
  // The seller's memory is taken over once the seller is known, by this write or by the one that follows.
  const follows =
    before.userId === undefined && after.userId !== undefined && after.inherited === before.inherited;
  const has = ({ unclearAttempts = [] }: Row) =>
    unclearAttempts.some(({ id }) => id === begun || id === opened?.attemptId);
  const takenBack = fell === 1 && has(before) && !has(after);
  if (fell > 0 && !reset && !takenBack && fell > provenInLog(watch, { before, after, accountId }))
    watch.violate('8 counters have no lifetime', `${accountId} forgot ${fell} possible failure(s)`);
  if (!watch.lenient && !log.restored && !follows && after.possibleFailures < log.suspects.size)
    watch.violate(
      '2 every possible failure is counted',
      `${accountId} counts ${after.possibleFailures} of ${log.suspects.size}`,
    );
}

/**
 * Number of attempts that count no more because the login log, read after a restore, shows that they did not
 * fail.
 */
function provenInLog(
  watch: Watch,
  { before, after, accountId }: Pick<Both, 'before' | 'after' | 'accountId'>,
) {
  const entries = watch.world.store.ledger.get(accountId);
  const left = new Set((after.unclearAttempts ?? []).map(({ id }) => id));
  return (before.unclearAttempts ?? []).filter(({ id }) => {
    const outcome = entries?.get(id)?.outcome;
    return !left.has(id) && outcome !== undefined && PROVE_INNOCENCE.has(outcome);
  }).length;
}

/** Checks the last moment before a login may leave. */
function checkBegin(watch: Watch, { before, after, process, log, accountId }: Both): void {
  // An earlier account sent the attempts that were taken over.
  if (after.inherited !== before.inherited) return;
  const openAttempt = after.unclearAttempts?.at(-1);
  if (openAttempt === undefined || openAttempt.id !== process.notes.opened?.attemptId) return;
  if (before.unclearAttempts?.some(({ id }) => id === openAttempt.id)) return;
  // A restored row knows nothing of a login under way; the note of its end is no beginning.
  if (process.notes.begun === openAttempt.id) return;
  process.notes.begun = openAttempt.id;
  log.restored = false;
  process.notes.begunAt = watch.now;
  process.notes.inUse = before.verdicts[before.currentVersion];
  process.notes.staged = openAttempt.version === before.stagedVersion;
  const typed = openAttempt.version === before.stagedVersion || openAttempt.version === before.typedVersion;
  const resend = before.verdicts[openAttempt.version]?.resend === 'permitted';
  process.notes.asked = resend || typed || before.permit === true;
  process.notes.permitted = before.permit === true;
  if (before.phase !== 'active')
    watch.violate('13 no login while it goes', `${accountId} is ${before.phase}`);
  checkMayBegin(watch, { change: { before, after, process, log, accountId }, version: openAttempt.version });
  const value = watch.world.store.vaults.get(accountId)?.versions.get(openAttempt.version);
  if (resend) watch.saw('9 refused version sent once more');
  if (resend && log.resent.has(openAttempt.version))
    watch.violate('6 a refusal is for ever', `${openAttempt.version} is sent a third time`);
  if (resend && log.firstAcceptedAt > (log.refusedAt.get(openAttempt.version) ?? watch.now))
    watch.violate('6 a refusal is for ever', `${openAttempt.version} is older than the password in use`);
  if (resend && value !== undefined && log.resentPasswords.has(value) && !log.restored)
    watch.violate('6 a refusal is for ever', `the password of ${openAttempt.version} is sent a third time`);
  if (resend && value !== undefined) log.resentPasswords.add(value);
  if (resend) log.resent.add(openAttempt.version);
  if (!resend && before.verdicts[openAttempt.version]?.outcome === 'refused')
    watch.violate('6 a refusal is for ever', `${openAttempt.version} is tried again`);
  if (before.promoteVersion !== undefined)
    watch.violate('12 promotion before any login', `${before.promoteVersion} is not promoted yet`);
  if (!resend && value !== undefined && log.refusedPasswords.has(value))
    watch.violate('2 a refused password is not tried', `${openAttempt.version} is one`);
  if (process.notes.permitted) watch.saw('7 permit used');
}

/** Checks at the end of a run that no timer tries an unknown fault again. */
function checkConclusion(watch: Watch, { before, after, accountId }: Both): void {
  if (after.lastRun === before.lastRun || after.fault?.reason !== 'unknown-fault') return;
  if (after.lastRun?.reason === 'unknown-fault' && after.dueAtMillis !== undefined)
    watch.violate('9 an unknown fault waits for a person', accountId);
}
