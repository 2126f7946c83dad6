import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayOf } from '../../functions/core/base/days.ts';
import { epochMillis } from '../../functions/core/base/time.ts';
import type { StoreTrouble } from '../../infra/local/stack/store-trouble.ts';
import { type Canary, found, spellingsOf } from '../support/canary.ts';
import { openPlaces, type Places } from '../support/canary-places.ts';
import { klamka as cli } from '../support/cli.ts';
import { type Klamka, type Seller, startKlamka } from '../support/klamka.ts';
import { endClaims, setVisibility } from '../support/tables.ts';

/*
 * Marked secrets go through API, synchronisation, faults, crashes and command line. Afterwards they stand in Secrets
 * Manager, handles in the sessions table, and neither of them anywhere else, in whatever spelling.
 */

/** Wrong passwords with all that is escaped in XML, URLs and JSON, one that is hashed and one that is not. */
const WRONG = { ascii: `K<4n&r"k'%+/a9`, polish: 'żółtyKanarek<&' };
const KEYS = { first: 'klucz-kanarka-1', second: 'klucz-kanarka-2' };
const REPEATED = randomUUID();

let klamka: Klamka;
let folder: string;
let places: Places;
let trouble: StoreTrouble | undefined;
let requests = 0;
/** Trouble of every third request to the tables, while there is any. */
function everyThird(): StoreTrouble | undefined {
  requests += 1;
  return requests % 3 === 0 ? trouble : undefined;
}
/** Output of the command line. */
const printedByCli: string[] = [];
const canaries = new Map<string, string>();
const handles = new Set<string>();
/** The canaries that go into the vault, by name. */
const inVault = new Set<string>();

const mark = (name: string, secret: string): string => {
  canaries.set(name, secret);
  return secret;
};
const stored = (name: string, secret: string): string => {
  inVault.add(name);
  return mark(name, secret);
};
const all = (): Canary[] => [
  ...[...canaries].map(([name, secret]) => ({ name, secret })),
  ...[...handles].map((secret, index) => ({ name: `handle ${index}`, secret })),
];
const post = (path: string, body: unknown) =>
  klamka.api('POST', path, body, { 'idempotency-key': randomUUID() });
/** Runs what is due, and notes the handles that are stored then. */
async function settle(): Promise<void> {
  await klamka.settle();
  for (const { handle } of await places.itemsOf('SessionsTable')) handles.add(String(handle));
}

async function runCli(words: string, stdin?: string): Promise<{ exit: number; out: string }> {
  const env = { HOME: folder, KLAMKA_DATA: folder, LANG: 'pl_PL.UTF-8' };
  const ran = await cli(words.split(' '), { env, ...(stdin !== undefined && { stdin }) });
  printedByCli.push(ran.out, ran.err);
  return ran;
}

async function newSeller(name: string): Promise<Seller> {
  const seller = await klamka.seller();
  stored(`password of ${name}`, seller.applicationPassword);
  return seller;
}

const account = async (seller: Seller, applicationPassword: string, integrationKeyId: string) => {
  const input = { marketplace: 'allegro', login: seller.login, applicationPassword, integrationKeyId };
  const { body } = await post('/accounts', input);
  return String(body.accountId);
};

/** A marketplace that answers with every secret that it knows, in every spelling, as text and as code. */
async function echo(operation: string, ...secrets: readonly string[]): Promise<void> {
  const text = secrets.flatMap(spellingsOf).join(' ');
  await klamka.sim('POST', '/faults', { operation, times: 1, kind: 'fault', code: 'ERR_UNHEARD_OF', text });
}

async function throughTheApi(): Promise<{ accountId: string; seller: Seller }> {
  await klamka.sim('POST', '/keys', { key: mark('first key', KEYS.first) });
  const registered = await klamka.api(
    'POST',
    '/integration-keys',
    { label: 'kanarek', integrationKey: KEYS.first },
    { 'idempotency-key': mark('idempotency key', REPEATED) },
  );
  const integrationKeyId = String(registered.body.integrationKeyId);
  const seller = await newSeller('good seller');
  const accountId = await account(seller, seller.applicationPassword, integrationKeyId);
  await settle();
  // Refused passwords, of which one is sent as a hash; both stay in the vault as versions that were tried.
  await account(await klamka.seller(), mark('wrong password', WRONG.ascii), integrationKeyId);
  await account(await klamka.seller(), mark('wrong Polish password', WRONG.polish), integrationKeyId);
  await klamka.api('PUT', `/accounts/${accountId}/application-password`, {
    applicationPassword: mark('second wrong password', 'K4narekDrugi99'),
  });
  // Input that cannot be used.
  for (const applicationPassword of [
    [WRONG.ascii],
    `${WRONG.ascii} `,
    { x: WRONG.polish },
    WRONG.ascii.repeat(9),
  ])
    await post('/accounts', { marketplace: 'allegro', login: 'x', integrationKeyId, applicationPassword });
  await klamka.api('POST', '/accounts', `{"applicationPassword": "${seller.applicationPassword}"`);
  await klamka.api('PUT', `/integration-keys/${integrationKeyId}`, {
    integrationKey: `${mark('bad key', 'klucz kanarka')} `,
  });
  await klamka.sim('POST', '/keys', { key: stored('second key', KEYS.second) });
  await klamka.api('PUT', `/integration-keys/${integrationKeyId}`, { integrationKey: KEYS.second });
  const hook = await post('/webhooks', { url: 'https://localhost:9/kanarek' });
  mark('webhook secret', String(hook.body.secret).slice('whsec_'.length));
  const rotated = await klamka.api('POST', `/webhooks/${hook.body.webhookId}/secret`);
  stored('new webhook secret', String(rotated.body.secret).slice('whsec_'.length));
  await klamka.api('POST', `/webhooks/${hook.body.webhookId}/test`);
  return { accountId, seller };
}

async function throughRuns({ accountId, seller }: { accountId: string; seller: Seller }): Promise<void> {
  const of = (path: string) => `/accounts/${accountId}${path}`;
  await klamka.sim('POST', '/buyers', { orders: 20, pace: 'at-once' });
  await settle();
  const today = dayOf(epochMillis(Date.now()), 'Europe/Warsaw');
  const { body } = await klamka.api('GET', of('/orders'));
  const [{ orderId } = { orderId: '' }] = body.orders as { orderId: string }[];
  await post(of(`/orders/${orderId}/repair`), undefined);
  await post(of('/orders/resend'), { ids: [orderId] });
  await post(of('/imports'), { from: today, to: today });
  await post(of('/completeness'), undefined);
  await post(of('/buyers/erase'), { orderId });
  const { position } = (await klamka.api('GET', of('/changes'))).body;
  await klamka.api('PUT', of('/consumers/erp/position'), { position });
  await settle();
  await klamka.sim('POST', `/sellers/${seller.login}/kill-sessions`);
  await settle();
}

async function throughFaults({ accountId, seller }: { accountId: string; seller: Seller }): Promise<void> {
  const known = [seller.applicationPassword, KEYS.second, ...handles];
  for (const operation of ['doGetSiteJournalDeals', 'doQuerySysStatus', 'doGetPostBuyFormsDataForSellers'])
    await echo(operation, ...known);
  await klamka.sim('POST', '/buyers', { orders: 5, pace: 'at-once' });
  await post(`/accounts/${accountId}/sync`, undefined);
  await settle();
  await settle();
  // A login that the marketplace refuses with the password itself, once as the text and once as the code of its fault.
  const { body } = await klamka.api('GET', '/integration-keys');
  const [{ integrationKeyId } = { integrationKeyId: '' }] = body.integrationKeys as {
    integrationKeyId: string;
  }[];
  const echoed = await newSeller('echoed seller');
  await echo('doLoginEnc', echoed.applicationPassword, KEYS.second);
  await account(echoed, echoed.applicationPassword, integrationKeyId);
  const coded = await newSeller('seller whose password is a code');
  const code = { operation: 'doLoginEnc', times: 1, kind: 'fault', code: coded.applicationPassword };
  await klamka.sim('POST', '/faults', code);
  await account(coded, coded.applicationPassword, integrationKeyId);
  await settle();
  await settle();
}

async function throughCrashes({ accountId }: { accountId: string }): Promise<void> {
  await setVisibility(klamka.world.stack, 3);
  await klamka.sim('POST', '/buyers', { orders: 20, pace: 'at-once' });
  // Not awaited: on a busy machine the run may be over before the answer is here, and would never be seen.
  const asked = post(`/accounts/${accountId}/sync`, undefined);
  while (!klamka.world.stack.instances('WorkLambdaFunction').some(({ busy }) => busy))
    await new Promise(setImmediate);
  klamka.world.stack.kill('WorkLambdaFunction');
  await asked;
  await endClaims(klamka.world.stack, accountId);
  for (const kind of ['failed', 'throttled'] as const) {
    trouble = kind;
    await post('/accounts', {
      marketplace: 'allegro',
      login: 'y',
      integrationKeyId: 'k',
      applicationPassword: WRONG.polish,
    });
    await klamka.api('PUT', '/integration-keys/none', { integrationKey: KEYS.second });
    await post(`/accounts/${accountId}/sync`, undefined);
    trouble = undefined;
  }
  await settle();
}

async function throughTheCommandLine(): Promise<void> {
  const key = stored('key of the command line', 'klucz-kanarka-3');
  await klamka.sim('POST', '/keys', { key });
  const registered = await runCli('keys register --label cli --json', `${key}\n`);
  const { integrationKeyId } = JSON.parse(registered.out) as { integrationKeyId: string };
  const seller = await newSeller('seller of the command line');
  const add = `accounts add --marketplace allegro --login ${seller.login} --key ${integrationKeyId}`;
  expect((await runCli(add, `${WRONG.ascii}\n`)).exit).toBe(6);
  expect((await runCli(`password set ${seller.login}`, `${seller.applicationPassword}\n`)).exit).toBe(0);
  await settle();
}

/** Everything that the command line shows, faults and crashes of before included. */
async function lookAround(): Promise<void> {
  for (const words of ['accounts list', 'keys list', 'webhooks list', 'audit', 'logs --lines 5000']) {
    expect([words, (await runCli(words)).exit]).toEqual([words, 0]);
    await runCli(`${words} --json`);
  }
  const { body } = await klamka.api('GET', '/accounts?limit=100');
  for (const { accountId } of body.accounts as { accountId: string }[])
    for (const words of ['accounts show', 'sync show', 'logins']) await runCli(`${words} ${accountId}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'klamka-canary-'));
  klamka = await startKlamka({
    seed: 83,
    accessFile: join(folder, 'access.json'),
    environment: { WEBHOOK_TEST_HOSTS: 'localhost:9', API_WAIT_SECONDS: '4' },
    accidents: { store: everyThird },
  });
  places = await openPlaces(klamka, { printedByCli });
  mark('signature of the token', String(klamka.world.api.token?.split('.')[2]));
  stored('key of the fingerprints', await places.secret('FingerprintKey'));
  const shop = await throughTheApi();
  await throughRuns(shop);
  await throughTheCommandLine();
  await throughFaults(shop);
  await throughCrashes(shop);
  await lookAround();
}, 300_000);

afterAll(async () => {
  places?.close();
  await klamka?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('marked secrets', () => {
  it('stand where they belong: in Secrets Manager, and handles in the sessions table', async () => {
    expect(handles.size).toBeGreaterThan(1);
    const names = found(all(), [{ place: 'vault', text: await places.vault() }]);
    expect(names).toEqual(expect.arrayContaining([...inVault].map((name) => `${name} in vault`)));
    expect(names.filter((name) => name.startsWith('handle'))).toEqual([]);
    const sessions = (await places.all()).filter(({ place }) => place === 'SessionsTable');
    expect(found(all(), sessions).every((hit) => hit.startsWith('handle'))).toBe(true);
    expect(found(all(), sessions).length).toBeGreaterThan(0);
  });

  it('stand nowhere else, in no spelling; a webhook’s secret is shown once, in the answer that makes it', async () => {
    const searched = await places.all();
    for (const { place, text } of searched) expect([place, text.length > 2]).toEqual([place, true]);
    const hits = found(all(), searched).filter((hit) => !/^handle \d+ in SessionsTable$/.test(hit));
    expect(hits).toEqual(['new webhook secret in HTTP answers', 'webhook secret in HTTP answers']);
    for (const secret of ['webhook secret', 'new webhook secret'])
      expect(klamka.answers.filter((text) => text.includes(String(canaries.get(secret))))).toHaveLength(1);
  });

  it('are found if they are planted: in every table, bus, topic, queue, log, metric, answer, output and tag', async () => {
    const { stack } = klamka.world;
    const planted = 'zasadzony-kanarek';
    const hits = async () => found([{ name: 'planted', secret: planted }], await places.all());
    expect(await hits()).toEqual([]);
    for (const table of places.tables)
      for (const item of (await places.itemsOf(table)).slice(0, 1))
        await places.putItem(table, { ...item, planted: { deep: [Buffer.from(planted).toString('hex')] } });
    await places.putEvent({ message: { pl: planted, en: Buffer.from(planted).toString('base64') } });
    await places.sendMessage({ accountId: planted, slotMillis: 1, why: 'retention' });
    await places.putSecret(`klamka/dev/${planted}`);
    // A text of the caller that comes back in an answer and in the output.
    await runCli(`accounts show ${planted}`);
    await klamka.api('POST', '/webhooks', { [planted]: true });
    klamka.printed.push(`work {"_aws":{"CloudWatchMetrics":[]},"account":"${planted}"}`);
    await klamka.settle();
    expect(stack.messages().length).toBeGreaterThan(0);
    expect(await hits()).toEqual((await places.all()).map(({ place }) => `planted in ${place}`).toSorted());
  });
});
