import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALL_SCOPES } from '../../functions/contract/scopes.ts';
import { writeClient } from '../../infra/clients/clients.ts';
import { attempt } from '../../infra/local/http-client.ts';
import { type Answer, type Klamka, type Seller, startKlamka } from '../support/klamka.ts';
import { LOCAL } from '../support/tables.ts';

/* The audit log of the whole product, through its API. */

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

let klamka: Klamka;
let seller: Seller;
let accountId: string;
let integrationKeyId: string;

const registry = () => ({
  table: klamka.world.stack.resource('RegistryTable').name,
  aws: { endpoint: klamka.world.stack.endpoints.dynamodb, ...LOCAL },
});

async function as(subject: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const token = await klamka.world.issuer.token({ subject, scopes: ALL_SCOPES });
  const answer = await attempt({ ...klamka.world.api, token }, { method, path, body });
  klamka.refuseFaults();
  return { status: answer.status, body: (answer.body ?? {}) as Record<string, unknown> };
}

/**
 * All entries since yesterday that a client is shown, page by page. The rest of the year is left out, because each of its
 * days is a request of its own where no account and no client are named.
 */
async function told(subject: string, query = ''): Promise<Record<string, unknown>[]> {
  const entries: Record<string, unknown>[] = [];
  let cursor: unknown = null;
  do {
    const since = /[&?](from|to)=/.test(query) ? '' : `&from=${YESTERDAY}`;
    const more = cursor === null ? since : `${since}&cursor=${cursor}`;
    const { status, body } = await as(subject, 'GET', `/audit?limit=2${query}${more}`);
    expect(status).toBe(200);
    entries.push(...(body.entries as Record<string, unknown>[]));
    cursor = body.cursor;
  } while (cursor !== null);
  return entries;
}

beforeAll(async () => {
  klamka = await startKlamka({ seed: 61 });
  await writeClient(registry(), { subject: 'boss', role: 'administrator', name: 'Boss' });
  await writeClient(registry(), { subject: 'erp', role: 'integration', name: 'ERP', accountIds: [] });
  await writeClient(registry(), { subject: 'reader', role: 'reader', name: 'Reader' });
  integrationKeyId = await klamka.registerKey();
  seller = await klamka.seller();
  const given = { marketplace: 'allegro', integrationKeyId, ...seller };
  accountId = String((await as('boss', 'POST', '/accounts', given)).body.accountId);
  await klamka.settle();
  await as('boss', 'POST', `/accounts/${accountId}/pause`);
  expect((await as('reader', 'POST', `/accounts/${accountId}/resume`)).status).toBe(403);
  expect((await as('erp', 'POST', `/accounts/${accountId}/resume`)).status).toBe(404);
  expect((await as('stranger', 'POST', `/accounts/${accountId}/resume`)).status).toBe(403);
  await as('boss', 'POST', `/accounts/${accountId}/resume`);
});
afterAll(() => klamka.close());

it('lists every call that changes something, newest first, with its caller and its end', async () => {
  const all = await told('boss', `&account=${accountId}`);
  expect(
    all.map(({ operation, clientName, outcome, problem }) => [operation, clientName, outcome, problem]),
  ).toEqual([
    ['accounts.resume', 'Boss', 'done', null],
    ['accounts.resume', null, 'refused', 'forbidden'],
    ['accounts.resume', 'ERP', 'refused', 'not-found'],
    ['accounts.resume', 'Reader', 'refused', 'forbidden'],
    ['accounts.pause', 'Boss', 'done', null],
    ['accounts.add', 'Boss', 'done', null],
  ]);
});

it('finds what a client did, and what was done in a period', async () => {
  const ofBoss = await told('boss', '&client=boss');
  expect(ofBoss.map(({ operation }) => operation)).toEqual([
    'accounts.resume',
    'accounts.pause',
    'accounts.add',
  ]);
  const pausedAt = String(ofBoss[1]?.at);
  expect((await told('boss', `&from=${pausedAt}&client=boss`)).length).toBe(2);
  expect(
    (await told('boss', `&from=${YESTERDAY}&to=${pausedAt}`)).map(({ operation }) => operation),
  ).toContain('accounts.add');
  const keys = (await told('boss')).filter(({ operation }) => operation === 'keys.register');
  expect(keys).toMatchObject([
    { clientId: 'local-administrator', target: integrationKeyId, accountId: null },
  ]);
});

it('shows a bound client its accounts and itself, and nothing else', async () => {
  expect((await as('erp', 'GET', `/audit?account=${accountId}`)).status).toBe(404);
  expect((await as('erp', 'GET', '/audit?client=boss')).status).toBe(400);
  expect((await told('erp')).map(({ clientId }) => clientId)).toEqual(['erp']);
  await writeClient(registry(), {
    subject: 'erp',
    role: 'integration',
    name: 'ERP',
    accountIds: [accountId],
  });
  expect((await told('erp', `&account=${accountId}`)).length).toBe(6);
});

it('says which filter cannot be used', async () => {
  for (const [query, field] of [
    ['from=yesterday', 'from'],
    ['from=2026-11-20T08:00:00Z&to=2026-11-19T08:00:00Z', 'from'],
    ['cursor=x', 'cursor'],
  ] as const) {
    const { status, body } = await as('boss', 'GET', `/audit?${query}`);
    expect([query, status, (body.fields as { field: string }[])[0]?.field]).toEqual([query, 400, field]);
  }
  expect((await told('boss', '&to=2019-01-01T00:00:00Z')).length).toBe(0);
});

it('holds no secret', async () => {
  const text = JSON.stringify(await told('boss'));
  for (const secret of klamka.secrets) expect(text).not.toContain(secret);
});

it('tells the verdict on each password, also where the call itself was done', async () => {
  const { login } = await klamka.seller();
  const wrong = 'wRong1234wRong12';
  const given = { marketplace: 'allegro', integrationKeyId, login, applicationPassword: wrong };
  const added = await as('boss', 'POST', '/accounts', given);
  const path = `/accounts/${added.body.accountId}`;
  const resend = await as('boss', 'POST', `${path}/application-password/resend`, { passwordIsGood: true });
  const again = await as('boss', 'PUT', `${path}/application-password`, { applicationPassword: wrong });
  const answers = [added, resend, again].map(({ status, body }) => [status, body.verdict]);
  expect(answers).toEqual([
    [201, 'refused'],
    [200, 'refused'],
    [422, 'refused'],
  ]);
  expect(await klamka.attempts(login)).toBe(2);
  await as('boss', 'POST', `${path}/pause`);
  const entries = await told('boss', `&account=${added.body.accountId}`);
  expect(entries.map(({ operation, outcome, verdict }) => [operation, outcome, verdict])).toEqual([
    ['accounts.pause', 'done', null],
    ['accounts.replacePassword', 'refused', 'refused'],
    ['accounts.resendPassword', 'done', 'refused'],
    ['accounts.add', 'done', 'refused'],
  ]);
});
