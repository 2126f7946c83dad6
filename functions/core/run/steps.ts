import { retryFailed } from '../ingest/process-orders.ts';
import { drain } from '../journal/drain.ts';
import { Unfinished } from '../journal/first-connect.ts';
import { readNewestFirst } from '../journal/newest-first.ts';
import { overlap } from '../journal/overlap.ts';
import { firstStart } from '../journal/start.ts';
import { keepOffers } from '../offers/keep-offers.ts';
import { mendGap } from '../reconcile/gap.ts';
import { runImport } from '../reconcile/imports.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Step } from './one-run.ts';

const firstConnect: Step = async (run) => {
  if (run.hasBegun) return 'done';
  const start = await firstStart(run.work, run.account);
  const isFound = !(start instanceof Unfinished);
  run.remember({ facts: { search: isFound ? undefined : start.search }, moved: true });
  if (!isFound) return 'interrupted';
  await run.begin(start);
  return 'done';
};

/** Fills sales that the journal has forgotten from the lists, before the drain goes on. */
const fillGap: Step = async (run) => {
  const { account, cursor, tally, save } = run;
  const gap = await mendGap(run.work, { account, cursor, tally, save });
  if (gap === undefined) return 'done';
  run.putsOffDrain();
  run.remember(gap);
  return gap.outcome;
};

/** Stores the newest orders first during a backlog, so that today's buyers do not wait for yesterday's. */
const newestFirst: Step = async (run) => {
  const { account, cursor, tally } = run;
  if (account.backlog === undefined) return 'done';
  run.hasReadNewest(await readNewestFirst(run.work, { ...account.backlog, cursor }, tally));
  return 'done';
};

const readJournal: Step = async (run) => {
  const { work, saveReached, leap, cursor, tally } = run;
  const drained = await drain({ ...work, saveReached, leap }, cursor, tally);
  run.hasDrained(drained);
  return drained.outcome;
};

/** Reads orders again whose reading failed or contradicted the journal. */
const readAgain: Step = async (run) => {
  await retryFailed(run.work, run.tally);
  return 'done';
};

/** The periodic tasks in their order. The first that runs out of time ends the run. */
const PERIODIC_TASKS = [overlap, reconcile, runImport, keepOffers] as const;

const periodicTasks: Step = async (run) => {
  const { account, cursor, tally, save, toldUntil } = run;
  for (const task of PERIODIC_TASKS) {
    const done = await task(run.work, { account, cursor, toldUntil, tally, save });
    if (done === undefined) continue;
    run.remember(done);
    if (done.outcome === 'interrupted') return 'interrupted';
  }
  return 'done';
};

/** The steps of a run, in their order. */
export const STEPS: readonly Step[] = [
  firstConnect,
  fillGap,
  newestFirst,
  readJournal,
  readAgain,
  periodicTasks,
];
