import { keyAdmin, keyUsers } from '../../adapters/keys.ts';
import { createVault } from '../../adapters/secrets.ts';
import type { KEYS } from '../../contract/keys.ts';
import { type Client, sees } from '../../core/account/client.ts';
import { registerKey, removeKey, replaceKey, wasKeyRegistered } from '../../core/admin/keys.ts';
import { Secret } from '../../core/base/secret.ts';
import { clock } from '../basics.ts';
import { fromCursor, nextCursor } from '../input.ts';
import { ownKeys } from '../own.ts';
import type { Routes } from '../serve.ts';
import { setting, vaultSettings } from '../settings.ts';
import { processDynamo } from '../store.ts';
import { keyView } from '../views.ts';

/** The routes about integration keys, wired to the real stores. */
export function keyApi(): Routes<typeof KEYS> {
  const dynamo = processDynamo();
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const deps = {
    keys: keyAdmin(registry, createVault(vaultSettings()), clock),
    users: keyUsers({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    clock,
  };
  const of = (client: Client) => ({
    ...deps,
    keys: ownKeys(deps.keys, client),
    users: {
      of: async (keyId: string) =>
        (await deps.users.of(keyId)).map((accountId) => (sees(client, accountId) ? accountId : '…')),
    },
  });
  return {
    async 'keys.list'({ query: { limit, cursor }, client }) {
      const { keys, next } = await of(client).keys.list({ limit, after: fromCursor(cursor) });
      const body = { integrationKeys: keys.map(keyView), cursor: nextCursor(next) };
      return { status: 200, body };
    },

    'keys.register': {
      async answer({ body, client, attempt }) {
        const newId = () => attempt.newId;
        const integrationKey = new Secret(body.integrationKey);
        const registered = { label: body.label, integrationKey, clientId: client.clientId };
        const key = await registerKey({ ...deps, newId }, registered);
        return { status: 201, body: keyView(key) };
      },
      async made(integrationKeyId, { client }) {
        const isThere = await wasKeyRegistered(of(client), integrationKeyId);
        return isThere ? { status: 201, ids: { integrationKeyId } } : undefined;
      },
    },

    async 'keys.replace'({ params, body, client }) {
      const replaced = { keyId: params.keyId, integrationKey: new Secret(body.integrationKey) };
      return { status: 200, body: keyView(await replaceKey(of(client), replaced)) };
    },

    async 'keys.remove'({ params, client }) {
      await removeKey(of(client), params.keyId);
      return { status: 200, body: { integrationKeyId: params.keyId, state: 'removed' } };
    },
  };
}
