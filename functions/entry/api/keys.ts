import { createDynamo } from '../../adapters/dynamo.ts';
import { keyAdmin, keyUsers } from '../../adapters/keys.ts';
import { createVault } from '../../adapters/secrets.ts';
import type { KEYS } from '../../contract/keys.ts';
import { registerKey, removeKey, replaceKey } from '../../core/admin/keys.ts';
import { clock, newShortId } from '../basics.ts';
import { fromCursor, nextCursor } from '../input.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { keyView } from '../views.ts';

/** The routes about WebAPI keys, wired to the real stores. */
export function keyApi(): Routes<typeof KEYS> {
  const dynamo = createDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const deps = {
    keys: keyAdmin(registry, createVault(setting('SECRETS_PREFIX')), clock),
    users: keyUsers({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    clock,
    newId: newShortId,
  };
  return {
    async 'keys.list'({ query: { limit, cursor } }) {
      const { keys, next } = await deps.keys.list({ limit, after: fromCursor(cursor) });
      const body = { webapiKeys: keys.map(keyView), cursor: nextCursor(next) };
      return { status: 200, body };
    },

    'keys.register': async ({ body }) => ({
      status: 201,
      body: keyView(await registerKey(deps, body)),
    }),

    'keys.replace': async ({ params, body }) => ({
      status: 200,
      body: keyView(await replaceKey(deps, { keyId: params.keyId, ...body })),
    }),

    async 'keys.remove'({ params }) {
      await removeKey(deps, params.keyId);
      return { status: 200, body: { webapiKeyId: params.keyId, state: 'removed' } };
    },
  };
}
