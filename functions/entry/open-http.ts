import type { Operations } from '../contract/operation.ts';
import { type OperationId, ROUTES } from '../contract/routes.ts';
import { createLog } from './log.ts';
import { type Routes, serve } from './serve.ts';

/**
 * The Lambda handler of public operations. It imports no store and no check of tokens, so that the function stays
 * small. Throws Error for an operation that is not public.
 */
export function openHandler<Contract extends Operations>(contract: Contract, routes: Routes<Contract>) {
  for (const id of Object.keys(contract) as OperationId[])
    if (!('public' in ROUTES[id])) throw new Error(`${id} is not public`);
  return serve(contract, routes, { doors: [], log: createLog() });
}
