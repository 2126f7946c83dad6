import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALL_SCOPES } from '../../functions/contract/scopes.ts';
import { dayOf } from '../../functions/core/base/days.ts';
import { epochMillis } from '../../functions/core/base/time.ts';
import { writeClient } from '../../infra/clients/clients.ts';
import { attempt } from '../../infra/local/http-client.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { ageEntry, LOCAL, openTables } from '../support/tables.ts';
import { SELF_SIGNED } from '../unit/webapi/certificate.ts';

/*
 * Uses every function in every way. Other integration tests show that roles are wide enough, because the
 * embedded stack enforces them; this one shows that no role allows an action that its function never takes,
 * or an attribute that its function never names.
 */

/** Actions by which Lambda itself, with the function's role, takes messages from a queue. */
const OF_THE_POLLER = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
/**
 * Actions at the end of a run that comes near its time-out, for which no test waits. `work` then notes how far requests
 * to erase buyers have come.
 */
const AFTER_A_LONG_RUN = [
  /-work sqs:SendMessage .*WorkQueue/,
  /-work dynamodb:UpdateItem .*RegistryTable/,
  /-send (sqs:SendMessage .*SendQueue|kms:)/,
];

/** Attributes that are written only if an account is removed at the moment of a request. */
const WHILE_REMOVED = /-history dynamodb:UpdateItem (pendingNotice|lastNotice|notifyAtMillis|notifyShard)$/;

let klamka: Klamka;
let tables: DynamoDBDocumentClient;
let vault: SecretsManagerClient;
let folder: string;
/** Status that the webhook's receiver answers. */
let status = 200;
const server = createServer(SELF_SIGNED, (request, response) => {
  request.resume().on('end', () => response.writeHead(status).end());
});

const nameOf = (table: string) => klamka.world.stack.resource(table).name;
const put = (table: string, Item: Record<string, unknown>) =>
  tables.send(new PutCommand({ TableName: nameOf(table), Item }));
const set = (table: string, Key: object, facts: Record<string, unknown>) =>
  tables.send(
    new UpdateCommand({
      TableName: nameOf(table),
      Key,
      UpdateExpression: `SET ${Object.keys(facts).map((name) => `${name} = :${name}`)}`,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(facts).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  );

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = await mkdtemp(join(tmpdir(), 'klamka-permissions-'));
  const trusted = join(folder, 'receiver.pem');
  await writeFile(trusted, SELF_SIGNED.cert);
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const environment = {
    WEBHOOK_TEST_HOSTS: host,
    NODE_EXTRA_CA_CERTS: trusted,
    BUYERS_DATA_DAYS: '30',
  };
  klamka = await startKlamka({ seed: 41, environment });
  tables = openTables(klamka.world.stack);
  vault = new SecretsManagerClient({ endpoint: klamka.world.stack.endpoints.secretsManager, ...LOCAL });
});
afterAll(async () => {
  tables?.destroy();
  vault?.destroy();
  server.close();
  server.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
  await klamka?.close();
});

/**
 * Calls the API, under a key where it may be repeated, and requires success: a refused call would use no permission.
 */
async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const headers = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
  const answer = await klamka.api(method, path, body, headers);
  expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
  return answer.body;
}

/** Stores a registration that was cut off long ago, after its secret was stored. */
async function cutOffRegistration(): Promise<void> {
  await put('RegistryTable', {
    kind: 'integration-key',
    name: 'cutoff',
    label: 'cut off',
    createdAtMillis: 0,
    incomplete: true,
  });
  const command = new CreateSecretCommand({
    Name: CUT_OFF,
    SecretString: 'abandoned',
    Tags: [{ Key: 'klamka:registration', Value: 'unfinished' }],
  });
  await vault.send(command);
}

const CUT_OFF = 'klamka/dev/integration-keys/cutoff';
const today = () => dayOf(epochMillis(Date.now()), 'Europe/Warsaw');

interface Connected {
  readonly accountId: string;
  readonly login: string;
  readonly integrationKeyId: string;
  readonly of: (path: string) => string;
}

async function connect(): Promise<Connected> {
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const added = await call('POST', '/accounts', { marketplace: 'allegro', ...seller, integrationKeyId });
  const accountId = String(added.accountId);
  await klamka.settle();
  return { accountId, login: seller.login, integrationKeyId, of: (path) => `/accounts/${accountId}${path}` };
}

async function readAndAcknowledge({ of, accountId }: Connected): Promise<string> {
  const [order] = (await call('GET', of('/orders'))).orders as { orderId: string }[];
  const { position } = await call('GET', of('/changes'));
  await call('PUT', of('/consumers/erp/position'), { position });
  for (const path of ['/health', '/integration-keys', '/accounts', '/changes', '/webhooks', '/audit'])
    await call('GET', path);
  for (const filter of [`account=${accountId}`, 'client=local-administrator'])
    await call('GET', `/audit?${filter}`);
  for (const path of ['', '/sync', '/logins', '/consumers', '/consumers/erp', '/imports'])
    await call('GET', of(path));
  await call('GET', of(`/orders/${order?.orderId}`));
  return String(order?.orderId);
}

/** Has days compared and imported, and orders repaired, quarantined and sent again. */
async function askForWork({ of }: Connected, orderId: string): Promise<void> {
  await call('POST', of('/orders/resend'), { ids: [orderId] });
  const window = { from: new Date(0).toISOString(), to: new Date().toISOString() };
  await call('POST', of('/orders/resend'), window);
  await call('POST', of('/completeness'));
  await klamka.settle();
  await call('GET', of(`/completeness?day=${today()}`));
  const [offer] = (await call('GET', of('/offers'))).offers as { offerId: string }[];
  await call('GET', of(`/offers/${offer?.offerId}`));
  const asked = await call('POST', of('/imports'), { from: today(), to: today() });
  const another = await klamka.api('POST', of('/imports'), { from: today(), to: today() });
  expect([202, 409]).toContain(another.status);
  await klamka.settle();
  await call('GET', of(`/imports/${asked.importId}`));
  const lost = { kind: 'missing-element', element: 'postBuyFormPayStatus' };
  await klamka.sim('POST', '/buyers', { orders: 3, pace: 'at-once' });
  const { saleIds } = (await klamka.sim('POST', '/sales/spoil', { ...lost, count: 1 })) as {
    saleIds: string[];
  };
  await klamka.settle();
  await klamka.sim('POST', `/sales/${saleIds[0]}/spoil`, { kind: null });
  await call('POST', of(`/orders/order:${saleIds[0]}/repair`));
  await klamka.settle();
  await klamka.sim('POST', '/buyers', { orders: 3, pace: 'at-once' });
  const spoilt = (await klamka.sim('POST', '/sales/spoil', { ...lost, count: 1 })) as { saleIds: string[] };
  for (let run = 1; run <= 5; run += 1) await klamka.settle();
  await call('POST', of(`/orders/order:${spoilt.saleIds[0]}/dismiss`));
}

/** Types a new password, ends a session, pauses, and adds a login that is taken. */
async function logInAgain({ of, login, integrationKeyId }: Connected): Promise<void> {
  const path = `/sellers/${encodeURIComponent(login)}`;
  const made = await klamka.sim('POST', `${path}/application-passwords`, { name: 'second' });
  const { applicationPassword } = made;
  await call('PUT', of('/application-password'), { applicationPassword });
  await klamka.sim('POST', `${path}/kill-sessions`);
  await klamka.settle();
  await call('POST', of('/pause'));
  await call('POST', of('/resume'));
  const again = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
  expect((await klamka.api('POST', '/accounts', again)).status).toBe(409);
}

/**
 * Locks an account, so that people are told, and reminded a day later. Then the password is changed at its
 * source, and people are told that all is well.
 */
async function lockAndTell({ of, accountId, login }: Connected): Promise<void> {
  const path = `/sellers/${encodeURIComponent(login)}`;
  await klamka.sim('POST', `${path}/refuse`, { code: 'ERR_CAPTCHA_REQUIRED' });
  await klamka.sim('POST', `${path}/kill-sessions`);
  await call('POST', of('/sync'));
  await klamka.settle();
  expect((await call('GET', of(''))).connection).toMatchObject({ state: 'locked' });
  await klamka.settle();
  await set('AccountsTable', { accountId }, { notifyAtMillis: 1 });
  await klamka.settle();
  await vault.send(
    new PutSecretValueCommand({
      SecretId: `klamka/dev/accounts/${accountId}/application-password`,
      SecretString: String([...klamka.secrets].at(-1)),
    }),
  );
  await set('AccountsTable', { accountId }, { notifyAtMillis: 1 });
  await klamka.settle();
  await klamka.sim('POST', `${path}/refuse`, { code: null });
  await call('POST', of('/unlocked'), { loggedInOnWebsite: true });
  await klamka.settle();
}

/** Makes a key refused, and replaces it as people would. */
async function breakKey({ of, integrationKeyId }: Connected, key: string): Promise<void> {
  await klamka.sim('POST', `/keys/${key}/state`, { state: 'refused' });
  await call('POST', of('/sync'));
  await klamka.settle();
  await klamka.settle();
  await klamka.sim('POST', '/keys', { key: 'anotherkey' });
  await call('PUT', `/integration-keys/${integrationKeyId}`, { integrationKey: 'anotherkey' });
  const another = { label: 'another', integrationKey: 'anotherkey' };
  const { integrationKeyId: unused } = await call('POST', '/integration-keys', another);
  await call('DELETE', `/integration-keys/${unused}`);
  await klamka.settle();
}

/** Lets a receiver fail until a delivery is given up, and at last answer 410. */
async function failWebhook(
  { of, accountId }: Connected,
  { webhookId, orderId }: { webhookId: string; orderId: string },
): Promise<void> {
  const hook = (path: string) => `/webhooks/${webhookId}${path}`;
  const deliveryCursor = { owner: webhookId, entryKey: `deliveryCursor#${accountId}` };
  status = 500;
  await call('POST', of('/orders/resend'), { ids: [orderId] });
  await klamka.settle();
  const { progress } = (await call('GET', hook(''))) as { progress: { number: number; lag: number }[] };
  const waiting = Number(progress[0]?.number) + 1;
  await ageEntry({ tables, table: nameOf }, { accountId, number: waiting });
  await set('SendingTable', deliveryCursor, { dueAtMillis: 1, failingSinceMillis: 1 });
  await klamka.settle();
  const { deadLetters } = (await call('GET', hook('/dead-letters'))) as { deadLetters: unknown[] };
  expect(deadLetters.length).toBeGreaterThan(0);
  status = 200;
  await call('POST', hook('/dead-letters/replay'));
  await klamka.settle();
  await call('POST', hook('/secret'));
  await call('POST', hook('/test'));
  status = 410;
  await call('POST', of('/orders/resend'), { ids: [orderId] });
  await klamka.settle();
  status = 200;
  await call('POST', hook('/resume'));
}

/** Registers a webhook for the accounts that its client is bound to. */
async function registerAsBound(accountId: string, url: string): Promise<void> {
  const subject = 'bound';
  const aws = { endpoint: klamka.world.stack.endpoints.dynamodb, ...LOCAL };
  const table = klamka.world.stack.resource('RegistryTable').name;
  const client = { subject, role: 'administrator', name: subject, accountIds: [accountId] } as const;
  await writeClient({ table, aws }, client);
  const token = await klamka.world.issuer.token({ subject, scopes: ALL_SCOPES });
  const body = { url, accounts: [accountId] };
  const api = { ...klamka.world.api, token };
  expect(await attempt(api, { method: 'POST', path: '/webhooks', body })).toMatchObject({ status: 201 });
}

/** Requests that a buyer is erased, and loses the message of another request. */
async function eraseBuyers({ of, accountId }: Connected): Promise<void> {
  await call('POST', of('/buyers/erase'), { buyerId: '1' });
  await klamka.settle();
  await put('RegistryTable', {
    kind: 'erasure',
    name: `${accountId}/lost`,
    accountId,
    requestId: 'lost',
    buyerId: '2',
    againAtMillis: 1,
  });
  await klamka.settle();
}

/** Lets two senders meet, and a sender work for an account that has gone. */
async function disturbSending({ of, accountId }: Connected, orderId: string): Promise<void> {
  const sender = { owner: accountId, entryKey: 'sender' };
  await set('SendingTable', sender, { claimToken: 'another', claimUntilMillis: Date.now() + 30_000 });
  await call('POST', of('/orders/resend'), { ids: [orderId] });
  await klamka.settle();
  await set('SendingTable', sender, { claimUntilMillis: 1 });
  await put('SendingTable', { owner: 'gone0', entryKey: 'look', dueShard: 'shard-0', dueAtMillis: 1 });
  await klamka.settle();
}

it('no role allows an action that its function never takes', { timeout: 180_000 }, async () => {
  const { port } = server.address() as AddressInfo;
  const webhookId = String(
    (await call('POST', '/webhooks', { url: `https://localhost:${port}/` })).webhookId,
  );
  const account = await connect();
  const key = String([...klamka.secrets].find((secret) => secret.startsWith('key')));
  await klamka.sim('POST', '/buyers', { orders: 30, pace: 'at-once' });
  await klamka.settle();
  const orderId = await readAndAcknowledge(account);
  await askForWork(account, orderId);
  await registerAsBound(account.accountId, `https://localhost:${port}/`);
  await failWebhook(account, { webhookId, orderId });
  await disturbSending(account, orderId);
  await eraseBuyers(account);
  await logInAgain(account);
  await lockAndTell(await connect());
  await breakKey(account, key);
  await cutOffRegistration();
  await klamka.settle();
  await call('DELETE', `/webhooks/${webhookId}`);
  await call('DELETE', account.of(''));
  await klamka.settle();

  const permissions = klamka.world.stack.permissions();
  const idle = permissions
    .filter(({ uses, action }) => uses === 0 && !OF_THE_POLLER.includes(action))
    .map(({ functionName, action, resources }) => `${functionName} ${action} ${resources}`)
    .filter((permission) => !AFTER_A_LONG_RUN.some((known) => known.test(permission)));
  expect(idle).toEqual([]);
  const unnamed = permissions.flatMap((permission) =>
    permission.unnamed.map((name) => `${permission.functionName} ${permission.action} ${name}`),
  );
  expect(unnamed.filter((name) => !WHILE_REMOVED.test(name))).toEqual([]);
});
