import { auditLog } from '../adapters/audit.ts';
import { createDynamo } from '../adapters/dynamo.ts';
import type { Operations } from '../contract/operation.ts';
import { closedByDefault } from './access/middleware.ts';
import { audited } from './audited.ts';
import { createLog } from './log.ts';
import { type Routes, serve } from './serve.ts';
import { setting } from './settings.ts';

/** The Lambda handler of a set of operations, which checks the caller of each request. */
export function httpHandler<Contract extends Operations>(contract: Contract, routes: Routes<Contract>) {
  const log = createLog();
  const audit = auditLog({ dynamo: createDynamo(), table: setting('AUDIT_TABLE') });
  return serve(contract, routes, { doors: [audited({ audit, log }), closedByDefault(contract, log)], log });
}
