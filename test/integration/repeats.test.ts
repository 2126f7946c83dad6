import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../infra/local/http-client.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';

/* Requests that a client repeats, and changes of an account that somebody else has changed meanwhile. */

let klamka: Klamka;
beforeAll(async () => {
  klamka = await startKlamka();
});
afterAll(() => klamka.close());

interface Given {
  readonly key?: string;
  readonly ifMatch?: string;
  readonly body?: unknown;
  readonly token?: string;
}

async function ask(method: string, path: string, { key, ifMatch, body, token }: Given = {}) {
  const headers = {
    ...(key !== undefined && { 'idempotency-key': key }),
    ...(ifMatch !== undefined && { 'if-match': ifMatch }),
  };
  const place = token === undefined ? klamka.world.api : { ...klamka.world.api, token };
  const answer = await send(place, { method, path, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  klamka.said.push(text);
  klamka.refuseFaults();
  const { status } = answer;
  return { status, headers: answer.headers, body: JSON.parse(text) as Record<string, unknown> };
}

async function newAccount() {
  const integrationKeyId = await klamka.registerKey();
  return { marketplace: 'allegro', integrationKeyId, ...(await klamka.seller()) };
}

/** All that DynamoDB holds of requests, as text. */
async function requestsKept(): Promise<Record<string, unknown>[]> {
  const tables = openTables(klamka.world.stack);
  const TableName = klamka.world.stack.resource('RegistryTable').name;
  const { Items = [] } = await tables.send(new ScanCommand({ TableName, ConsistentRead: true }));
  tables.destroy();
  return Items.filter(({ kind }) => kind === 'request');
}

describe('a request with an Idempotency-Key', () => {
  it('is carried out once, also if it comes several times at once', async () => {
    const asked = { key: randomUUID(), body: await newAccount() };
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', '/accounts', asked)));
    const [added, ...others] = answers.toSorted((one, other) => one.status - other.status);
    expect(added?.status).toBe(201);
    for (const { status, headers, body } of others) {
      expect({ status, type: body.type }).toEqual({
        status: 409,
        type: 'urn:klamka:problem:request-under-way',
      });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const again = await ask('POST', '/accounts', asked);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(again.headers.get('location')).toBe(added?.headers.get('location'));
    expect(again.body).toEqual({
      repeated: true,
      accountId: added?.body.accountId,
      integrationKeyId: asked.body.integrationKeyId,
      message: { pl: expect.stringContaining('już wcześniej'), en: expect.stringContaining('before') },
    });
    expect(await klamka.attempts(asked.body.login)).toBe(1);
  });

  it('is refused if another request has the key, and told how a key looks', async () => {
    const key = randomUUID();
    const register = (label: string, given: Given = { key }, integrationKey = '0123abcd') =>
      ask('POST', '/integration-keys', { ...given, body: { label, integrationKey } });
    expect((await register('one')).status).toBe(201);
    // Also a request that differs in nothing but a secret.
    for (const other of [await register('two'), await register('one', { key }, '0123abce')])
      expect(other).toMatchObject({ status: 422, body: { type: 'urn:klamka:problem:key-reused' } });
    const short = await register('one', { key: 'short' });
    expect(short).toMatchObject({ status: 400, body: { fields: [{ field: 'idempotency-key' }] } });
  });

  it('may be sent again at once if it was refused', async () => {
    const key = randomUUID();
    const { accountId } = (await ask('POST', '/accounts', { body: await newAccount() })).body;
    const path = `/accounts/${accountId}/unlocked`;
    for (const _ of [1, 2]) {
      const refused = await ask('POST', path, { key, body: { loggedInOnWebsite: true } });
      expect(refused).toMatchObject({ status: 409, body: { type: 'urn:klamka:problem:wrong-state' } });
    }
  });

  it('never shows a secret twice, and says where a new one comes from', async () => {
    const asked = { key: randomUUID(), body: { url: 'https://93.184.215.14/klamka' } };
    const first = await ask('POST', '/webhooks', asked);
    expect(first.status).toBe(201);
    const again = await ask('POST', '/webhooks', asked);
    const { webhookId } = first.body;
    expect(again.body).toMatchObject({
      repeated: true,
      webhookId,
      message: { en: expect.stringContaining(`POST /v1/webhooks/${webhookId}/secret`) },
    });
    expect(again.body).not.toHaveProperty('secret');
    const kept = JSON.stringify(await requestsKept());
    for (const secret of [...klamka.secrets, String(first.body.secret), asked.key])
      expect(kept).not.toContain(secret);
  });

  it('is kept for a day', async () => {
    const kept = await requestsKept();
    expect(kept.length).toBeGreaterThan(3);
    for (const { expiresAtSeconds } of kept)
      expect(Math.abs(Number(expiresAtSeconds) - Date.now() / 1_000 - 86_400)).toBeLessThan(300);
  });
});

describe('a change of an account', () => {
  it('is made only to the version that it was meant for; runs do not count', async () => {
    const added = await ask('POST', '/accounts', { body: await newAccount() });
    const path = `/accounts/${added.body.accountId}`;
    const first = added.headers.get('etag') ?? '';
    await klamka.settle();
    expect((await ask('GET', path)).headers.get('etag')).toBe(first);
    const paused = await ask('POST', `${path}/pause`, { ifMatch: first });
    expect(paused.status).toBe(200);
    const second = paused.headers.get('etag') ?? '';
    expect(second).not.toBe(first);
    for (const [method, rest, body] of [
      ['POST', '/resume', undefined],
      ['PUT', '/application-password', { applicationPassword: 'aB3dE5fG7hJ9' }],
      ['DELETE', '', undefined],
    ] as const) {
      const late = await ask(method, `${path}${rest}`, { ifMatch: first, ...(body && { body }) });
      expect(late).toMatchObject({ status: 412, body: { type: 'urn:klamka:problem:changed-meanwhile' } });
    }
    expect((await ask('GET', path)).headers.get('etag')).toBe(second);
    expect(await ask('POST', `${path}/resume`, { ifMatch: 'no tag' })).toMatchObject({
      status: 400,
      body: { fields: [{ field: 'if-match' }] },
    });
    expect((await ask('POST', `${path}/resume`)).status).toBe(202);
    const { headers } = await ask('GET', path);
    expect((await ask('DELETE', path, { ifMatch: headers.get('etag') ?? '' })).status).toBe(202);
  });
});
