import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { send } from '../../infra/local/http-client.ts';
import { passwordScenario } from '../scenarios/passwords.ts';
import { embeddedScene, type Scene } from '../scenarios/scene.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { changeAccount, openTables } from '../support/tables.ts';

let klamka: Klamka;
let scene: Scene;
let integrationKeyId: string;

beforeAll(async () => {
  klamka = await startKlamka();
  scene = embeddedScene(klamka);
  integrationKeyId = await klamka.registerKey();
});
afterAll(() => scene.close());

const both = { pl: expect.stringMatching(/.{20}/), en: expect.stringMatching(/.{20}/) };
const WRONG = 'niewlasciwe12345';

/**
 * Adds an account and waits for its run too, because the answer comes with the verdict, before the run ends.
 */
async function add(login: string, applicationPassword: string) {
  klamka.secrets.add(applicationPassword);
  const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
  const answer = await klamka.api('POST', '/accounts', body);
  await klamka.settle();
  return answer;
}

const count = async (login: string, what: string): Promise<unknown> => {
  const { logins } = (await klamka.sim('GET', '/stats')) as {
    logins: Record<string, Record<string, unknown>>;
  };
  return logins[login]?.[what];
};

describe('adding an account', () => {
  it('answers with the verdict of the first login and shows the handle by its age only', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { status, body } = await add(login, applicationPassword);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      verdict: 'accepted',
      login,
      connection: { state: 'connected', message: both },
    });
    const shown = await klamka.api('GET', `/accounts/${body.accountId}`);
    expect(shown.body.session).toMatchObject({
      ageSeconds: expect.any(Number),
      expiresAt: expect.any(String),
    });
    expect(await klamka.attempts(login)).toBe(1);
  });

  it('tells in both languages what to do about a wrong password, and tries it once however often a sync is asked for', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { status, body } = await add(login, WRONG);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      verdict: 'refused',
      connection: { state: 'needs-app-password', code: 'ERR_USER_PASSWD', message: both },
    });
    for (let sync = 0; sync < 5; sync += 1) {
      expect((await klamka.api('POST', `/accounts/${body.accountId}/sync`)).status).toBe(202);
      await klamka.settle();
    }
    expect(await klamka.attempts(login)).toBe(1);
    const shown = await klamka.api('GET', `/accounts/${body.accountId}`);
    expect(shown.body).toMatchObject({
      connection: { state: 'needs-app-password', code: 'ERR_USER_PASSWD' },
      nextRunAt: null,
    });

    const path = `/accounts/${body.accountId}/application-password`;
    const put = await klamka.api('PUT', path, { applicationPassword });
    expect(put).toMatchObject({
      status: 200,
      body: { verdict: 'accepted', connection: { state: 'connected' } },
    });
    await klamka.settle();
    await klamka.sim('POST', '/buyers', { orders: 3, seller: login, pace: 'at-once' });
    await klamka.settle();
    const { body: page } = await klamka.api('GET', `/accounts/${body.accountId}/orders`);
    expect((page.orders as { live: boolean }[]).filter(({ live }) => live)).toHaveLength(3);
    expect(await klamka.attempts(login)).toBe(2);
  });

  it('leaves a refused replacement untouched by the account: the old password and its handle go on', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    const put = await klamka.api('PUT', `/accounts/${body.accountId}/application-password`, {
      applicationPassword: WRONG,
    });
    expect(put).toMatchObject({ status: 422, body: { verdict: 'refused', message: both } });
    await klamka.settle();
    const shown = await klamka.api('GET', `/accounts/${body.accountId}`);
    expect(shown.body).toMatchObject({ connection: { state: 'connected' }, lastRun: { outcome: 'done' } });
    expect(await klamka.attempts(login)).toBe(2);
    // The login after the handle has died uses the password that worked.
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    await klamka.settle();
    expect(await count(login, 'successes')).toBe(2);
    expect(await count(login, 'failures')).toBe(1);
  });

  passwordScenario(() => ({ scene, integrationKeyId }));

  it('leaves a locked account alone', async () => {
    const { login, applicationPassword } = await klamka.seller();
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: 'ERR_CAPTCHA_REQUIRED' });
    const { body } = await add(login, applicationPassword);
    expect(body).toMatchObject({ connection: { state: 'locked', message: both }, nextRunAt: null });
    for (let sync = 0; sync < 5; sync += 1) {
      await klamka.api('POST', `/accounts/${body.accountId}/sync`);
      await klamka.settle();
    }
    expect(await klamka.attempts(login)).toBe(1);
  });

  it('pauses all accounts of an integration key that is refused, and logs none of them in', async () => {
    const key = await klamka.registerKey();
    const first = await klamka.seller();
    const keyText = [...klamka.secrets].find(
      (secret) => secret.startsWith('key') && secret.endsWith('test') && secret !== 'key0test',
    );
    await klamka.sim('POST', `/keys/${keyText}/state`, { state: 'inactive' });
    const added = await klamka.api('POST', '/accounts', {
      marketplace: 'allegro',
      ...first,
      integrationKeyId: key,
    });
    expect(added.body).toMatchObject({
      connection: { state: 'needs-owner', reason: 'key-inactive', message: both },
    });
    const second = await klamka.seller();
    await klamka.api('POST', '/accounts', { marketplace: 'allegro', ...second, integrationKeyId: key });
    expect(await klamka.attempts(second.login)).toBe(0);
    const { body } = await klamka.api('GET', '/integration-keys');
    expect(body.integrationKeys).toContainEqual(
      expect.objectContaining({
        integrationKeyId: key,
        trouble: expect.objectContaining({ reason: 'key-inactive' }),
      }),
    );
  });
});

describe('a session that the marketplace ends', () => {
  it('is replaced by one more login, and nothing is lost', async () => {
    const seller = await klamka.seller();
    const { body } = await add(seller.login, seller.applicationPassword);
    await klamka.sim('POST', `/sellers/${seller.login}/kill-sessions`);
    await klamka.sim('POST', '/buyers', { orders: 5, seller: seller.login, pace: 'at-once' });
    await klamka.settle();
    const { body: page } = await klamka.api('GET', `/accounts/${body.accountId}/orders`);
    expect((page.orders as { live: boolean }[]).filter(({ live }) => live)).toHaveLength(5);
    expect(await klamka.attempts(seller.login)).toBe(2);
  });
});

describe('removing an account', () => {
  it('leaves no handle, no secret, no order and no claim behind', async () => {
    const seller = await klamka.seller();
    const { body } = await add(seller.login, seller.applicationPassword);
    await klamka.settle();
    await klamka.sim('POST', '/buyers', { orders: 2, seller: seller.login, pace: 'at-once' });
    await klamka.settle();
    expect((await klamka.api('DELETE', `/accounts/${body.accountId}`)).status).toBe(202);
    await klamka.settle();
    expect((await klamka.api('GET', `/accounts/${body.accountId}`)).status).toBe(404);
    expect((await klamka.api('GET', `/accounts/${body.accountId}/orders`)).status).toBe(404);
    const again = await add(seller.login, seller.applicationPassword);
    expect(again.status).toBe(201);
    expect(again.body.accountId).not.toBe(body.accountId);
  });

  it('waits for late writes of a worker that was killed while it stored orders', async () => {
    const seller = await klamka.seller();
    const { body } = await add(seller.login, seller.applicationPassword);
    const accountId = String(body.accountId);
    const { stack } = klamka.world;
    const batch = { id: 'b1', first: 1, orderIds: ['order:9'], silentIds: [] };
    await changeAccount(stack, accountId, { batch });
    await klamka.api('DELETE', `/accounts/${accountId}`);
    await klamka.settle();
    const tables = openTables(stack);
    const TableName = stack.resource('OrdersTable').name;
    const row = { accountId, orderId: 'order:9', revision: 1, batchId: 'b1' };
    const ConditionExpression = 'attribute_not_exists(orderId)';
    await tables.send(new PutCommand({ TableName, Item: row, ConditionExpression }));
    await changeAccount(stack, accountId, {
      dueAtMillis: Date.now(),
      lateWritesUntilMillis: Date.now(),
    });
    await klamka.settle();
    expect((await klamka.api('GET', `/accounts/${accountId}`)).status).toBe(404);
    const left = await tables.send(new GetCommand({ TableName, Key: { accountId, orderId: 'order:9' } }));
    expect(left.Item).toBeUndefined();
    tables.destroy();
  });
});

describe('bad input', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ['no login', { login: undefined }, 'login'],
    ['a login that is too long for a name and no e-mail address', { login: 'a'.repeat(17) }, 'login'],
    ['an e-mail address without an end', { login: `${'a'.repeat(1_100)}@example.com` }, 'login'],
    ['a login with a control character', { login: 'skl\u0001ep' }, 'login'],
    ['an unknown marketplace', { marketplace: 'ebay' }, 'marketplace'],
    ['an unknown integration key', { integrationKeyId: 'nope' }, 'integrationKeyId'],
    ['an empty password', { applicationPassword: '' }, 'applicationPassword'],
    ['a password with surrounding blanks', { applicationPassword: ' abc def ' }, 'applicationPassword'],
    ['a password over the limit', { applicationPassword: 'x'.repeat(17) }, 'applicationPassword'],
    ['a password that is no text', { applicationPassword: 5 }, 'applicationPassword'],
    ['an unknown field', { password: 'x' }, 'password'],
  ];

  it.each(cases)('%s: 400 naming the field, and nothing is stored', async (_name, change, field) => {
    const before = (await klamka.api('GET', '/accounts')).body.accounts as unknown[];
    const good = {
      marketplace: 'allegro',
      login: 'nowy',
      integrationKeyId,
      applicationPassword: 'abcd1234efgh5678',
    };
    const { status, body } = await klamka.api('POST', '/accounts', { ...good, ...change });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      type: 'urn:klamka:problem:bad-input',
      fields: [{ field, message: { pl: expect.any(String), en: expect.any(String) } }],
    });
    const after = (await klamka.api('GET', '/accounts')).body.accounts as unknown[];
    expect(after).toHaveLength(before.length);
  });

  it('refuses a cursor that it has never given out', async () => {
    for (const cursor of ['', '%20', 'x', 'Zm9v=']) {
      expect(await klamka.api('GET', `/accounts?cursor=${cursor}`)).toMatchObject({
        status: 400,
        body: { fields: [{ field: 'cursor' }] },
      });
    }
  });

  it('says 404 of an unknown account, whatever is asked of it', async () => {
    for (const [method, path, body] of [
      ['GET', '/accounts/nope', undefined],
      ['GET', '/accounts/nope/orders', undefined],
      ['POST', '/accounts/nope/sync', undefined],
      ['DELETE', '/accounts/nope', undefined],
      ['PUT', '/accounts/nope/application-password', { applicationPassword: 'abcdefgh' }],
    ] as const) {
      expect(await klamka.api(method, path, body)).toMatchObject({ status: 404, body: { message: both } });
    }
  });

  it('says 409 of the same login in another spelling', async () => {
    const { login, applicationPassword } = await klamka.seller({ login: 'Żółta_Klamka' });
    const first = await add(login, applicationPassword);
    expect(first.status).toBe(201);
    const second = await add('  żółta_KLAMKA ', applicationPassword);
    expect(second).toMatchObject({ status: 409, body: { accountId: first.body.accountId, message: both } });
  });

  it('says 400 of a body that is no JSON, without quoting it', async () => {
    const response = await send(klamka.world.api, {
      method: 'POST',
      path: '/accounts',
      body: '{"applicationPassword":"tajne123',
    });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).toContain('body');
    expect(text).not.toContain('tajne');
  });
});

describe('health', () => {
  it('is well', async () => {
    expect(await klamka.api('GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
