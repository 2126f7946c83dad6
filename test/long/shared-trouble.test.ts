import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables } from '../support/tables.ts';

let klamka: Klamka;

beforeAll(async () => {
  klamka = await startKlamka();
});
afterAll(() => klamka.close());

async function connected(
  integrationKeyId: string,
  count: number,
): Promise<{ accountId: string; login: string }[]> {
  const sellers = await Promise.all(Array.from({ length: count }, () => klamka.seller()));
  const added = await Promise.all(
    sellers.map((seller) =>
      klamka.api('POST', '/accounts', { marketplace: 'allegro', integrationKeyId, ...seller }),
    ),
  );
  await klamka.settle();
  return added.map(({ body }) => ({ accountId: String(body.accountId), login: String(body.login) }));
}

const show = async (accountId: string) => (await klamka.api('GET', `/accounts/${accountId}`)).body;
const sync = async (accountIds: readonly string[]): Promise<void> => {
  for (const accountId of accountIds) await klamka.api('POST', `/accounts/${accountId}/sync`);
  await klamka.settle();
};
const calls = async (): Promise<Record<string, number>> =>
  ((await klamka.sim('GET', '/stats')) as { calls: Record<string, number> }).calls;

/** Lets a worker probe again, which would take five minutes. */
async function letProbe(kind: string, name: string): Promise<void> {
  const tables = openTables(klamka.world.stack);
  await tables.send(
    new UpdateCommand({
      TableName: klamka.world.stack.resource('RegistryTable').name,
      Key: { kind, name },
      UpdateExpression: 'SET trouble.probeAtMillis = :past',
      ExpressionAttributeValues: { ':past': 0 },
    }),
  );
  tables.destroy();
}

const typesOf = (kind: string) =>
  klamka.world.stack
    .events()
    .filter(({ detail }) => (detail as { kind?: string }).kind === kind)
    .map(({ detailType }) => detailType);

describe('an integration key in trouble', () => {
  it('pauses its accounts with one alarm, is probed by one worker without a login, and resumes them by itself', async () => {
    const key = await klamka.registerKey();
    const keyText = [...klamka.secrets].at(-1);
    const accounts = await connected(key, 3);
    const ids = accounts.map(({ accountId }) => accountId);
    await klamka.sim('POST', `/keys/${keyText}/state`, { state: 'limited' });
    await sync(ids);
    for (const id of ids)
      expect(await show(id)).toMatchObject({ connection: { reason: 'key-rate-limited' } });
    const before = await calls();
    await sync(ids);
    expect(await calls()).toEqual(before);
    await klamka.settle();
    expect(typesOf('integration-key')).toEqual(['shared.trouble']);
    await klamka.sim('POST', `/keys/${keyText}/state`, { state: 'ok' });
    await letProbe('integration-key', key);
    await sync(ids);
    await sync(ids);
    for (const id of ids) expect(await show(id)).toMatchObject({ connection: { state: 'connected' } });
    expect(typesOf('integration-key')).toEqual(['shared.trouble', 'shared.recovered']);
    for (const { login } of accounts) expect(await klamka.attempts(login)).toBe(1);
  });
});

describe('an integration key that was mended on the website', () => {
  it('is looked at as soon as an account is resumed, by one call and without a login', async () => {
    const key = await klamka.registerKey();
    const keyText = [...klamka.secrets].at(-1);
    const [account] = await connected(key, 1);
    const { accountId = '', login = '' } = account ?? {};
    await klamka.sim('POST', `/keys/${keyText}/state`, { state: 'inactive' });
    await sync([accountId]);
    expect(await show(accountId)).toMatchObject({ connection: { reason: 'key-inactive' } });
    await klamka.sim('POST', `/keys/${keyText}/state`, { state: 'ok' });
    await sync([accountId]);
    expect(await show(accountId)).toMatchObject({ connection: { reason: 'key-inactive' } });
    const before = (await calls()).doQuerySysStatus ?? 0;
    expect((await klamka.api('POST', `/accounts/${accountId}/resume`)).status).toBe(202);
    await klamka.settle();
    expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    expect((await calls()).doQuerySysStatus).toBe(before + 1);
    expect(await klamka.attempts(login)).toBe(1);
  });

  it('is told to be in trouble as before if it was not mended, and is asked once', async () => {
    const key = await klamka.registerKey();
    const keyText = [...klamka.secrets].at(-1);
    const [account] = await connected(key, 1);
    const { accountId = '' } = account ?? {};
    await klamka.sim('POST', `/keys/${keyText}/state`, { state: 'inactive' });
    await sync([accountId]);
    const before = await calls();
    await klamka.api('POST', `/accounts/${accountId}/resume`);
    await klamka.settle();
    await sync([accountId]);
    expect((await calls()).doQuerySysStatus).toBe((before.doQuerySysStatus ?? 0) + 1);
    expect(await show(accountId)).toMatchObject({ connection: { reason: 'key-inactive' } });
  });
});

describe('an outgoing address in trouble', () => {
  it('a captcha page pauses everything behind it until one probe gets through', async () => {
    const [first, second] = await connected(await klamka.registerKey(), 2);
    const ids = [first, second].map((account) => account?.accountId ?? '');
    await klamka.sim('POST', '/faults', { operation: '*', times: 1, kind: 'captcha-page' });
    await sync([ids[0] ?? '']);
    const before = await calls();
    await sync(ids);
    expect(await calls()).toEqual(before);
    expect(await show(ids[1] ?? '')).toMatchObject({ connection: { reason: 'address-blocked' } });
    expect(typesOf('egress')).toEqual(['shared.trouble']);
    await letProbe('egress', 'allegro/unpinned');
    await sync(ids);
    await sync(ids);
    for (const id of ids) expect(await show(id)).toMatchObject({ connection: { state: 'connected' } });
    expect(typesOf('egress')).toEqual(['shared.trouble', 'shared.recovered']);
  });
});

describe('sessions that keep ending early', () => {
  it('lead to session-unstable with the likely causes, and to waiting instead of logging in', async () => {
    const [seller] = await connected(await klamka.registerKey(), 1);
    const { accountId = '', login = '' } = seller ?? {};
    for (let death = 0; death < 4; death += 1) {
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await sync([accountId]);
    }
    expect(await show(accountId)).toMatchObject({
      connection: { state: 'session-unstable', message: { en: expect.stringContaining('IP address') } },
    });
    expect(await klamka.attempts(login)).toBe(3);
    await sync([accountId]);
    expect(await klamka.attempts(login)).toBe(3);
  });
});

describe('an account that is removed in the middle of its login', () => {
  it('leaves no handle and no secret behind', async () => {
    const key = await klamka.registerKey();
    const seller = await klamka.seller();
    await klamka.sim('POST', '/faults', { operation: 'doLoginEnc', times: 1, kind: 'delay', millis: 1_500 });
    const adding = klamka.api('POST', '/accounts', {
      marketplace: 'allegro',
      integrationKeyId: key,
      ...seller,
    });
    let accountId: string | undefined;
    while (accountId === undefined || (await klamka.attempts(seller.login)) === 0) {
      const { accounts } = (await klamka.api('GET', '/accounts?limit=100')).body as {
        accounts: { login: string; accountId: string }[];
      };
      accountId = accounts.find(({ login }) => login === seller.login)?.accountId;
    }
    expect((await klamka.api('DELETE', `/accounts/${accountId}`)).status).toBe(202);
    await adding;
    await klamka.settle();
    await klamka.settle();
    expect((await klamka.api('GET', `/accounts/${accountId}`)).status).toBe(404);
    const tables = openTables(klamka.world.stack);
    const { GetCommand } = await import('@aws-sdk/lib-dynamodb');
    const TableName = klamka.world.stack.resource('SessionsTable').name;
    expect((await tables.send(new GetCommand({ TableName, Key: { accountId } }))).Item).toBeUndefined();
    tables.destroy();
  });
});
