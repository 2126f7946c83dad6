import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Receiver, startReceiver } from '../scenarios/receiver.ts';
import { embeddedScene, type Scene } from '../scenarios/scene.ts';
import { busScenario, type WebhookUse, webhookScenario } from '../scenarios/webhook.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { SELF_SIGNED } from '../unit/webapi/certificate.ts';

let klamka: Klamka;
let scene: Scene;
let receiver: Receiver;
let folder: string;
let accountId: string;
let login: string;
let webhookId: string;
let secret: string;

const parts = (): WebhookUse => ({ scene, receiver, accountId, login, webhookId, secret });

beforeAll(async () => {
  receiver = await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'klamka-sending-'));
  const trusted = join(folder, 'receiver.pem');
  await writeFile(trusted, SELF_SIGNED.cert);
  const { host } = new URL(receiver.url);
  klamka = await startKlamka({
    seed: 11,
    environment: { WEBHOOK_TEST_HOSTS: host, NODE_EXTRA_CA_CERTS: trusted },
  });
  scene = embeddedScene(klamka);
  const made = await klamka.api('POST', '/webhooks', { url: receiver.url });
  expect(made.status).toBe(201);
  webhookId = String(made.body.webhookId);
  secret = String(made.body.secret);
  const integrationKeyId = await klamka.registerKey();
  const seller = await klamka.seller();
  login = seller.login;
  const added = await klamka.api('POST', '/accounts', {
    marketplace: 'allegro',
    ...seller,
    integrationKeyId,
  });
  accountId = String(added.body.accountId);
  await klamka.settle();
});
afterAll(async () => {
  await scene?.close();
  receiver?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a webhook', () => {
  webhookScenario(parts);

  it('has to be on the open internet', async () => {
    for (const url of ['https://169.254.169.254/', 'https://localhost:1/', 'http://example.com/']) {
      const { status: answered, body } = await klamka.api('POST', '/webhooks', { url });
      expect({ answered, body }).toMatchObject({ answered: 400, body: { fields: [{ field: 'url' }] } });
      expect(body.message).toEqual({ pl: expect.any(String), en: expect.any(String) });
    }
  });
});

describe('the bus', () => {
  busScenario(parts);

  it('is told in the order of the feed', async () => {
    const numbers = (await scene.orderEvents()).map(({ detail }) => Number(detail.feedNumber));
    expect(numbers.length).toBeGreaterThan(12);
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
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
      ...[...receiver.taken, ...receiver.refused].map((post) => JSON.stringify(post)),
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
      const { Items = [] } = await scene.tables.send(new ScanCommand({ TableName, ConsistentRead: true }));
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
