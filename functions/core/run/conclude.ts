import type { Account, AccountFault } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import { connectionOf, hasUntriedStagedVersion, isLocked } from '../account/connection.ts';
import { nextFault } from '../account/fault.ts';
import type { SyncChanges } from '../account/store.ts';
import type { LastRun } from '../account/sync-facts.ts';
import type { Transition } from '../account/transitions.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import type { Log } from '../base/log.ts';
import { type EpochMillis, toMillis } from '../base/time.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import { OwnStop, type Stop } from '../faults/own-stop.ts';
import type { TaskFacts } from '../ingest/periodic-task.ts';
import { emptyTally, type Tally } from '../ingest/process-orders.ts';
import type { Drained } from '../journal/drain.ts';
import type { Claimed } from './claimed.ts';
import { dueAfter } from './due.ts';
import { hoursAfter } from './hours.ts';
import type { PollInterval } from './poll-interval.ts';

/** Number of interrupted runs in a row without progress that raises an alarm. */
const FRUITLESS_RUNS = 3;

export interface ConcludeDeps extends AmendDeps {
  readonly queue: WorkQueue;
  readonly log: Log;
  readonly pollInterval: PollInterval;
  readonly random: () => number;
}

/** Results of a run, however it ended. */
export interface Findings {
  readonly tally: Tally;
  readonly drained?: Drained;
  /** Set if the journal was not read to its end. */
  readonly backlog?: NonNullable<Account['backlog']>;
  /** Facts of first connect, gap and periodic tasks, and whether one of them made progress. */
  readonly facts: TaskFacts;
  readonly moved: boolean;
  readonly failedOrders?: number;
}

/** The results of a run that ended before its first step. */
export const nothingFound = (): Findings => ({ tally: emptyTally(), facts: {}, moved: false });

export interface Progress {
  readonly outcome: LastRun['outcome'];
  readonly found?: Findings;
  readonly fault?: Stop;
}

export interface Conclusion {
  readonly claimed: Pick<Claimed, 'account' | 'current' | 'token' | 'ending'>;
  readonly progress: Progress;
  readonly slotMillis: EpochMillis;
  readonly startedAtMillis: EpochMillis;
}

type Concluding = Conclusion & { readonly account: Account; readonly now: EpochMillis };

/** Writes the results of a run, ends its claim and plans the next run. */
export async function conclude(deps: ConcludeDeps, conclusion: Conclusion): Promise<void> {
  const { account } = conclusion.claimed;
  const { accountId } = account;
  const now = deps.clock();
  const after = await amend(deps, accountId, {
    to: concluded(deps, { ...conclusion, account, now }),
    // Saves a reading, because mostly nobody else has written since.
    from: conclusion.claimed.current,
  });
  if (after === undefined) return deps.log.warn('claim-lost', { accountId });
  const [was, is] = [connectionOf(account), connectionOf(after)];
  if (was.state !== is.state) {
    deps.log.info('connection-changed', { accountId, from: was.state, to: is.state, reason: is.reason });
  }
  tellOfEvents(deps, { ...conclusion, account, now });
  if (conclusion.progress.outcome !== 'interrupted') return;
  if (after.fault === undefined) await deps.queue.send({ accountId, slotMillis: now, why: 'follow-on' });
  else deps.log.warn('sync-stalled', { accountId, runs: after.fruitlessRuns });
}

/** Tells what a run has read, and how old its last event was: the time that orders take from the marketplace to here. */
function tellOfEvents({ log }: ConcludeDeps, { account, progress, now }: Concluding): void {
  const { tally, drained } = progress.found ?? {};
  if (tally === undefined || tally.events === 0) return;
  const eventAt = drained?.cursorEventAtSeconds;
  const lagMillis = eventAt === undefined ? undefined : Math.max(0, now - toMillis(eventAt));
  const { events, ordersChanged } = tally;
  log.info('events-read', { accountId: account.accountId, events, orders: ordersChanged, lagMillis });
}

const concluded =
  (deps: ConcludeDeps, concluding: Concluding): Transition =>
  (account) => {
    if (account.claimToken !== concluding.claimed.token) return undefined;
    const { now } = concluding;
    const met = concluding.progress.fault ?? stall(concluding);
    const lastRun = lastRunOf(concluding, met);
    const ended = {
      ...concluding.claimed.ending,
      lastSlotMillis: concluding.slotMillis,
      lastRun,
      ...progressFacts(account, concluding),
    };
    // A removal that began meanwhile has set its own due time.
    if (account.phase === 'removing') return ended;
    // A person's action during the run is newer than the run's trouble.
    if (personActed(account, concluding)) return { ...ended, fault: undefined, dueAtMillis: now };
    // The lock was written where the captcha was met. If it is gone, a success or an unlock came since.
    const isOver = met?.reason === 'account-locked' && !isLocked(account);
    const fault = isOver ? undefined : faultAfter(account, { ...concluding, met });
    const againAtMillis = met instanceof OwnStop ? met.againAtMillis : undefined;
    const { random, pollInterval } = deps;
    const dueAtMillis = dueAfter({
      account: { ...account, ...ended },
      lastRun,
      fault,
      againAtMillis,
      now,
      random,
      pollInterval,
    });
    // A check was asked for during this run.
    const askedAgain =
      fault === undefined && account.checkAskedAtMillis !== concluding.account.checkAskedAtMillis;
    return { ...ended, fault, dueAtMillis: askedAgain ? now : dueAtMillis };
  };

function lastRunOf({ progress, startedAtMillis, now }: Concluding, met: Stop | undefined): LastRun {
  const { events = 0, ordersChanged = 0, flagged = 0, flags, late = 0 } = progress.found?.tally ?? {};
  return {
    startedAtMillis,
    finishedAtMillis: now,
    outcome: progress.outcome,
    events,
    ordersChanged,
    ...(flagged > 0 && { flagged, ...(flags !== undefined && { flags }) }),
    ...(late > 0 && { late }),
    ...(met !== undefined && { reason: met.reason }),
  };
}

/** The facts about the journal that the run adds to the account. */
function progressFacts(account: Account, concluding: Concluding): SyncChanges {
  const { now, progress } = concluding;
  const { drained, tally, backlog, facts, failedOrders } = progress.found ?? {};
  const { goodSaleId } = tally ?? {};
  const eventAt = drained?.cursorEventAtSeconds;
  const openSince = drained?.openSinceSeconds;
  const clean = drained?.clean === true && drained.outcome === 'done';
  const cursor = drained?.cursor ?? account.cursor;
  return {
    ...(drained !== undefined && {
      cursor: drained.cursor,
      backlog,
      leap: drained.leap,
      openEventAtMillis: openSince === undefined ? undefined : toMillis(openSince),
    }),
    ...(eventAt !== undefined && { cursorEventAtMillis: toMillis(eventAt) }),
    ...(clean && { lastSuccessAtMillis: now }),
    ...(goodSaleId !== undefined && { goodSaleId }),
    ...(failedOrders !== undefined && { failedOrders }),
    ...(tally !== undefined &&
      cursor !== undefined && { hours: hoursAfter(account.hours, { ...tally, cursor, now }) }),
    ...facts,
    // Puts an account into the index of accounts whose buyers' data grow old, before its first order is.
    ...(account.retentionSinceMillis === undefined && { retentionSinceMillis: account.createdAtMillis }),
    fruitlessRuns: fruitlessRuns(concluding),
  };
}

/** Number of interrupted runs in a row that moved neither the cursor nor another step. */
function fruitlessRuns({ claimed, progress }: Concluding): number | undefined {
  if (progress.outcome !== 'interrupted') return undefined;
  const { account, current } = claimed;
  const { drained, moved = false } = progress.found ?? {};
  const hasDrained = (drained ?? current).cursor !== account.cursor;
  return moved || hasDrained ? undefined : (account.fruitlessRuns ?? 0) + 1;
}

const stall = (concluding: Concluding): MarketplaceFault | undefined =>
  (fruitlessRuns(concluding) ?? 0) < FRUITLESS_RUNS
    ? undefined
    : new MarketplaceFault({ reason: 'sync-stalled', outcome: 'not-sent', operation: 'sync' });

/** Whether a password was typed, or an unlock reported, after this run had claimed the account. */
const personActed = (account: Account, { account: claimed }: Concluding): boolean =>
  (hasUntriedStagedVersion(account) && account.stagedVersion !== claimed.stagedVersion) ||
  account.unlockedAtMillis !== claimed.unlockedAtMillis;

/** The trouble after a run: a finished run clears it, and trouble of our own stores leaves it unchanged. */
function faultAfter(
  now: Account,
  concluding: Concluding & { met: Stop | undefined },
): AccountFault | undefined {
  const { account, met, progress } = concluding;
  const drained = progress.found?.drained !== undefined;
  if (met === undefined) return drained ? undefined : account.fault;
  const hasWorked = drained || now.cursor !== account.cursor;
  const before = hasWorked && account.fault ? { ...account.fault, unexplained: undefined } : account.fault;
  return nextFault({ ...account, fault: before }, met, concluding.now);
}
