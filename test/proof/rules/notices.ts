import { connectionOf, needsPerson } from '../../../functions/core/account/connection.ts';
import { SECOND } from '../../../functions/core/base/time.ts';
import { meaningOf } from '../../../functions/core/faults/fault.ts';
import type { AccountLog } from './log.ts';
import type { Watch, Write } from './watch.ts';

/** A tick a minute, the difference of clocks, the delay of an index, and the calls themselves. */
const TOLD_WITHIN = 150 * SECOND;

/** Checks that a change into a state that needs a person carries a notice. */
export function checkWrite(watch: Watch, { before, after, log }: Write & { log: AccountLog }): void {
  if (after === undefined || after.phase === 'removing') {
    delete log.untold;
    return;
  }
  if (before === undefined) return;
  const was = connectionOf(before);
  const is = connectionOf(after);
  const { reason } = is;
  const { lastNotice } = after;
  const knows =
    lastNotice?.kind === 'needs-person' && lastNotice.state === is.state && lastNotice.reason === reason;
  const heard = log.toldState?.state === is.state && log.toldState.reason === reason;
  if (knows && heard) delete log.untold;
  if (was.state === is.state && was.reason === is.reason) return;
  if (!needsPerson(is.state) || reason === undefined || meaningOf(reason).scope !== 'account') {
    delete log.untold;
    return;
  }
  if (knows) {
    delete log.untold;
    return;
  }
  if (
    after.pendingNotice?.state !== is.state ||
    after.pendingNotice.reason !== reason ||
    after.notifyAtMillis === undefined
  )
    watch.violate(
      'notify: in the same write',
      `${after.accountId} became ${is.state} and nobody will be told`,
    );
  log.untold = { since: watch.now, state: is.state, reason };
}

export function published(
  watch: Watch,
  event: { type: string; detail: Readonly<Record<string, unknown>> },
): void {
  const { accountId, state, reason } = event.detail as { accountId?: string; state: string; reason?: string };
  watch.world.trace(
    undefined,
    () => `people hear: ${event.type} ${accountId ?? ''} ${state} ${reason ?? ''}`,
  );
  const log = accountId === undefined ? undefined : watch.logs.get(accountId);
  if (log === undefined) return;
  watch.saw('notify: somebody is told');
  log.toldState = { state, reason };
  if (log.untold?.state === state && log.untold.reason === reason) delete log.untold;
}

/**
 * Checks, every minute, that notices are not late. Not checked while ticks are cut off or stores are down;
 * the end of the schedule counts then.
 */
export function checkDelay(watch: Watch): void {
  const { actions, faults, lasts } = watch.world.schedule;
  const disturbed =
    faults.some(({ account }) => account === -1) || actions.some(({ kind }) => kind === 'outage');
  if (disturbed || lasts === 0) return;
  for (const { untold, accountId } of watch.logs.values()) {
    if (untold !== undefined && watch.now > untold.since + TOLD_WITHIN)
      watch.violate('notify: within about a minute', `${accountId} has been ${untold.state} in silence`);
  }
}
