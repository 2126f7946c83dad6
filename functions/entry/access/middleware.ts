import { clientStore } from '../../adapters/clients.ts';
import { createDynamo } from '../../adapters/dynamo.ts';
import type { Operations } from '../../contract/operation.ts';
import { type OperationId, ROUTES, type RouteContract } from '../../contract/routes.ts';
import type { Log } from '../../core/base/log.ts';
import type { Middleware } from '../serve.ts';
import { setting } from '../settings.ts';
import { type AccessDeps, authorize } from './authorize.ts';
import { tokenSettings } from './token-settings.ts';
import { tokenVerifier } from './tokens.ts';

/**
 * Refuses callers whose token, row and role do not permit the route, and all calls of routes outside the contract; logs
 * client and operation of the others.
 */
export function closedByDefault(contract: Operations, log: Log): Middleware {
  const ids = new Map((Object.keys(contract) as OperationId[]).map((id) => [ROUTES[id].route as string, id]));
  const deps = accessDeps();
  return {
    async before({ event }) {
      const id = ids.get(event.routeKey);
      if (id === undefined) throw new Error(`no such route in this function: ${event.routeKey}`);
      const route: RouteContract = ROUTES[id];
      const client = await authorize(deps, { route, headers: event.headers });
      log.info('called', {
        operation: id,
        client: client?.clientId,
        requestId: event.requestContext.requestId,
      });
    },
  };
}

const accessDeps = (): AccessDeps => ({
  verify: tokenVerifier(tokenSettings()),
  clients: clientStore({ dynamo: createDynamo(), table: setting('REGISTRY_TABLE') }),
});
