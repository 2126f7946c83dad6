import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { RouteContract } from '../../contract/routes.ts';
import { ROLES, type Scope } from '../../contract/scopes.ts';
import type { Client, ClientStore } from '../../core/admin/client.ts';
import { badToken, lacksScope, noToken, unknownClient } from './refusal.ts';
import type { VerifyToken } from './tokens.ts';

export interface AccessDeps {
  readonly verify: VerifyToken;
  readonly clients: ClientStore;
}

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;
/** Longer than any token of ours; what is longer is not even taken apart. */
const LONGEST_TOKEN = 8_192;

/**
 * The client that calls, where the route asks for one: its token holds, it stands in our table, and token and role both
 * permit what the route is for. Throws Refusal.
 */
export async function authorize(
  deps: AccessDeps,
  { route, headers }: { route: RouteContract; headers: APIGatewayProxyEventV2['headers'] },
): Promise<Client | undefined> {
  if ('public' in route) return undefined;
  const { subject, scopes } = await deps.verify(tokenIn(headers.authorization));
  const client = await deps.clients.read(subject);
  if (client === undefined) throw unknownClient();
  if (!scopes.includes(route.scope) || !scopesOf(client).includes(route.scope)) throw lacksScope(route.scope);
  return client;
}

function tokenIn(header: string | undefined): string {
  if (header === undefined || header === '') throw noToken();
  const token = header.length <= LONGEST_TOKEN ? BEARER.exec(header)?.[1] : undefined;
  if (token === undefined) throw badToken();
  return token;
}

const scopesOf = ({ role }: Client): readonly Scope[] =>
  Object.hasOwn(ROLES, role) ? ROLES[role as keyof typeof ROLES] : [];
