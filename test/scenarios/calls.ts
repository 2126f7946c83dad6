import { expect, it } from 'vitest';
import { OPERATIONS } from '../../functions/contract/index.ts';
import type { Operation } from '../../functions/contract/operation.ts';
import { type OperationId, ROUTES, type RouteContract } from '../../functions/contract/routes.ts';
import { ALL_SCOPES, ROLES, type Role, type Scope } from '../../functions/contract/scopes.ts';
import { removeClient, writeClient } from '../../infra/clients/clients.ts';
import { send } from '../../infra/local/http-client.ts';
import type { Scene } from './scene.ts';

const ids = Object.keys(ROUTES) as OperationId[];
const closed = ids.filter((id) => 'scope' in ROUTES[id]);
const scopeOf = (id: OperationId): Scope | undefined => {
  const route: RouteContract = ROUTES[id];
  return 'scope' in route ? route.scope : undefined;
};

/** Calls an operation with a token, or without one. */
export async function call(
  { root }: Pick<Scene, 'root'>,
  id: OperationId,
  token: string | undefined,
): Promise<Response> {
  const [method = '', path = ''] = ROUTES[id].route.split(' ');
  const { example }: Operation = OPERATIONS[id];
  return await send(
    { url: root, ...(token !== undefined && { token }) },
    { method, path: path.replaceAll(/\{\w+\}/g, 'order:1'), body: example },
  );
}

/** Registers a client for each role, named after it. */
export async function writeRoles({ registry }: Scene): Promise<void> {
  for (const role of Object.keys(ROLES) as Role[])
    await writeClient(registry, { subject: role, role, name: role });
}

/** A call needs a token, a row in our table and a role that all permit it. `writeRoles` comes first. */
export function callScenario(scene: () => Scene): void {
  const tokenFor = (subject: string, scopes: readonly string[] = ALL_SCOPES, claims = {}) =>
    scene().issuer.token({ subject, scopes, claims });

  it('without a token is refused on every route that is not public, and says what is missing', async () => {
    expect(closed.length).toBeGreaterThan(30);
    for (const id of closed) {
      const answer = await call(scene(), id, undefined);
      expect([id, answer.status, answer.headers.get('www-authenticate')]).toEqual([
        id,
        401,
        'Bearer realm="klamka"',
      ]);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(await answer.json()).toMatchObject({ type: 'urn:klamka:problem:unauthenticated' });
    }
  });

  it('with a token that is none of ours is refused with 401', async () => {
    const now = Math.floor(Date.now() / 1_000);
    const tokens = [
      'x',
      await tokenFor('administrator', ALL_SCOPES, { exp: now - 60 }),
      await tokenFor('administrator', ALL_SCOPES, { aud: 'another' }),
      await tokenFor('administrator', ALL_SCOPES, { iss: 'https://issuer.example' }),
      await tokenFor('administrator', ALL_SCOPES, { token_use: 'id' }),
      `${scene().place.token}x`,
    ];
    for (const token of tokens) {
      const answer = await call(scene(), 'accounts.list', token);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
  });

  it('with other credentials than a bearer token is refused', async () => {
    for (const authorization of ['Basic YTpi', 'Bearer', 'Bearer a b', scene().place.token ?? '']) {
      const answer = await fetch(`${scene().place.url}/accounts`, { headers: { authorization } });
      expect([authorization.slice(0, 8), answer.status]).toEqual([authorization.slice(0, 8), 401]);
    }
  });

  it('of a client that nobody has registered is refused with 403, its token as good as it may be', async () => {
    const answer = await call(scene(), 'accounts.list', await tokenFor('somebody'));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ type: 'urn:klamka:problem:forbidden' });
  });

  it.each(Object.keys(ROLES) as Role[])(
    'of a client passes where token and role permit it: %s',
    async (role) => {
      const permitted: readonly Scope[] = ROLES[role];
      const all = await tokenFor(role);
      for (const scope of ALL_SCOPES) {
        const id = closed.find((one) => scopeOf(one) === scope && /\{accountId\}/.test(ROUTES[one].route));
        if (id === undefined) throw new Error(`no operation for ${scope}`);
        const passes = permitted.includes(scope);
        // The account does not exist, which only a caller who may look for it is told.
        expect([scope, (await call(scene(), id, all)).status]).toEqual([scope, passes ? 404 : 403]);
        const without = await tokenFor(
          role,
          ALL_SCOPES.filter((one) => one !== scope),
        );
        const narrowed = await call(scene(), id, without);
        expect([scope, narrowed.status]).toEqual([scope, 403]);
        expect(narrowed.headers.get('www-authenticate')).toContain(`scope="${scope}"`);
      }
    },
  );

  it('of a client that was removed is refused at once, though its token still holds', async () => {
    await writeClient(scene().registry, { subject: 'leaver', role: 'reader', name: 'Leaver' });
    const token = await tokenFor('leaver');
    expect((await call(scene(), 'accounts.list', token)).status).toBe(200);
    await removeClient(scene().registry, 'leaver');
    expect((await call(scene(), 'accounts.list', token)).status).toBe(403);
  });
}
