import { erasureIndex } from '../adapters/erasures.ts';
import { sendQueue, workQueue } from '../adapters/queue.ts';
import { sendingIndex } from '../adapters/sending-marks.ts';
import { dueIndex, retentionIndex } from '../adapters/shards.ts';
import type { WakeDeps } from '../core/delivery/wake.ts';
import type { PlanErasuresDeps } from '../core/run/erase.ts';
import type { PlanDeps } from '../core/run/plan.ts';
import type { PlanRetentionDeps } from '../core/run/retention.ts';
import { clock } from './basics.ts';
import { correlationId } from './correlation.ts';
import { createLog } from './log.ts';
import { buyersDataKept, pollIntervalSettings, setting } from './settings.ts';
import { processDynamo } from './store.ts';

/** The dependencies of `plan`, wired once per process. */
export function planDeps(): Omit<PlanDeps & PlanErasuresDeps & PlanRetentionDeps & WakeDeps, 'outOfTime'> {
  const dynamo = processDynamo();
  return {
    due: dueIndex({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    queue: workQueue(setting('WORK_QUEUE_URL'), correlationId),
    sending: sendingIndex({ dynamo, table: setting('SENDING_TABLE') }),
    sendQueue: sendQueue(setting('SEND_QUEUE_URL'), correlationId),
    retention: retentionIndex({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    erasures: erasureIndex({ dynamo, table: setting('REGISTRY_TABLE') }),
    keptMillis: buyersDataKept(),
    log: createLog(),
    pollInterval: pollIntervalSettings(),
    clock,
  };
}
