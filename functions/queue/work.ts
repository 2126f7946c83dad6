import { runAccount } from '../core/run/run.ts';
import { queueHandler, WORK_QUEUE } from '../entry/queue.ts';
import { workDeps } from '../entry/work-deps.ts';

const deps = workDeps();

export const handler = queueHandler(
  WORK_QUEUE,
  async ({ message, endsAtMillis, outOfTime }) => {
    const run = runAccount({ ...deps, endsAtMillis, outOfTime }, message);
    const outcome = await run.finally(() => deps.news.flush());
    deps.log.info('worked', { accountId: message.accountId, why: message.why, outcome });
  },
  deps.log,
);
