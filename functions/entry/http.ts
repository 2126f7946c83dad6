import type { Operations } from '../contract/operation.ts';
import { closedByDefault } from './access/middleware.ts';
import { createLog } from './log.ts';
import { type Routes, serve } from './serve.ts';

/** The Lambda handler of a set of operations, which checks the caller of each request. */
export function httpHandler<Contract extends Operations>(contract: Contract, routes: Routes<Contract>) {
  const log = createLog();
  return serve(contract, routes, { doors: [closedByDefault(contract, log)], log });
}
