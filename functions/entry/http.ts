import { auditLog } from '../adapters/audit.ts';
import { requestStore } from '../adapters/requests.ts';
import type { Operations } from '../contract/operation.ts';
import { closedByDefault } from './access/middleware.ts';
import { audited } from './audited.ts';
import { clock, newId } from './basics.ts';
import { createLog } from './log.ts';
import { onceOnly } from './repeats.ts';
import { type Routes, serve } from './serve.ts';
import { setting } from './settings.ts';
import { processDynamo } from './store.ts';

/** The Lambda handler of a set of operations, which checks the caller of each request. */
export function httpHandler<Contract extends Operations>(contract: Contract, routes: Routes<Contract>) {
  const log = createLog();
  const dynamo = processDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const audit = auditLog({ dynamo, table: setting('AUDIT_TABLE') });
  const once = onceOnly({ requests: requestStore(registry), clock, newId, log });
  return serve(contract, routes, {
    doors: [audited({ audit, log }), closedByDefault(contract, { log, registry })],
    log,
    once,
  });
}
