import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RouteContract } from '../../contract/routes.ts';
import { ROLES, type Scope } from '../../contract/scopes.ts';
import type { Client, ClientStore } from '../../core/account/client.ts';
import { Secret } from '../../core/base/secret.ts';
import { badToken, lacksScope, noToken, unknownClient } from './refusal.ts';
import type { VerifyToken } from './tokens.ts';

export interface AccessDeps {
  readonly verify: VerifyToken;
  readonly clients: ClientStore;
}

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;
/** The longest token that is parsed, in characters; valid ones are shorter. */
const LONGEST_TOKEN = 8_192;

/**
 * The calling client; undefined for a public route. Its token has to be valid, the client has to be in our table, and
 * token and role both have to permit the scope of the route. Throws Refusal.
 */
export async function authorize(
  deps: AccessDeps,
  { route, headers }: { route: RouteContract; headers: APIGatewayProxyEventV2['headers'] },
): Promise<Client | undefined> {
  if ('public' in route) return undefined;
  const { subject, scopes } = await deps.verify(tokenIn(headers.authorization));
  const client = await deps.clients.read(subject);
  if (client === undefined) throw unknownClient({ clientId: subject });
  if (!scopes.includes(route.scope) || !scopesOf(client).includes(route.scope))
    throw lacksScope(route.scope, client);
  return client;
}

function tokenIn(header: string | undefined): Secret {
  if (header === undefined || header === '') throw noToken();
  const token = header.length <= LONGEST_TOKEN ? BEARER.exec(header)?.[1] : undefined;
  if (token === undefined) throw badToken();
  return new Secret(token);
}

const scopesOf = ({ role }: Client): readonly Scope[] =>
  Object.hasOwn(ROLES, role) ? ROLES[role as keyof typeof ROLES] : [];
