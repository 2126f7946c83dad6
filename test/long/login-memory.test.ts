import { setTimeout } from 'node:timers/promises';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Klamka, startKlamka } from '../support/klamka.ts';
import { openTables, passHours } from '../support/tables.ts';

let klamka: Klamka;
let integrationKeyId: string;
let storeFailsUntil = 0;

beforeAll(async () => {
  klamka = await startKlamka({
    accidents: { store: () => (Date.now() < storeFailsUntil ? 'failed' : undefined) },
  });
  integrationKeyId = await klamka.registerKey();
});
afterAll(() => klamka.close());

async function add(login: string, applicationPassword: string, marketplace = 'allegro'): Promise<Answer> {
  const body = { marketplace, login, integrationKeyId, applicationPassword };
  const answer = await klamka.api('POST', '/accounts', body);
  await klamka.settle();
  return answer;
}

const show = async (accountId: unknown) => (await klamka.api('GET', `/accounts/${accountId}`)).body;

/** Removes an account and waits until its row has gone. */
async function remove(accountId: unknown): Promise<void> {
  expect((await klamka.api('DELETE', `/accounts/${accountId}`)).status).toBe(202);
  await klamka.settle();
  await expect
    .poll(async () => (await klamka.api('GET', `/accounts/${accountId}`)).status, { timeout: 10_000 })
    .toBe(404);
}

async function countsOf(login: string) {
  const { logins } = (await klamka.sim('GET', '/stats')) as {
    logins: Record<string, { attempts: number; failures: number; locked: boolean }>;
  };
  const { attempts = 0, failures = 0, locked = false } = logins[login] ?? {};
  return { attempts, failures, locked };
}

describe('an account that is removed and added again', () => {
  it('sends a refused password once in four rounds', async () => {
    const { login } = await klamka.seller();
    const first = await add(login, 'wrong-password-1');
    expect(first).toMatchObject({
      status: 201,
      body: { verdict: 'refused', inherited: { possibleFailures: 0, lockedAt: null } },
    });
    await remove(first.body.accountId);
    for (let round = 2; round <= 4; round += 1) {
      const again = await add(login, 'wrong-password-1');
      expect(again.status).toBe(422);
      expect(again.body).toMatchObject({
        type: 'urn:klamka:problem:password-refused',
        fields: [{ field: 'applicationPassword' }],
      });
    }
    expect(await countsOf(login)).toEqual({ attempts: 1, failures: 1, locked: false });
    const { body } = await klamka.api('GET', '/accounts');
    expect(JSON.stringify(body)).not.toContain(`"${login}"`);
  });

  it('is never brought to a fourth failure by different passwords', async () => {
    const { login, applicationPassword } = await klamka.seller();
    for (let round = 1; round <= 3; round += 1) {
      const { status, body } = await add(login, `wrong-password-${round}`);
      expect({ status, inherited: body.inherited }).toEqual({
        status: 201,
        inherited: { possibleFailures: round - 1, lockedAt: null },
      });
      await passHours(klamka.world.stack, String(body.accountId));
      await remove(body.accountId);
    }
    const fourth = await add(login, 'wrong-password-4');
    expect(fourth).toMatchObject({
      status: 202,
      body: {
        verdict: 'pending',
        inherited: { possibleFailures: 3 },
        connection: { state: 'locked', reason: 'attempts-exhausted' },
        pendingPassword: { reason: 'attempts-exhausted', until: null },
      },
    });
    expect(await countsOf(login)).toEqual({ attempts: 3, failures: 3, locked: false });
    // A person logs in on the website, confirms it, and types the right password.
    await klamka.sim('POST', `/sellers/${login}/unlock`);
    const { accountId } = fourth.body;
    await passHours(klamka.world.stack, String(accountId));
    expect((await klamka.api('POST', `/accounts/${accountId}/unlocked`, UNLOCKED)).status).toBe(200);
    await klamka.api('PUT', `/accounts/${accountId}/application-password`, { applicationPassword });
    await klamka.settle();
    expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    expect(await countsOf(login)).toMatchObject({ locked: false });
  });

  it('stays locked, its password stored and untried, and an unlock grants one attempt', async () => {
    const { login, applicationPassword } = await klamka.seller();
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: 'ERR_CAPTCHA_REQUIRED' });
    const first = await add(login, applicationPassword);
    expect(first.body).toMatchObject({ connection: { state: 'locked', reason: 'account-locked' } });
    await remove(first.body.accountId);
    const { attempts } = await countsOf(login);
    const { body } = await add(login, applicationPassword);
    expect(body).toMatchObject({
      verdict: 'pending',
      inherited: { lockedAt: expect.stringMatching(/^\d{4}-/) },
      connection: { state: 'locked', reason: 'account-locked' },
    });
    for (let round = 0; round < 3; round += 1) {
      await klamka.api('POST', `/accounts/${body.accountId}/sync`);
      await klamka.settle();
    }
    expect((await countsOf(login)).attempts).toBe(attempts);
    await klamka.sim('POST', `/sellers/${login}/refuse`, { code: null });
    expect(await klamka.api('POST', `/accounts/${body.accountId}/unlocked`, UNLOCKED)).toMatchObject({
      status: 200,
      body: { connection: { state: 'connected' } },
    });
    expect((await countsOf(login)).attempts).toBe(attempts + 1);
  });

  it('is told what to do while it is being removed', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    await klamka.api('DELETE', `/accounts/${body.accountId}`);
    const marketplace = 'allegro';
    const again = await klamka.api('POST', '/accounts', {
      marketplace,
      login,
      integrationKeyId,
      applicationPassword,
    });
    await klamka.settle();
    if (again.status === 409) {
      expect(again.body).toMatchObject({
        type: 'urn:klamka:problem:being-removed',
        accountId: body.accountId,
      });
      expect(JSON.stringify(again.body)).toContain('404');
    } else expect(again.status).toBe(201);
  });
});

/** Body by which a person confirms a login on the website. */
const UNLOCKED = { loggedInOnWebsite: true };

describe('one seller by two names', () => {
  it('is one account through two entrances of a marketplace', async () => {
    const { login, applicationPassword } = await klamka.seller({ country: 56 });
    const first = await add(login, applicationPassword, 'aukro');
    expect(first.body).toMatchObject({ verdict: 'accepted', connection: { state: 'connected' } });
    const second = await add(login, applicationPassword, 'aukro-uploader');
    expect(second).toMatchObject({ status: 409, body: { accountId: first.body.accountId } });
    expect(await countsOf(login)).toMatchObject({ attempts: 1, failures: 0 });
  });

  it('is one account by login and by e-mail address: nothing is sent for the second', async () => {
    const login = 'sklep_z_adresem';
    const email = 'sklep@example.com';
    await klamka.sim('POST', '/sellers', { login, email, country: 1, twoStep: true });
    const { applicationPassword } = (await klamka.sim('POST', `/sellers/${login}/application-passwords`, {
      name: 'Klamka',
    })) as { applicationPassword: string };
    klamka.secrets.add(applicationPassword);
    const first = await add(login, applicationPassword);
    const second = await add(email, 'wrong-password-1');
    expect(second.body).toMatchObject({
      verdict: 'pending',
      connection: {
        state: 'misconfigured',
        reason: 'seller-connected-twice',
      },
    });
    expect(JSON.stringify(second.body)).not.toContain(first.body.accountId);
    expect(await countsOf(login)).toEqual({ attempts: 1, failures: 0, locked: false });
    await remove(second.body.accountId);
    await remove(first.body.accountId);
    // The claim on the seller is free now; the refusals of its first account are known by either name.
    const third = await add(email, 'wrong-password-2');
    await remove(third.body.accountId);
    const fourth = await add(login, 'wrong-password-2');
    expect(fourth.status).toBe(422);
    expect(await countsOf(login)).toEqual({ attempts: 2, failures: 1, locked: false });
  });

  it('is stopped after its first success where the marketplace does not tell who has a login', async () => {
    await klamka.sim('POST', '/settings', { answersUserId: false });
    const login = 'sklep_bez_nazwy';
    const email = 'bez_nazwy@example.com';
    await klamka.sim('POST', '/sellers', { login, email, country: 1, twoStep: true });
    const { applicationPassword } = (await klamka.sim('POST', `/sellers/${login}/application-passwords`, {
      name: 'Klamka',
    })) as { applicationPassword: string };
    klamka.secrets.add(applicationPassword);
    await add(login, applicationPassword);
    const second = await add(email, applicationPassword);
    await klamka.sim('POST', '/settings', { answersUserId: true });
    expect(await show(second.body.accountId)).toMatchObject({
      connection: { state: 'misconfigured', code: null, reason: 'seller-connected-twice' },
    });
    expect((await countsOf(login)).attempts).toBe(2);
  });
});

describe('a store that fails for half a second after each login', () => {
  /** Lets the store fail from the moment of a login until half a second after its reply. */
  async function whileTheStoreFails(login: string, act: () => Promise<unknown>): Promise<void> {
    const before = (await countsOf(login)).attempts;
    await klamka.sim('POST', '/faults', { operation: 'doLoginEnc', kind: 'delay', millis: 400, times: 1 });
    const acting = act();
    while ((await countsOf(login)).attempts === before) await setTimeout(5);
    storeFailsUntil = Date.now() + 400 + 600;
    await acting;
    await setTimeout(Math.max(0, storeFailsUntil - Date.now()));
    await klamka.settle();
  }

  it('costs no accepted login: no possible failure after the third', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const added = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
    await whileTheStoreFails(login, () => klamka.api('POST', '/accounts', added));
    const { body } = await klamka.api('GET', '/accounts?limit=100');
    const accounts = body.accounts as { accountId: string; login: string; lastLoginAt: string | null }[];
    const { accountId = '', lastLoginAt } = accounts.find((one) => one.login === login) ?? {};
    expect(lastLoginAt).not.toBeNull();
    for (let round = 0; round < 2; round += 1) {
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await whileTheStoreFails(login, () => klamka.api('POST', `/accounts/${accountId}/sync`));
    }
    await klamka.settle();
    expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    expect(await countsOf(login)).toEqual({ attempts: 3, failures: 0, locked: false });
    const tables = openTables(klamka.world.stack);
    const { Item } = await tables.send(
      new GetCommand({ TableName: klamka.world.stack.resource('AccountsTable').name, Key: { accountId } }),
    );
    tables.destroy();
    expect(Item).toMatchObject({ possibleFailures: 0 });
  });
});

describe('a new password while the logins of the hour are used up', () => {
  it('says that it waits, why, and until when', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const { body } = await add(login, applicationPassword);
    for (let round = 0; round < 2; round += 1) {
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await klamka.api('POST', `/accounts/${body.accountId}/sync`);
      await klamka.settle();
    }
    const put = await klamka.api('PUT', `/accounts/${body.accountId}/application-password`, {
      applicationPassword: 'another-password',
    });
    expect(put).toMatchObject({
      status: 202,
      body: {
        verdict: 'pending',
        pendingPassword: { reason: 'attempts-budget', until: expect.stringMatching(/^\d{4}-.*Z$/) },
      },
    });
    const { pendingPassword } = (await show(body.accountId)) as { pendingPassword: { until: string } };
    expect(pendingPassword).toMatchObject({
      message: {
        pl: expect.stringContaining(pendingPassword.until),
        en: expect.stringContaining(pendingPassword.until),
      },
    });
    const minutes = (Date.parse(pendingPassword.until) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(55);
    expect(minutes).toBeLessThan(61);
  });
});

describe('a password that no marketplace can have issued', () => {
  it('is refused untried, by name of the field', async () => {
    const { login } = await klamka.seller();
    const { status, body } = await add(login, 'pass\u200bword');
    expect({ status, fields: body.fields }).toMatchObject({
      status: 400,
      fields: [{ field: 'applicationPassword', message: { en: expect.stringContaining('place 5') } }],
    });
    expect((await countsOf(login)).attempts).toBe(0);
  });
});
