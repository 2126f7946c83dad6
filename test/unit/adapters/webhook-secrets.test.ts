import { randomUUID } from 'node:crypto';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { webhookSecrets } from '../../../functions/adapters/webhooks.ts';
import { DAY, HOUR, plus } from '../../../functions/core/base/time.ts';
import { deliver } from '../../../functions/core/delivery/deliver.ts';
import { newSigningSecret } from '../../../functions/core/delivery/signature.ts';
import type { Webhook } from '../../../functions/core/delivery/webhook.ts';
import { rotateSecret } from '../../../functions/core/delivery/webhooks.ts';
import { type Operations, serveAwsJson } from '../../../infra/local/stack/aws-json.ts';
import { SecretFile } from '../../../infra/local/stack/secret-file.ts';
import { SecretVault } from '../../../infra/local/stack/secrets.ts';
import { secretOperations } from '../../../infra/local/stack/secrets-api.ts';
import { withoutTokens } from '../../support/own-versions.ts';
import { sendingWorld, webhook } from '../../support/sending.ts';
import { LOCAL } from '../../support/tables.ts';

const clients = new Map<string, SecretsManagerClient>();
const closing = new AsyncDisposableStack();
beforeAll(async () => {
  const operations = () => secretOperations(new SecretVault(new SecretFile(undefined)));
  const open = async (name: string, served: Operations) => {
    const server = await serveAwsJson(served);
    closing.defer(() => server.close());
    const client = closing.adopt(new SecretsManagerClient({ endpoint: server.url, ...LOCAL }), (one) =>
      one.destroy(),
    );
    clients.set(name, client);
  };
  await open('keeps our ids', operations());
  await open('names versions itself', withoutTokens(operations()));
});
afterAll(() => closing.disposeAsync());

const STORES = ['keeps our ids', 'names versions itself'] as const;
function clientOf(store: (typeof STORES)[number]): SecretsManagerClient {
  const client = clients.get(store);
  if (client === undefined) throw new Error('the store is not up');
  return client;
}

/** How a person's call ends: well, or cut off before the version is added, or before the row is written. */
type Ending = 'well' | 'before-add' | 'before-row';

async function newHook(store: (typeof STORES)[number]) {
  const client = clientOf(store);
  const world = sendingWorld();
  const webhookId = randomUUID();
  const secrets = webhookSecrets({ client, prefix: 'klamka/test', key: 'alias/klamka-test' });
  const first = { version: randomUUID(), value: newSigningSecret() };
  const made = webhook(webhookId, { secretVersion: await secrets.create(webhookId, first) });
  await world.sending.webhooks.create(made);
  const row = (): Webhook => world.sending.hooks.get(webhookId) ?? made;
  return {
    world,
    made,
    row,
    async rotate(ending: Ending) {
      const cut = () => Promise.reject(new Error('killed'));
      const deps = {
        ...world.deps,
        sending: world.sending.store,
        marks: world.sending.marks,
        accounts: { list: async () => [], has: async () => false },
        webhooks: { ...world.sending.webhooks, ...(ending === 'before-row' && { replace: cut }) },
        secrets: { ...secrets, ...(ending === 'before-add' && { add: cut }) },
        newVersion: randomUUID,
      };
      return await rotateSecret(deps, webhookId).catch((error: Error) => {
        if (error.message !== 'killed') throw error;
      });
    },
    /** Versions with a label, which the secret store keeps. Any other may be deleted. */
    async kept(): Promise<string[]> {
      const SecretId = `klamka/test/webhooks/${webhookId}/signing-secret`;
      const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId }));
      return Object.keys(VersionIdsToStages);
    },
    async signatures(): Promise<number> {
      let sent = 0;
      const door = {
        ...world.deps.door,
        async post({ headers }: { headers: Readonly<Record<string, string>> }) {
          sent = (headers['webhook-signature'] ?? '').split(' ').length;
          return 200;
        },
      };
      const notice = { id: '1', type: 'webhook.test', timestamp: '', data: {} };
      expect(await deliver({ ...world.deps, secrets, door }, row(), notice)).toBe('delivered');
      return sent;
    },
  };
}

it.each(STORES)(
  'two signing secrets at most, each kept until its time is over by a secret store that %s',
  async (store) => {
    const steps = fc.array(
      fc.record({
        ending: fc.constantFrom<Ending>('well', 'well', 'before-add', 'before-row'),
        hours: fc.integer({ min: 0, max: 30 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const hook = await newHook(store);
        for (const { ending, hours } of all) {
          const before = hook.row();
          const inForce = before.oldSecrets?.find(({ untilMillis }) => hook.world.now < untilMillis);
          await hook.rotate(ending);
          if (ending === 'well') {
            const untilMillis = plus(hook.world.now, DAY);
            expect(hook.row().oldSecrets).toEqual([
              inForce ?? { version: before.secretVersion, untilMillis },
            ]);
          }
          const { secretVersion, oldSecrets = [] } = hook.row();
          const old = oldSecrets.filter(({ untilMillis }) => hook.world.now < untilMillis);
          const signing = [secretVersion, ...old.map(({ version }) => version)];
          expect(await hook.kept()).toEqual(expect.arrayContaining(signing));
          expect(await hook.signatures()).toBe(signing.length);
          expect(signing.length).toBeLessThanOrEqual(2);
          hook.world.now = plus(hook.world.now, hours * HOUR);
        }
      }),
      { numRuns: 40 },
    );
  },
);

it.each(STORES)(
  'versions that sign no more lose their label in a store that %s, or it would fill up',
  async (store) => {
    const hook = await newHook(store);
    for (let turn = 0; turn < 10; turn += 1) {
      await hook.rotate('well');
      await hook.rotate('before-row');
    }
    // Two that sign, two of the last call that was cut off, and the store's own labels.
    expect((await hook.kept()).length).toBeLessThanOrEqual(4);
  },
);
