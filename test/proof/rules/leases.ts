import { MINUTE, SECOND } from '../../../functions/core/base/time.ts';
import type { Row } from '../doors/accounts.ts';
import type { Process } from '../process.ts';
import { type AccountLog, isInFlight } from './log.ts';
import type { Watch } from './watch.ts';

interface Change {
  readonly before: Row;
  readonly after: Row;
  readonly process: Process;
  readonly log: AccountLog;
  readonly accountId: string;
}

/** The largest error of a clock that counts as right. */
const GOOD_CLOCK = 20 * SECOND;

/** A lease without a holder is over after three minutes; the rest is for back-off, lost messages and outages. */
const WAITED_AT_MOST = 45 * MINUTE;

export function checkLease(watch: Watch, change: Change): void {
  const { before, after, process, log, accountId } = change;
  if (after.leaseToken === before.leaseToken) {
    if (after.leaseUntilMillis === before.leaseUntilMillis) return;
    if (log.holder === process) process.notes.leaseUntil = after.leaseUntilMillis;
    else watch.saw(`4 lease of a clock ahead, its holder ${isAtWork(log) ? 'alive' : 'gone'}`);
    return;
  }
  if (before.leaseToken !== undefined && after.leaseToken === undefined && log.holder !== process)
    watch.violate('4 only the holder lets go', `p${process.id} freed the lease of p${log.holder?.id}`);
  if (before.leaseToken !== undefined && after.leaseToken !== undefined) checkTakeOver(watch, change);
  if (after.leaseToken === undefined) {
    delete log.holder;
    return;
  }
  log.holder = process;
  process.notes.leaseToken = after.leaseToken;
  process.notes.leased = accountId;
  process.notes.leaseUntil = after.leaseUntilMillis;
  process.notes.leaseWonAt = watch.now;
  if (after.phase !== 'active') watch.violate('13 no login while it goes', `a lease in phase ${after.phase}`);
}

const isAtWork = ({ holder }: AccountLog): boolean => holder?.alive === true && !holder.done;

function checkTakeOver(watch: Watch, { log, process }: Change): void {
  const { holder } = log;
  if (log.attempts.some((attempt) => isInFlight(attempt, watch.now)) && !watch.lenient) {
    watch.violate('4 take-over waits', `a login of p${holder?.id} is still under way`);
    if (Math.abs(process.skewMillis) < GOOD_CLOCK && isNobodyBehind(watch))
      watch.violate('4 a lease of a clock ahead is waited for', `p${process.id} does not wait`);
  }
  watch.saw('4 lease taken over');
  if (isAtWork(log)) watch.saw('4 lease taken over from the living');
}

/** A worker that is far behind takes every lease for a lease of a clock ahead. */
const isNobodyBehind = ({ world }: Watch): boolean =>
  world.schedule.actions.every((action) => action.kind !== 'jump' || action.off > -GOOD_CLOCK);

/** Checked every minute: no account waits for long for a lease whose holder is gone. */
export function checkWaiting(watch: Watch): void {
  for (const log of watch.logs.values()) {
    const row = watch.world.store.rows.get(log.accountId);
    const isAwaited = row?.phase === 'removing' || row?.fault?.reason === 'login-in-progress';
    if (row?.leaseToken === undefined || isAtWork(log) || !isAwaited || row.phase === 'paused')
      delete log.leaseAwaitedSince;
    else log.leaseAwaitedSince ??= watch.now;
    if (watch.now > (log.leaseAwaitedSince ?? watch.now) + WAITED_AT_MOST)
      watch.violate('4 a lease ends, whatever the clock', `${log.accountId} waits for p${log.holder?.id}`);
  }
}
