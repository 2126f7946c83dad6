import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventContract } from '../support/event-schema.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { ageEntry, openTables } from '../support/tables.ts';
import { SELF_SIGNED } from '../unit/webapi/certificate.ts';

interface Change {
  readonly number: number;
  readonly orderId: string;
  readonly changes: readonly string[];
  readonly order: unknown;
}

interface Post {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly raw: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Change };
}

let klamka: Klamka;
let tables: DynamoDBDocumentClient;
let server: Server;
let folder: string;
let accountId: string;
let webhookId: string;
let secret: string;
/** The receiver's status, and the posts that it accepted and refused. */
let status = 200;
const taken: Post[] = [];
const refused: Post[] = [];

const webhookUrl = () => `https://localhost:${(server.address() as AddressInfo).port}/klamka?tenant=7`;

async function startReceiver(): Promise<void> {
  server = createServer(SELF_SIGNED, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks).toString('utf8');
    (status < 300 ? taken : refused).push({ headers: request.headers, raw, body: JSON.parse(raw) });
    response.writeHead(status).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

beforeAll(async () => {
  await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'klamka-sending-'));
  const trusted = join(folder, 'receiver.pem');
  await writeFile(trusted, SELF_SIGNED.cert);
  const { host } = new URL(webhookUrl());
  klamka = await startKlamka({
    seed: 11,
    environment: { WEBHOOK_TEST_HOSTS: host, NODE_EXTRA_CA_CERTS: trusted },
  });
  tables = openTables(klamka.world.stack);
  const made = await klamka.api('POST', '/webhooks', { url: webhookUrl() });
  expect(made.status).toBe(201);
  webhookId = String(made.body.webhookId);
  secret = String(made.body.secret);
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  const added = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(added.body.accountId);
  await klamka.settle();
});
afterAll(async () => {
  tables?.destroy();
  await klamka?.close();
  server?.close();
  server?.closeAllConnections();
  await rm(folder, { recursive: true, force: true });
});

/** The whole feed, as an ERP reads it. */
async function feed(): Promise<Change[]> {
  const all: Change[] = [];
  for (let after = ''; ; ) {
    const { body } = await klamka.api('GET', `/accounts/${accountId}/changes?limit=100${after}`);
    const page = body as unknown as { changes: Change[]; position: string };
    if (page.changes.length === 0) return all;
    all.push(...page.changes);
    after = `&after=${page.position}`;
  }
}

/** Changes stored times, which would take hours of waiting. */
const set = (table: string, key: object, facts: Record<string, unknown>) =>
  tables.send(
    new UpdateCommand({
      TableName: klamka.world.stack.resource(table).name,
      Key: key,
      UpdateExpression: `SET ${Object.keys(facts).map((name) => `${name} = :${name}`)}`,
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(facts).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  );
const deliveryCursorIs = (facts: Record<string, unknown>) =>
  set('SendingTable', { owner: webhookId, entryKey: `deliveryCursor#${accountId}` }, facts);

const progress = async () => {
  const { body } = await klamka.api('GET', `/webhooks/${webhookId}`);
  return (body as unknown as { progress: Record<string, unknown>[] }).progress[0];
};

/** Whether a post is signed, judged as a receiver does. */
const isSigned = ({ headers, raw }: Post, key: string): boolean => {
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${raw}`;
  const hmac = createHmac('sha256', Buffer.from(key.replace('whsec_', ''), 'base64'));
  return String(headers['webhook-signature'])
    .split(' ')
    .includes(`v1,${hmac.update(content).digest('base64')}`);
};

describe('a webhook', () => {
  it('gets every change in order and signed, also when it has failed for a while', async () => {
    status = 503;
    await klamka.sim('POST', '/buyers', { orders: 12 });
    await klamka.settle();
    const failing = await progress();
    expect(failing).toMatchObject({ accountId, number: 0, failures: 1, lastError: { status: 503 } });
    expect(failing?.lag).toBe((await feed()).length);
    expect(refused).toHaveLength(1);

    status = 204;
    await deliveryCursorIs({ dueAtMillis: 1 });
    await klamka.sim('POST', '/buyers/finish');
    await klamka.settle();
    await klamka.settle();
    const changes = await feed();
    expect(changes.length).toBeGreaterThan(12);
    expect(taken.map(({ body }) => body.data.number)).toEqual(changes.map(({ number }) => number));
    expect(taken.filter((post) => !isSigned(post, secret))).toEqual([]);
    expect(new Set(taken.map(({ headers }) => headers['webhook-id'])).size).toBe(changes.length);
    expect(taken.at(-1)?.body).toMatchObject({
      type: `order.${changes.at(-1)?.changes[0]}`,
      data: { accountId, order: changes.at(-1)?.order },
    });
    expect(await progress()).toMatchObject({ number: changes.length, lag: 0, failures: 0, nextTryAt: null });
  });

  it('keeps deliveries that were given up, and sends them again on request', async () => {
    const [first] = await feed();
    status = 500;
    await klamka.api('POST', `/accounts/${accountId}/orders/resend`, { ids: [first?.orderId] });
    await klamka.settle();
    const number = (await feed()).length;
    await ageEntry(klamka.world.stack, { accountId, number });
    // The bus was told of that entry. With another time it would be another entry, of a restored feed.
    await set('SendingTable', { owner: accountId, entryKey: 'sender' }, { busPlace: { atMillis: 1 } });
    await deliveryCursorIs({ dueAtMillis: 1, failingSinceMillis: 1 });
    await klamka.settle();
    const letters = async () => (await klamka.api('GET', `/webhooks/${webhookId}/dead-letters`)).body;
    expect(await letters()).toMatchObject({
      deadLetters: [{ accountId, number, orderId: first?.orderId, error: { status: 500 } }],
    });
    expect(await progress()).toMatchObject({ number, lag: 0, nextTryAt: null });

    status = 200;
    const replay = `/webhooks/${webhookId}/dead-letters/replay`;
    expect(await klamka.api('POST', replay)).toMatchObject({ status: 202, body: { accounts: 1 } });
    await klamka.settle();
    expect(taken.at(-1)?.body).toMatchObject({ type: 'order.changed', data: { number } });
    expect(await letters()).toEqual({ deadLetters: [], cursor: null });
  });

  it('can be tried, with the old secret and the new one', async () => {
    const rotated = await klamka.api('POST', `/webhooks/${webhookId}/secret`);
    const tried = await klamka.api('POST', `/webhooks/${webhookId}/test`);
    expect(tried.body).toEqual({ delivered: true, error: null });
    const last = taken.at(-1);
    expect(last?.body.type).toBe('webhook.test');
    expect([secret, String(rotated.body.secret)].map((key) => last && isSigned(last, key))).toEqual([
      true,
      true,
    ]);
    klamka.secrets.add(secret.slice('whsec_'.length));
    klamka.secrets.add(String(rotated.body.secret).slice('whsec_'.length));
  });

  it('has to be on the open internet', async () => {
    for (const url of ['https://169.254.169.254/', 'https://localhost:1/', 'http://example.com/']) {
      const { status: answered, body } = await klamka.api('POST', '/webhooks', { url });
      expect({ answered, body }).toMatchObject({ answered: 400, body: { fields: [{ field: 'url' }] } });
      expect(body.message).toEqual({ pl: expect.any(String), en: expect.any(String) });
    }
  });
});

describe('the bus', () => {
  it('is told each thing that the feed tells, as the contract says', async () => {
    const contract = await eventContract();
    const events = klamka.world.stack
      .events()
      .filter(({ detailType }) => detailType.startsWith('order.'))
      .map(({ detailType: type, detail }) => ({ type, detail: detail as Record<string, unknown> }));
    expect(events.flatMap(contract.faultsOf)).toEqual([]);
    const typeOf = (change: string) => `order.${change === 'sent-again' ? 'changed' : change}`;
    const wanted = (await feed()).flatMap(({ number, changes }) =>
      changes.map((change) => `${accountId}-${number}-${typeOf(change)}`),
    );
    // Takes the entry's time out of the event id, where it stands between number and type.
    const ids = events.map(({ detail }) => String(detail.eventId).replace(/-[0-9a-z]+(-order\.)/, '$1'));
    expect(ids).toEqual(wanted);
    expect(new Set(events.map(({ type }) => type)).size).toBeGreaterThanOrEqual(3);
  });
});

describe('signing secrets', () => {
  it('are shown once, to the caller, and appear nowhere else', () => {
    const said = klamka.said.filter((line) => !/"secret":"whsec_/.test(line));
    expect(klamka.said.length - said.length).toBe(2);
    const everything = [
      ...said,
      JSON.stringify(klamka.world.stack.events()),
      JSON.stringify(klamka.world.stack.notices()),
      ...[...taken, ...refused].map((post) => JSON.stringify(post)),
    ];
    expect(klamka.secrets.size).toBe(4);
    for (const one of klamka.secrets) expect(everything.filter((line) => line.includes(one))).toEqual([]);
    expect(everything.filter((line) => line.includes('whsec_'))).toEqual([]);
  });
});

describe('removing', () => {
  it('an account takes its sending with it, a webhook all that is left', async () => {
    const left = async () => {
      const TableName = klamka.world.stack.resource('SendingTable').name;
      const { Items = [] } = await tables.send(new ScanCommand({ TableName, ConsistentRead: true }));
      return Items.map(({ owner, entryKey }) => `${owner} ${entryKey}`);
    };
    expect(await left()).toContain(`${webhookId} deliveryCursor#${accountId}`);
    await klamka.api('DELETE', `/accounts/${accountId}`);
    await klamka.settle();
    await klamka.settle();
    expect(await left()).toEqual([`webhooks ${webhookId}`]);
    expect((await klamka.api('DELETE', `/webhooks/${webhookId}`)).status).toBe(200);
    expect(await left()).toEqual([]);
    expect((await klamka.api('GET', `/webhooks/${webhookId}`)).status).toBe(404);
  });
});
