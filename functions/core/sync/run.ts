import type { Account, AccountFault, LastRun } from '../account.ts';
import { MarketplaceFault } from '../faults.ts';
import type { Marketplace } from '../marketplace.ts';
import type { AccountStore, Bus, Log, OrderStore, WorkMessage, WorkQueue } from '../ports.ts';
import { isOwnStop, nextFault } from '../session/faults.ts';
import { openSession, type SessionDeps } from '../session/session.ts';
import { type Connection, connectionOf } from '../session/state.ts';
import { type EpochMillis, plus, SECOND } from '../time.ts';
import { type Drained, drain } from './drain.ts';
import { dueAfter } from './due.ts';
import { newestEventId } from './first-connect.ts';
import { openFeed } from './land.ts';
import { isAbandoned, removeAccount } from './remove.ts';

/** Just above the time-out of the function, so that a killed worker's claim ends before its message returns. */
const CLAIM = 125 * SECOND;

export interface RunDeps extends Omit<SessionDeps, 'marketplace'> {
  readonly accounts: AccountStore;
  readonly orders: OrderStore;
  readonly queue: WorkQueue;
  readonly bus: Bus;
  readonly log: Log;
  /** Throws RangeError for a marketplace that is not configured (any more). */
  readonly marketplaceOf: (marketplaceId: string) => Marketplace;
  readonly syncEveryMillis: number;
  readonly outOfTime: () => boolean;
}

export type RunOutcome = LastRun['outcome'] | 'removed' | 'gone' | 'busy' | 'stale';

/**
 * One piece of work for one account: claims it, synchronises (or removes) it, and says when it is due
 * again. Marketplace trouble is handled here; only trouble of our own stores is thrown.
 */
export async function runAccount(deps: RunDeps, message: WorkMessage): Promise<RunOutcome> {
  const startedAtMillis = deps.clock();
  const claim = { token: deps.newId(), untilMillis: plus(startedAtMillis, CLAIM) };
  const { accountId, slotMillis } = message;
  const account = await deps.accounts.claim(accountId, { ...claim, slotMillis, nowMillis: startedAtMillis });
  if (typeof account === 'string') return account;
  if (account.phase === 'removing' || isAbandoned(account, startedAtMillis)) {
    return await removeAccount(deps, { account, claimToken: claim.token });
  }
  const progress = await synchronise(deps, { account, claimToken: claim.token });
  await conclude(deps, { account, progress, claimToken: claim.token, slotMillis, startedAtMillis });
  return progress.outcome;
}

interface Progress {
  readonly outcome: LastRun['outcome'];
  readonly drained?: Drained;
  readonly fault?: MarketplaceFault;
}

async function synchronise(deps: RunDeps, use: { account: Account; claimToken: string }): Promise<Progress> {
  if (use.account.phase !== 'active') return { outcome: 'stopped' };
  try {
    const drained = await connectAndDrain(deps, use);
    return { outcome: drained.outcome, drained };
  } catch (error) {
    const { accountId } = use.account;
    if (error instanceof MarketplaceFault) {
      deps.log.warn('run-stopped', {
        accountId,
        reason: error.reason,
        operation: error.operation,
        code: error.code,
      });
      return { outcome: isOwnStop(error) ? 'stopped' : 'failed', fault: error };
    }
    deps.log.warn('run-failed', { accountId, error });
    return { outcome: 'failed' };
  }
}

async function connectAndDrain(
  deps: RunDeps,
  use: { account: Account; claimToken: string },
): Promise<Drained> {
  const { account, claimToken } = use;
  const { accountId } = account;
  const marketplace = deps.marketplaceOf(account.marketplaceId);
  const session = await openSession({ ...deps, marketplace }, account);
  const saveCursor = async (cursor: string, connectedAtMillis?: EpochMillis): Promise<void> => {
    const first = connectedAtMillis === undefined ? {} : { connectedAtMillis };
    const saved = await deps.accounts.saveCursor(accountId, { claimToken, cursor, ...first });
    if (!saved) throw new Error('the claim was lost');
  };
  let cursor = account.cursor;
  if (cursor === undefined) {
    cursor = await newestEventId(marketplace, session);
    await saveCursor(cursor, deps.clock());
  }
  const feed = openFeed(deps.orders, accountId);
  return await drain({ ...deps, marketplace, session, accountId, feed, saveCursor }, cursor);
}

interface Conclusion {
  readonly account: Account;
  readonly progress: Progress;
  readonly claimToken: string;
  readonly slotMillis: EpochMillis;
  readonly startedAtMillis: EpochMillis;
}

async function conclude(deps: RunDeps, use: Conclusion): Promise<void> {
  const { account, progress } = use;
  const { accountId } = account;
  const now = deps.clock();
  const fault = faultAfter(account, { progress, now });
  const lastRun: LastRun = {
    startedAtMillis: use.startedAtMillis,
    finishedAtMillis: now,
    outcome: progress.outcome,
    events: progress.drained?.events ?? 0,
    ordersChanged: progress.drained?.ordersChanged ?? 0,
    ...(progress.fault !== undefined && { reason: progress.fault.reason }),
  };
  const after = await deps.accounts.finish(accountId, {
    claimToken: use.claimToken,
    slotMillis: use.slotMillis,
    lastRun,
    cursor: progress.drained?.cursor,
    fault,
    dueAtMillis: dueAfter({
      account,
      lastRun,
      fault,
      now,
      random: deps.random,
      syncEveryMillis: deps.syncEveryMillis,
    }),
  });
  if (after === undefined) return deps.log.warn('claim-lost', { accountId });
  await announce(deps, { accountId, before: connectionOf(account), after: connectionOf(after) });
  if (progress.outcome === 'interrupted')
    await deps.queue.send({ accountId, slotMillis: now, why: 'follow-on' });
}

/** A finished run clears the trouble; trouble of our own leaves it as it was. */
function faultAfter(
  account: Account,
  use: { progress: Progress; now: EpochMillis },
): AccountFault | undefined {
  const { fault, drained } = use.progress;
  if (fault !== undefined) return nextFault(account, fault, use.now);
  return drained === undefined ? account.fault : undefined;
}

async function announce(
  deps: RunDeps,
  use: { accountId: string; before: Connection; after: Connection },
): Promise<void> {
  if (use.before.state === use.after.state) return;
  const { state, reason, message, sinceMillis } = use.after;
  deps.log.info('connection-changed', {
    accountId: use.accountId,
    from: use.before.state,
    to: state,
    reason,
  });
  await deps.bus.publish({
    type: 'account.connection-changed',
    detail: { accountId: use.accountId, from: use.before.state, state, reason, sinceMillis, message },
  });
}
