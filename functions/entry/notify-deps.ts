import { accountStore } from '../adapters/accounts.ts';
import { eventBus } from '../adapters/bus.ts';
import { keySweep } from '../adapters/keys.ts';
import { workQueue } from '../adapters/queue.ts';
import { createVault, passwordVersions } from '../adapters/secrets.ts';
import { noticeIndex } from '../adapters/shards.ts';
import { troubleNotices } from '../adapters/troubles.ts';
import type { KeySweep } from '../core/access/key-store.ts';
import type { NotifyDeps } from '../core/notices/notify.ts';
import { clock, newId } from './basics.ts';
import { correlationId } from './correlation.ts';
import { createLog } from './log.ts';
import { setting, vaultSettings } from './settings.ts';
import { processDynamo } from './store.ts';

/** The dependencies of `notify`, wired once per process. */
export function notifyDeps(): NotifyDeps & { keys: KeySweep } {
  const dynamo = processDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const vault = createVault(vaultSettings());
  const accounts = { dynamo, table: setting('ACCOUNTS_TABLE') };
  return {
    accounts: accountStore(accounts),
    notices: noticeIndex(accounts),
    troubleNotices: troubleNotices(registry),
    passwords: passwordVersions(vault),
    keys: keySweep(registry, vault),
    queue: workQueue(setting('WORK_QUEUE_URL'), correlationId),
    bus: eventBus(setting('EVENT_BUS_NAME')),
    log: createLog(),
    clock,
    newId,
  };
}
