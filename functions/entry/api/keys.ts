import * as z from 'zod/mini';
import { createDynamo } from '../../adapters/dynamo.ts';
import { keyAdmin, keyUsers } from '../../adapters/keys.ts';
import { createVault } from '../../adapters/secrets.ts';
import { registerKey, removeKey, replaceKey } from '../../core/admin/keys.ts';
import { clock, newShortId } from '../basics.ts';
import type { Route } from '../http.ts';
import { fromCursor, nextCursor, PageQuery, parse } from '../input.ts';
import { setting } from '../settings.ts';
import { keyView } from '../views.ts';

const NewKey = z.strictObject({
  label: z.string().check(z.minLength(1), z.maxLength(100)),
  webapiKey: z.string(),
});
const OtherKey = z.strictObject({ webapiKey: z.string() });

/** The routes about WebAPI keys, wired to the real stores. */
export function keyApi(): Readonly<Record<'list' | 'register' | 'replace' | 'remove', Route>> {
  const dynamo = createDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const deps = {
    keys: keyAdmin(registry, createVault(setting('SECRETS_PREFIX')), clock),
    users: keyUsers({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    clock,
    newId: newShortId,
  };
  return {
    async list({ query }) {
      const { limit, cursor } = parse(PageQuery, query);
      const { keys, next } = await deps.keys.list({ limit, after: fromCursor(cursor) });
      const body = { webapiKeys: keys.map(keyView), cursor: nextCursor(next) };
      return { status: 200, body };
    },

    register: async ({ body }) => ({
      status: 201,
      body: keyView(await registerKey(deps, parse(NewKey, body))),
    }),

    replace: async ({ params, body }) => ({
      status: 200,
      body: keyView(await replaceKey(deps, { keyId: params.keyId ?? '', ...parse(OtherKey, body) })),
    }),

    async remove({ params }) {
      await removeKey(deps, params.keyId ?? '');
      return { status: 200, body: { webapiKeyId: params.keyId, state: 'removed' } };
    },
  };
}
