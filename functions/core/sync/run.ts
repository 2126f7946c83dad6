import type { Account, AccountFault, LastRun } from '../account.ts';
import { MarketplaceFault } from '../faults.ts';
import type { Marketplace } from '../marketplace.ts';
import type { Log, OrderStore, WorkMessage, WorkQueue } from '../ports.ts';
import { amend } from '../session/amend.ts';
import { nextFault, OwnStop } from '../session/faults.ts';
import { openSession, type SessionDeps } from '../session/session.ts';
import { connectionOf, hasUntriedStagedVersion } from '../session/state.ts';
import type { Transition } from '../session/transitions.ts';
import { type EpochMillis, plus, SECOND } from '../time.ts';
import { type Drained, drain } from './drain.ts';
import { dueAfter } from './due.ts';
import { newestEventId } from './first-connect.ts';
import { openFeed } from './land.ts';
import { isAbandoned, removeAccount } from './remove.ts';

/** Just above the time-out of the function, so that a killed worker's claim ends before its message returns. */
const CLAIM = 125 * SECOND;

export interface RunDeps extends Omit<SessionDeps, 'marketplace'> {
  readonly orders: OrderStore;
  readonly queue: WorkQueue;
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
      return { outcome: error instanceof OwnStop ? 'stopped' : 'failed', fault: error };
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
  /** As it was claimed. */
  readonly account: Account;
  readonly progress: Progress;
  readonly claimToken: string;
  readonly slotMillis: EpochMillis;
  readonly startedAtMillis: EpochMillis;
}

async function conclude(deps: RunDeps, use: Conclusion): Promise<void> {
  const { progress } = use;
  const { accountId } = use.account;
  const now = deps.clock();
  const after = await amend(deps, accountId, {
    to: concluded(deps, { ...use, now }),
    // As it was claimed: mostly nobody has written since, and the reading is saved.
    from: use.account,
  });
  if (after === undefined) return deps.log.warn('claim-lost', { accountId });
  const [was, is] = [connectionOf(use.account), connectionOf(after)];
  if (was.state !== is.state) {
    deps.log.info('connection-changed', { accountId, from: was.state, to: is.state, reason: is.reason });
  }
  if (progress.outcome === 'interrupted')
    await deps.queue.send({ accountId, slotMillis: now, why: 'follow-on' });
}

const concluded =
  (deps: RunDeps, use: Conclusion & { now: EpochMillis }): Transition =>
  (account) => {
    if (account.claimToken !== use.claimToken) return undefined;
    const { progress, now } = use;
    const { fault: met, drained } = progress;
    const lastRun: LastRun = {
      startedAtMillis: use.startedAtMillis,
      finishedAtMillis: now,
      outcome: progress.outcome,
      events: drained?.events ?? 0,
      ordersChanged: drained?.ordersChanged ?? 0,
      ...(met !== undefined && { reason: met.reason }),
    };
    const ended = {
      claimToken: undefined,
      claimUntilMillis: undefined,
      lastSlotMillis: use.slotMillis,
      lastRun,
      ...(drained !== undefined && { cursor: drained.cursor }),
    };
    // A removal that began meanwhile has set its own due time.
    if (account.phase === 'removing') return ended;
    // What a person did meanwhile is newer than what this run met.
    if (personActed(account, use)) return { ...ended, fault: undefined, dueAtMillis: now };
    const fault = faultAfter(use);
    const againAtMillis = met instanceof OwnStop ? met.againAtMillis : undefined;
    const { random, syncEveryMillis } = deps;
    const dueAtMillis = dueAfter({ account, lastRun, fault, againAtMillis, now, random, syncEveryMillis });
    const lock = met?.reason === 'account-locked' && !(met instanceof OwnStop) && { lockedAtMillis: now };
    return { ...ended, ...lock, fault, dueAtMillis };
  };

/** A password was typed, or an unlock reported, after this run had claimed the account. */
const personActed = (account: Account, { account: claimed, startedAtMillis }: Conclusion): boolean =>
  (hasUntriedStagedVersion(account) && account.stagedVersion !== claimed.stagedVersion) ||
  (account.unlockedAtMillis ?? 0) >= startedAtMillis;

/** A finished run clears the trouble; trouble of our own leaves it as it was. */
function faultAfter({ account, progress, now }: Conclusion & { now: EpochMillis }): AccountFault | undefined {
  const { fault, drained } = progress;
  if (fault !== undefined) return nextFault(account, fault, now);
  return drained === undefined ? account.fault : undefined;
}
