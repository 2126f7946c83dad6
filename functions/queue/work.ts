import { runAccount } from '../core/sync/run.ts';
import { queueHandler } from '../entry/queue.ts';
import { workDeps } from '../entry/work-deps.ts';

const deps = workDeps();

export const handler = queueHandler(async ({ message, outOfTime }) => {
  const outcome = await runAccount({ ...deps, outOfTime }, message);
  deps.log.info('worked', { accountId: message.accountId, why: message.why, outcome });
}, deps.log);
