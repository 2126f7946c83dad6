import * as z from 'zod/mini';
import { createDynamo } from '../../adapters/dynamo.ts';
import { keyAdmin } from '../../adapters/keys.ts';
import { createVault } from '../../adapters/secrets.ts';
import { registerKey, replaceKey } from '../../core/keys.ts';
import { clock, newShortId } from '../basics.ts';
import type { Route } from '../http.ts';
import { parse } from '../input.ts';
import { setting } from '../settings.ts';
import { keyView } from '../views.ts';

const NewKey = z.strictObject({
  label: z.string().check(z.minLength(1), z.maxLength(100)),
  webapiKey: z.string(),
});
const OtherKey = z.strictObject({ webapiKey: z.string() });

/** The routes about WebAPI keys, wired to the real stores. */
export function keyApi(): Readonly<Record<'list' | 'register' | 'replace', Route>> {
  const registry = { dynamo: createDynamo(), table: setting('REGISTRY_TABLE') };
  const deps = {
    keys: keyAdmin(registry, createVault(setting('SECRETS_PREFIX')), clock),
    clock,
    newId: newShortId,
  };
  return {
    list: async () => ({ status: 200, body: { webapiKeys: (await deps.keys.list()).map(keyView) } }),

    register: async ({ body }) => ({
      status: 201,
      body: keyView(await registerKey(deps, parse(NewKey, body))),
    }),

    replace: async ({ params, body }) => ({
      status: 200,
      body: keyView(await replaceKey(deps, { keyId: params.keyId ?? '', ...parse(OtherKey, body) })),
    }),
  };
}
