import {
  ListSecretsCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY } from '../../functions/core/base/time.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { changeAccount, LOCAL, openTables, passHours } from '../support/tables.ts';

let klamka: Klamka;
let integrationKeyId: string;
let vault: SecretsManagerClient;

beforeAll(async () => {
  klamka = await startKlamka();
  integrationKeyId = await klamka.registerKey();
  vault = new SecretsManagerClient({ endpoint: klamka.world.stack.endpoints.secretsManager, ...LOCAL });
});
afterAll(async () => {
  vault.destroy();
  await klamka.close();
});

/** The marketplace's own counters of a login. */
async function counts(login: string) {
  const { logins } = (await klamka.sim('GET', '/stats')) as {
    logins: Record<string, { attempts: number; failures: number; locked: boolean }>;
  };
  const { attempts = 0, failures = 0, locked = false } = logins[login] ?? {};
  return { attempts, failures, locked };
}

async function add(login: string, applicationPassword: string): Promise<string> {
  const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
  const { body: made } = await klamka.api('POST', '/accounts', body);
  await klamka.settle();
  return String(made.accountId);
}

const put = (accountId: string, applicationPassword: string) =>
  klamka.api('PUT', `/accounts/${accountId}/application-password`, { applicationPassword });

const show = async (accountId: string) => (await klamka.api('GET', `/accounts/${accountId}`)).body;

const confirm = (accountId: string) =>
  klamka.api('POST', `/accounts/${accountId}/unlocked`, { loggedInOnWebsite: true });

async function sync(accountId: string, times = 1): Promise<void> {
  for (let round = 0; round < times; round += 1) {
    await passHours(klamka.world.stack, accountId);
    await klamka.api('POST', `/accounts/${accountId}/sync`);
    await klamka.settle();
  }
}

async function secretOf(part: string): Promise<string> {
  const { SecretList = [] } = await vault.send(new ListSecretsCommand({}));
  return SecretList.find(({ Name }) => Name?.includes(part))?.Name ?? '';
}

describe('an accounts table that is restored', () => {
  it('is completed from the log: no password that was refused since is sent again', async () => {
    const { login } = await klamka.seller();
    const accountId = await add(login, 'zle-haslo-0');
    const tables = openTables(klamka.world.stack);
    const TableName = klamka.world.stack.resource('AccountsTable').name;
    const { Item } = await tables.send(new GetCommand({ TableName, Key: { accountId } }));
    for (const wrong of ['zle-haslo-1', 'zle-haslo-2'])
      expect((await put(accountId, wrong)).status).toBe(422);
    await klamka.settle();
    await tables.send(new PutCommand({ TableName, Item: { ...Item, revision: 1_000 } }));
    tables.destroy();
    for (const wrong of ['zle-haslo-3', 'zle-haslo-1', 'zle-haslo-2']) {
      await passHours(klamka.world.stack, accountId);
      await put(accountId, wrong);
    }
    expect(await counts(login)).toEqual({ attempts: 3, failures: 3, locked: false });
    expect(await show(accountId)).toMatchObject({ connection: { reason: 'attempts-exhausted' } });
  });
});

describe('"I have logged in on the website"', () => {
  it('sends nothing if it is not true: neither a password typed before nor any other', async () => {
    const { login } = await klamka.seller();
    const accountId = await add(login, 'zle-haslo-0');
    for (const wrong of ['zle-haslo-1', 'zle-haslo-2', 'zle-haslo-3']) await put(accountId, wrong);
    await passHours(klamka.world.stack, accountId);
    expect(await confirm(accountId)).toMatchObject({ status: 200 });
    await sync(accountId, 2);
    expect(await counts(login)).toEqual({ attempts: 3, failures: 3, locked: false });
    expect(await show(accountId)).toMatchObject({ connection: { state: 'needs-app-password' } });
  });
});

describe('a refused password', () => {
  it('is remembered whatever is typed again in between, and whatever becomes of the fingerprint key', async () => {
    const { login } = await klamka.seller();
    const accountId = await add(login, 'zle-haslo-A');
    await put(accountId, 'zle-haslo-B');
    for (let again = 0; again < 4; again += 1) expect((await put(accountId, 'zle-haslo-B')).status).toBe(422);
    await vault.send(
      new PutSecretValueCommand({ SecretId: await secretOf('ingerprint'), SecretString: 'x'.repeat(64) }),
    );
    await klamka.settle();
    await klamka.world.stack.kill('WorkLambdaFunction');
    await passHours(klamka.world.stack, accountId);
    for (const wrong of ['zle-haslo-A', 'zle-haslo-B'])
      expect((await put(accountId, wrong)).status).toBe(422);
    expect(await counts(login)).toEqual({ attempts: 2, failures: 2, locked: false });
  });
});

describe('a lock', () => {
  it("is met once, and can be unlocked, although an earlier worker's clock was a day ahead", async () => {
    const { login, applicationPassword } = await klamka.seller();
    const accountId = await add(login, applicationPassword);
    await changeAccount(klamka.world.stack, accountId, { lastLoginAtMillis: Date.now() + DAY });
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: 'ERR_CAPTCHA_REQUIRED' });
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    await sync(accountId, 3);
    expect(await show(accountId)).toMatchObject({
      connection: { state: 'locked', reason: 'account-locked' },
    });
    expect(await klamka.attempts(login)).toBe(2);
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: null });
    expect(await confirm(accountId)).toMatchObject({
      status: 200,
      body: { connection: { state: 'connected' } },
    });
    expect(await klamka.attempts(login)).toBe(3);
  });
});

describe('the secret store', () => {
  it('is not believed when it answers with an older version: the version in use is sent', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const accountId = await add(login, applicationPassword);
    const made = await klamka.sim('POST', `/sellers/${login}/application-passwords`, { name: 'new' });
    const second = String(made.applicationPassword);
    klamka.secrets.add(second);
    expect(await put(accountId, second)).toMatchObject({ status: 200 });
    await klamka.settle();
    await klamka.sim('DELETE', `/sellers/${login}/application-passwords/Klamka`);
    const { logins } = (await klamka.api('GET', `/accounts/${accountId}/logins`)).body as {
      logins: { secretVersion: string }[];
    };
    // Moves the label back, as reads may show for a moment after a rotation.
    await vault.send(
      new UpdateSecretVersionStageCommand({
        SecretId: await secretOf(accountId),
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: logins[1]?.secretVersion,
        RemoveFromVersionId: logins[0]?.secretVersion,
      }),
    );
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    await sync(accountId);
    expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    expect(await counts(login)).toEqual({ attempts: 3, failures: 0, locked: false });
  });

  it.each([
    ['blanks', (password: string) => `${password}\n`],
    ['json', (password: string) => JSON.stringify({ password })],
    ['too-long', (password: string) => `password=${password}`],
  ])(
    'whose secret was edited by hand sends nothing, and the state says what is wrong: %s',
    async (code, edit) => {
      const { login, applicationPassword } = await klamka.seller();
      const accountId = await add(login, applicationPassword);
      const SecretId = await secretOf(accountId);
      await vault.send(new PutSecretValueCommand({ SecretId, SecretString: edit(applicationPassword) }));
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await sync(accountId);
      expect(await show(accountId)).toMatchObject({
        connection: { state: 'needs-app-password', reason: 'password-unfit', code },
      });
      expect(await counts(login)).toEqual({ attempts: 1, failures: 0, locked: false });
      await vault.send(new PutSecretValueCommand({ SecretId, SecretString: applicationPassword }));
      await sync(accountId);
      expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    },
  );
});

describe('secrets', () => {
  it('are in no log line, no HTTP answer and no event', () => {
    const everything = [...klamka.said, JSON.stringify(klamka.world.stack.events())];
    for (const secret of [...klamka.secrets, 'zle-haslo'])
      expect(everything.filter((text) => text.includes(secret))).toEqual([]);
  });
});
