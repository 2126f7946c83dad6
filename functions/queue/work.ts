import { isErrand } from '../core/account/work-queue.ts';
import { runAccount } from '../core/run/run.ts';
import { queueHandler, WORK_QUEUE } from '../entry/queue.ts';
import { workDeps } from '../entry/work-deps.ts';

const deps = workDeps();

export const handler = queueHandler(
  WORK_QUEUE,
  async ({ message, endsAtMillis, outOfTime }) => {
    const run = runAccount({ ...deps, endsAtMillis, outOfTime }, message);
    const outcome = await run.finally(() => deps.announcer.flush());
    // An errand has to be repeated, unlike a run: the message comes back after the other worker's claim has ended.
    if (outcome === 'busy' && isErrand(message)) throw new Error('another worker holds the claim');
    deps.log.info('worked', { accountId: message.accountId, why: message.why, outcome });
  },
  deps.log,
);
