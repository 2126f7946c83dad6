import type { LastRun } from '../account/sync-facts.ts';
import { isErrand, type WorkMessage } from '../account/work-queue.ts';
import { StoreBusy } from '../base/store-busy.ts';
import { isStop, OwnStop } from '../faults/own-stop.ts';
import { type Claimed, claimAccount } from './claimed.ts';
import { type ConcludeDeps, conclude, nothingFound, type Progress } from './conclude.ts';
import { type ErrandDeps, runErrand } from './errand.ts';
import { Run, type Step } from './one-run.ts';
import { isAbandoned, type RemoveDeps, removeAccount } from './remove.ts';
import { STEPS } from './steps.ts';
import { openWork } from './work.ts';

export type RunDeps = ErrandDeps & ConcludeDeps & Pick<RemoveDeps, 'sending' | 'identityOf'>;

export type RunOutcome = LastRun['outcome'] | 'removed' | 'gone' | 'busy' | 'stale' | 'unnamed';

/**
 * Carries out the work of a message for an account: claims it, synchronises (or removes) it, and sets when it
 * is due again. Marketplace trouble is handled here; only trouble of our own stores is thrown.
 */
export async function runAccount(deps: RunDeps, message: WorkMessage): Promise<RunOutcome> {
  if (isErrand(message)) return await runErrand(deps, message);
  const startedAtMillis = deps.clock();
  const { slotMillis } = message;
  const claimed = await claimAccount(deps, message);
  if (typeof claimed === 'string') return claimed;
  const { account, token: claimToken } = claimed;
  if (account.phase === 'removing' || isAbandoned(account, startedAtMillis)) {
    return await removeAccount(deps, { account, claimToken });
  }
  const progress = await synchronise(deps, claimed);
  await conclude(deps, { claimed, progress, slotMillis, startedAtMillis });
  return progress.outcome;
}

async function synchronise(deps: RunDeps, claimed: Claimed): Promise<Progress> {
  const { accountId, phase } = claimed.account;
  let run: Run | undefined;
  try {
    await claimed.recover();
    if (phase !== 'active') return { outcome: 'stopped' };
    run = new Run(claimed, await openWork(deps, claimed));
    const outcome = await takeSteps(run);
    return { outcome, found: run.findings };
  } catch (error) {
    return { ...endedBy(deps, { error, accountId }), found: run?.findings ?? nothingFound() };
  }
}

async function takeSteps(run: Run): ReturnType<Step> {
  try {
    for (const step of STEPS) if ((await step(run)) === 'interrupted') return 'interrupted';
    return 'done';
  } catch (error) {
    if (isStop(error)) await run.flush();
    throw error;
  }
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
