import { createDynamo } from '../adapters/dynamo.ts';
import { workQueue } from '../adapters/queue.ts';
import { dueIndex } from '../adapters/shards.ts';
import type { PlanDeps } from '../core/sync/plan.ts';
import { clock } from './basics.ts';
import { createLog } from './log.ts';
import { setting } from './settings.ts';

/** Everything that `plan` uses, wired once per process. */
export const planDeps = (): Omit<PlanDeps, 'outOfTime'> => ({
  due: dueIndex({ dynamo: createDynamo(), table: setting('ACCOUNTS_TABLE') }),
  queue: workQueue(setting('WORK_QUEUE_URL')),
  log: createLog(),
  clock,
});
