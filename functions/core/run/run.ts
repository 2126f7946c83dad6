import type { Account, LastRun } from '../account/account.ts';
import type { WorkMessage } from '../account/work-queue.ts';
import { StoreBusy } from '../base/store-busy.ts';
import { latestTrueTime, plus, SECOND } from '../base/time.ts';
import { isStop, OwnStop } from '../faults/own-stop.ts';
import { type ConcludeDeps, conclude, nothingFound, type Progress } from './conclude.ts';
import { Run, type Step } from './one-run.ts';
import { isAbandoned, type RemoveDeps, removeAccount } from './remove.ts';
import { repairOrder } from './repair.ts';
import { STEPS } from './steps.ts';
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
  let run: Run | undefined;
  try {
    run = new Run({ accounts: deps.accounts, work: await openWork(deps, use.account) }, use);
    const outcome = await takeSteps(run);
    return { outcome, found: run.findings };
  } catch (error) {
    return {
      ...endedBy(deps, { error, accountId: use.account.accountId }),
      found: run?.findings ?? nothingFound(),
    };
  }
}

async function takeSteps(run: Run): ReturnType<Step> {
  for (const step of STEPS) if ((await step(run)) === 'interrupted') return 'interrupted';
  return 'done';
}

function endedBy({ log }: RunDeps, { error, accountId }: { error: unknown; accountId: string }): Progress {
  if (isStop(error)) {
    const { reason, operation, code } = error;
    log.warn('run-stopped', { accountId, reason, operation, code });
    return { outcome: error instanceof OwnStop ? 'stopped' : 'failed', fault: error };
  }
  log.warn('run-failed', { accountId, error });
  return { outcome: error instanceof StoreBusy ? 'interrupted' : 'failed' };
}
