import type { Account, LastRun } from '../account/account.ts';
import type { SavedFacts } from '../account/store.ts';
import type { WorkMessage } from '../account/work-queue.ts';
import { StoreBusy } from '../base/store-busy.ts';
import { latestTrueTime, plus, SECOND, toMillis } from '../base/time.ts';
import { isStop, OwnStop } from '../faults/own-stop.ts';
import { emptyTally } from '../ingest/settle.ts';
import { drain, type Reached } from '../journal/drain.ts';
import { Unfinished } from '../journal/first-connect.ts';
import { readHead } from '../journal/head.ts';
import { firstStart } from '../journal/start.ts';
import { BEGINNING } from '../marketplace/positions.ts';
import { mendGap } from '../reconcile/gap.ts';
import { doChores } from './chores.ts';
import { type ConcludeDeps, conclude, type Findings, type Progress } from './conclude.ts';
import { isAbandoned, type RemoveDeps, removeAccount } from './remove.ts';
import { repairOrder } from './repair.ts';
import { openWork, type WorkDeps } from './work.ts';

/** Just above the time-out of the function, so that a killed worker's claim ends before its message returns. */
const CLAIM = 125 * SECOND;

export type RunDeps = WorkDeps & ConcludeDeps & Pick<RemoveDeps, 'sending' | 'identityOf'>;

export type RunOutcome = LastRun['outcome'] | 'removed' | 'gone' | 'busy' | 'stale' | 'unnamed';

/**
 * One piece of work for one account: claims it, synchronises (or removes) it, and says when it is due
 * again. Marketplace trouble is handled here; only trouble of our own stores is thrown.
 */
export async function runAccount(deps: RunDeps, message: WorkMessage): Promise<RunOutcome> {
  if (message.why === 'repair') {
    const { accountId, orderId, slotMillis: askedAtMillis } = message;
    return orderId === undefined ? 'failed' : await repairOrder(deps, { accountId, orderId, askedAtMillis });
  }
  const startedAtMillis = deps.clock();
  const claim = { token: deps.newId(), untilMillis: plus(startedAtMillis, CLAIM) };
  const { accountId, slotMillis } = message;
  const account = await deps.accounts.claim(accountId, {
    ...claim,
    slotMillis,
    nowMillis: startedAtMillis,
    latestMillis: latestTrueTime(startedAtMillis),
  });
  if (typeof account === 'string') return account;
  if (account.phase === 'removing' || isAbandoned(account, startedAtMillis)) {
    return await removeAccount(deps, { account, claimToken: claim.token });
  }
  const progress = await synchronise(deps, { account, claimToken: claim.token });
  await conclude(deps, { account, progress, claimToken: claim.token, slotMillis, startedAtMillis });
  return progress.outcome;
}

async function synchronise(deps: RunDeps, use: { account: Account; claimToken: string }): Promise<Progress> {
  if (use.account.phase !== 'active') return { outcome: 'stopped' };
  const found: Findings = { tally: emptyTally(), chores: [] };
  try {
    return { outcome: await bringIn(deps, { ...use, found }), found };
  } catch (error) {
    const { accountId } = use.account;
    if (isStop(error)) {
      deps.log.warn('run-stopped', {
        accountId,
        reason: error.reason,
        operation: error.operation,
        code: error.code,
      });
      return { outcome: error instanceof OwnStop ? 'stopped' : 'failed', found, fault: error };
    }
    deps.log.warn('run-failed', { accountId, error });
    if (error instanceof StoreBusy) return { outcome: 'interrupted', found };
    return { outcome: 'failed', found };
  }
}

/** Notes in `found` how far it has come, also when it throws. */
async function bringIn(
  deps: RunDeps,
  use: { account: Account; claimToken: string; found: Findings },
): Promise<'done' | 'interrupted'> {
  const { account, claimToken, found } = use;
  const { accountId } = account;
  const work = await openWork(deps, account);
  const save = async (facts: SavedFacts): Promise<void> => {
    const badOrders = work.book.size();
    const saved = await deps.accounts.saveCursor(accountId, {
      claimToken,
      ...facts,
      ...(badOrders !== undefined && { badOrders }),
    });
    if (!saved) throw new Error('the claim was lost');
  };
  let { cursor, leap } = account;
  if (cursor === undefined) {
    const start = await firstStart(work, account);
    if (start instanceof Unfinished) {
      found.chores.push({ outcome: 'interrupted', facts: { search: start.search }, moved: true });
      return 'interrupted';
    }
    found.chores.push({ outcome: 'done', facts: { search: undefined }, moved: true });
    ({ cursor = BEGINNING, leap } = start);
    await save({ ...start, connectedAtMillis: deps.clock() });
  }
  try {
    const gap = await mendGap(work, { account, cursor, tally: found.tally, save });
    if (gap !== undefined) {
      found.drained = { ...found.tally, cursor, outcome: 'interrupted', clean: false };
      found.chores.push(gap);
      return 'interrupted';
    }
    const headAfter = account.backlog && (await readHead(work, { ...account.backlog, cursor }, found.tally));
    const saveCursor = ({ cursor: to, atSeconds: at }: Reached) =>
      save({ cursor: to, ...(at !== undefined && { cursorEventAtMillis: toMillis(at) }) });
    found.drained = await drain({ ...work, saveCursor, leap }, cursor, found.tally);
    if (found.drained.outcome === 'interrupted') {
      found.backlog = headAfter === undefined ? {} : { headAfter };
      return 'interrupted';
    }
    const { cursor: reached, cursorEventAtSeconds: eventAt } = found.drained;
    const toldUntil = eventAt === undefined ? account.cursorEventAtMillis : toMillis(eventAt);
    const { tally, chores: done } = found;
    return await doChores(work, { account, cursor: reached, toldUntil, tally, save, done });
  } finally {
    const badOrders = work.book.size();
    if (badOrders !== undefined) found.badOrders = badOrders;
  }
}
