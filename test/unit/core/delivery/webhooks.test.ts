import { describe, expect, it } from 'vitest';
import { Problem } from '../../../../functions/core/base/problem.ts';
import type { Secret } from '../../../../functions/core/base/secret.ts';
import { HOUR, plus } from '../../../../functions/core/base/time.ts';
import { deliver } from '../../../../functions/core/delivery/deliver.ts';
import {
  askReplay,
  registerWebhook,
  removeWebhook,
  resumeWebhook,
  rotateSecret,
  tryWebhook,
  type WebhookDeps,
} from '../../../../functions/core/delivery/webhooks.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { claimRows } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { ACCOUNT_ID, minutes, type SendingWorld, sendingWorld, webhook } from '../../../support/sending.ts';

const URL_TEXT = 'https://hooks.example/klamka?tenant=7';

function setUp() {
  const world = sendingWorld();
  const secrets = new Map<string, Secret>();
  let ids = 0;
  const deps: WebhookDeps = {
    ...world.deps,
    webhooks: world.sending.webhooks,
    sending: world.sending.store,
    marks: world.sending.marks,
    accounts: { list: async () => [ACCOUNT_ID], has: async (accountId) => accountId === ACCOUNT_ID },
    secrets: {
      async create(id, { version, value }) {
        secrets.set(`${id} ${version}`, value);
        return version;
      },
      hold: async () => undefined,
      async add(id, { version, value }) {
        secrets.set(`${id} ${version}`, value);
        return version;
      },
      read: async (id, version) => secrets.get(`${id} ${version}`),
      async remove(id) {
        for (const key of secrets.keys()) if (key.startsWith(`${id} `)) secrets.delete(key);
      },
    },
    newId: () => `w${++ids}`,
    newVersion: () => `v${++ids}`,
  };
  return { world, deps, secrets };
}

async function bring(world: SendingWorld, id: string): Promise<void> {
  const orders = world.writerOrders();
  const rows = await claimRows(orders, { accountId: ACCOUNT_ID, clock: () => world.now });
  const next = { orderId: orderIdOfSale(id), content: orderOfSale(saleOf(id, [id])) };
  await rows.write([{ row: undefined, next }]);
}

const problemOf = (work: Promise<unknown>): Promise<Problem> =>
  work.then(
    () => expect.unreachable(),
    (error) => {
      expect(error).toBeInstanceOf(Problem);
      return error;
    },
  );

describe('registering a webhook', () => {
  it('sends what changes from then on, of later accounts everything', async () => {
    const { world, deps } = setUp();
    await bring(world, '1');
    const { webhook: made, secret } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    expect(secret.reveal()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(JSON.stringify([...world.sending.hooks.values()])).not.toContain('whsec_');
    expect(world.sending.hooks.get(made.webhookId)).not.toHaveProperty('incomplete');
    await bring(world, '2');
    await minutes(world, 4);
    expect(world.posts.map(({ number }) => number)).toEqual([2]);
    world.sending.deliveryCursors.clear();
    await world.sending.marks.mark(ACCOUNT_ID, world.now);
    await minutes(world, 1);
    expect(world.posts.map(({ number }) => number)).toEqual([2, 1, 2]);
  });

  it.each([
    'http://hooks.example/',
    'https://user@hooks.example/',
    'https://:word@hooks.example/',
    'https://hooks.example/#part',
    'hooks.example',
    'https://',
    `https://hooks.example/${'x'.repeat(2_048)}`,
  ])('refuses %s', async (url) => {
    const { deps, world } = setUp();
    const problem = await problemOf(registerWebhook(deps, { clientId: 'erp', url }));
    expect(problem.fields.map(({ field }) => field)).toEqual(['url']);
    expect(world.sending.hooks.size).toBe(0);
  });

  it('refuses hosts that may not be reached, accounts that are not there, and too many', async () => {
    const { deps, world } = setUp();
    const closed = { ...deps, door: { ...deps.door, refusal: async () => 'refused-address' as const } };
    expect(
      (await problemOf(registerWebhook(closed, { clientId: 'erp', url: URL_TEXT }))).fields,
    ).toHaveLength(1);
    const named = { clientId: 'erp', url: URL_TEXT, accountIds: ['nobody'] };
    expect((await problemOf(registerWebhook(deps, named))).fields).toMatchObject([{ field: 'accounts' }]);
    for (let count = 0; count < 20; count += 1) await world.sending.webhooks.create(webhook(`x${count}`));
    expect((await problemOf(registerWebhook(deps, { clientId: 'erp', url: URL_TEXT }))).code).toBe(
      'wrong-state',
    );
  });

  it('leaves one that was cut off out of use', async () => {
    const { deps, world } = setUp();
    const cutOff = {
      ...deps,
      secrets: { ...deps.secrets, create: () => Promise.reject(new Error('killed')) },
    };
    await expect(registerWebhook(cutOff, { clientId: 'erp', url: URL_TEXT })).rejects.toThrow('killed');
    await bring(world, '1');
    await minutes(world, 4);
    expect([...world.sending.hooks.values()]).toMatchObject([{ incomplete: true }]);
    expect(world.posts).toEqual([]);
  });
});

describe('the signing secret', () => {
  it('is replaced by a new one, and the old one signs too for a day', async () => {
    const { deps, world } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    const rotated = await rotateSecret(deps, made.webhookId);
    const known = world.sending.hooks.get(made.webhookId);
    expect(known).toMatchObject({ oldSecrets: [{ version: made.secretVersion }] });
    const signatures = async () => {
      const sent: string[] = [];
      const door = {
        ...deps.door,
        async post({ headers }: { headers: Readonly<Record<string, string>> }) {
          sent.push(...(headers['webhook-signature'] ?? '').split(' '));
          return 200;
        },
      };
      const message = { id: '1', type: 'webhook.test', timestamp: '', data: {} };
      await deliver({ ...deps, door, viewOf: () => ({}) }, known ?? rotated.webhook, message);
      return sent.length;
    };
    expect(await signatures()).toBe(2);
    world.now = plus(world.now, 24 * HOUR);
    expect(await signatures()).toBe(1);
  });

  it('signs for its day if the receiver has it, however often a new one is asked for', async () => {
    const { deps, world } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    const untilMillis = plus(world.now, 24 * HOUR);
    for (let hour = 0; hour < 24; hour += 1) {
      const { webhook: rotated } = await rotateSecret(deps, made.webhookId);
      expect(rotated.oldSecrets).toEqual([{ version: made.secretVersion, untilMillis }]);
      world.now = plus(world.now, HOUR);
    }
    const newest = world.sending.hooks.get(made.webhookId)?.secretVersion;
    const { webhook: next } = await rotateSecret(deps, made.webhookId);
    expect(next.oldSecrets).toEqual([{ version: newest, untilMillis: plus(world.now, 24 * HOUR) }]);
  });

  it('is gone with the webhook, and with it all that was remembered', async () => {
    const { deps, world, secrets } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    await removeWebhook(deps, made.webhookId);
    expect([
      ...secrets.keys(),
      ...world.sending.hooks.keys(),
      ...world.sending.deliveryCursors.keys(),
    ]).toEqual([]);
    expect((await problemOf(removeWebhook(deps, made.webhookId))).code).toBe('not-found');
  });
});

describe('a webhook in use', () => {
  it('can be tried, and says what came of it', async () => {
    const { deps, world } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    expect(await tryWebhook(deps, made.webhookId)).toBe('delivered');
    expect(world.posts).toMatchObject([{ type: 'webhook.test' }]);
    world.answer = () => 'tls';
    expect(await tryWebhook(deps, made.webhookId)).toMatchObject({ reason: 'tls' });
  });

  it('goes on from where it stopped when it is resumed', async () => {
    const { deps, world } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    world.answer = () => 410;
    await bring(world, '1');
    await minutes(world, 4);
    expect((await problemOf(askReplay(deps, made))).code).toBe('wrong-state');
    await bring(world, '2');
    await minutes(world, 4);
    world.answer = () => 200;
    await resumeWebhook(deps, made.webhookId);
    await world.send();
    expect(world.posts.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('is woken by a second resume where the first was cut off, and its three days begin anew', async () => {
    const { deps, world } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    world.answer = () => 410;
    await bring(world, '1');
    await minutes(world, 4);
    world.now = plus(world.now, 96 * HOUR);
    const cutOff = {
      ...deps,
      accounts: { ...deps.accounts, list: () => Promise.reject(new Error('killed')) },
    };
    await expect(resumeWebhook(cutOff, made.webhookId)).rejects.toThrow('killed');
    world.answer = () => 503;
    await resumeWebhook(deps, made.webhookId);
    await world.send();
    expect(world.sending.letters.size).toBe(0);
    world.answer = () => 200;
    await minutes(world, 2);
    expect(world.posts.map(({ number }) => number)).toEqual([1]);
  });

  it('has its dead letters replayed, of one account or of all', async () => {
    const { deps, world } = setUp();
    const { webhook: made } = await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    const { webhookId } = made;
    const letter = {
      webhookId,
      orderId: orderIdOfSale('1'),
      revision: 1,
      changes: ['paid'],
      atMillis: world.now,
      diedAtMillis: world.now,
      error: { atMillis: world.now, reason: 'time-out' },
    } as const;
    await world.sending.store.putDeadLetter({ ...letter, accountId: ACCOUNT_ID, number: 1 });
    await world.sending.store.putDeadLetter({ ...letter, accountId: 'a2', number: 1 });
    expect(await askReplay(deps, { webhookId, accountId: 'a2' })).toBe(1);
    expect(await askReplay(deps, { webhookId })).toBe(2);
    await world.send();
    expect(world.posts).toMatchObject([{ number: 1, type: 'order.paid' }]);
  });
});

describe('the webhook of a client', () => {
  it('serves the accounts that the client sees at delivery, whatever it was registered for', async () => {
    const { world, deps } = setUp();
    await registerWebhook(deps, { clientId: 'erp', url: URL_TEXT });
    const bindTo = (accountIds: readonly string[]) => {
      const erp = world.clients.get('erp');
      if (erp !== undefined) world.clients.set('erp', { ...erp, accountIds });
    };
    bindTo(['another']);
    await bring(world, '1');
    await minutes(world, 4);
    expect(world.posts).toEqual([]);
    bindTo(['another', ACCOUNT_ID]);
    await bring(world, '2');
    await minutes(world, 4);
    expect(world.posts.map(({ number }) => number)).toEqual([1, 2]);
    world.clients.delete('erp');
    await bring(world, '3');
    await minutes(world, 4);
    expect(world.posts).toHaveLength(2);
  });
});
