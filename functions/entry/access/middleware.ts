import { clientStore } from '../../adapters/clients.ts';
import type { RegistryTable } from '../../adapters/registry.ts';
import type { Operations } from '../../contract/operation.ts';
import { type OperationId, ROUTES, type RouteContract } from '../../contract/routes.ts';
import { sees } from '../../core/account/client.ts';
import type { Log } from '../../core/base/log.ts';
import { unknownAccount } from '../../core/base/problem.ts';
import type { Middleware } from '../serve.ts';
import { type AccessDeps, authorize } from './authorize.ts';
import { setCaller } from './caller.ts';
import { tokenSettings } from './token-settings.ts';
import { tokenVerifier } from './tokens.ts';

/**
 * Refuses callers whose token, row and role do not permit the route, and all calls of routes outside the contract; logs
 * client and operation of the others.
 */
export function closedByDefault(
  contract: Operations,
  { log, registry }: { log: Log; registry: RegistryTable },
): Middleware {
  const ids = new Map((Object.keys(contract) as OperationId[]).map((id) => [ROUTES[id].route as string, id]));
  const deps: AccessDeps = {
    verify: tokenVerifier(tokenSettings()),
    clients: clientStore(registry),
  };
  return {
    async before({ event, context }) {
      const id = ids.get(event.routeKey);
      if (id === undefined) throw new Error(`no such route in this function: ${event.routeKey}`);
      const route: RouteContract = ROUTES[id];
      const client = await authorize(deps, { route, headers: event.headers });
      setCaller(context, client);
      const { accountId } = event.pathParameters ?? {};
      // Before anything is read: the answer is that to an account that does not exist.
      if (client !== undefined && accountId !== undefined && !sees(client, accountId)) throw unknownAccount();
      log.info('called', {
        operation: id,
        client: client?.clientId,
        requestId: event.requestContext.requestId,
      });
    },
  };
}
