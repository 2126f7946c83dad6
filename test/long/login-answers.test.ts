import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { endTroubles, passHours } from '../support/tables.ts';

let klamka: Klamka;
let integrationKeyId: string;

beforeAll(async () => {
  klamka = await startKlamka();
  integrationKeyId = await klamka.registerKey();
});
afterAll(() => klamka.close());

/** The marketplace's own counters of a login. */
async function counts(login: string) {
  const { logins } = (await klamka.sim('GET', '/stats')) as {
    logins: Record<string, { attempts: number; failures: number; successes: number; locked: boolean }>;
  };
  return logins[login] ?? { attempts: 0, failures: 0, successes: 0, locked: false };
}

async function loginsSent(): Promise<number> {
  const { calls } = (await klamka.sim('GET', '/stats')) as { calls: Record<string, number> };
  return calls.doLoginEnc ?? 0;
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

const breakLogins = (seller: string, fault: object) =>
  klamka.sim('POST', '/faults', { operation: 'doLoginEnc', seller, times: 20, ...fault });

/** Lets hours pass and the marketplace be tried again, and asks for a run. */
async function later(accountId: string): Promise<void> {
  await passHours(klamka.world.stack, accountId);
  await endTroubles(klamka.world.stack);
  await klamka.api('POST', `/accounts/${accountId}/resume`);
  await klamka.settle();
}

describe('a marketplace that counts a wrong password and answers with another fault', () => {
  it('is sent two passwords by timers and one by a person, never a fourth', async () => {
    const codes = ['ERR_NO_SESSION', 'ERR_WEBAPI_NOT_AVAIL', 'ERR_NO_DATABASE', 'SOAP-ENV:Server', 'ERR_NEW'];
    const shops = await Promise.all(
      codes.map(async (code) => {
        const { login } = await klamka.seller();
        await breakLogins(login, { kind: 'fault-after', code });
        return { login, accountId: '' };
      }),
    );
    for (const shop of shops) {
      await endTroubles(klamka.world.stack);
      shop.accountId = await add(shop.login, 'zle-haslo-0');
    }
    const failures = async () =>
      await Promise.all(
        shops.map(async ({ login }) => {
          const { failures, locked } = await counts(login);
          return { failures, locked };
        }),
      );
    for (let round = 0; round < 2; round += 1) for (const { accountId } of shops) await later(accountId);
    expect(await failures()).toEqual(shops.map(() => ({ failures: 2, locked: false })));
    for (const wrong of ['zle-haslo-1', 'zle-haslo-2', 'zle-haslo-3']) {
      for (const { accountId } of shops) {
        await passHours(klamka.world.stack, accountId);
        await endTroubles(klamka.world.stack);
        await put(accountId, wrong);
      }
    }
    expect(await failures()).toEqual(shops.map(() => ({ failures: 3, locked: false })));
    for (const { accountId } of shops)
      expect(await show(accountId)).toMatchObject({
        connection: { state: 'locked', reason: 'attempts-exhausted' },
      });
    await klamka.sim('DELETE', '/faults');
    await endTroubles(klamka.world.stack);
  });

  it.each([
    ['SOAP 1.2', { code: 'ERR_USER_PASSWD', soap: '1.2' }],
    ['lower case', { code: 'err_user_passwd' }],
    ['the text', { code: 'SOAP-ENV:Server', text: 'login failed: ERR_USER_PASSWD' }],
  ])('and spells the refusal in %s is understood: the password goes out once', async (_, fault) => {
    const { login } = await klamka.seller();
    await breakLogins(login, { kind: 'fault-after', ...fault });
    const accountId = await add(login, 'zle-haslo-0');
    await later(accountId);
    expect(await put(accountId, 'zle-haslo-0')).toMatchObject({ status: 422 });
    expect(await counts(login)).toMatchObject({ attempts: 1, failures: 1, locked: false });
    await klamka.sim('DELETE', '/faults');
  });

  it('lets the others wait while the login is down, and one account tries for all', async () => {
    const sellers = await Promise.all([1, 2, 3].map(() => klamka.seller()));
    const ids: string[] = [];
    for (const { login, applicationPassword } of sellers) ids.push(await add(login, applicationPassword));
    const before = await loginsSent();
    for (const [index, { login }] of sellers.entries()) {
      await breakLogins(login, { kind: 'fault', code: 'ERR_NO_DATABASE' });
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await klamka.api('POST', `/accounts/${ids[index]}/sync`);
      await klamka.settle();
    }
    expect((await loginsSent()) - before).toBe(1);
    const states = await Promise.all(ids.map(async (id) => (await show(id)).connection));
    expect(states).toEqual(
      ids.map(() => expect.objectContaining({ state: 'retrying', reason: 'marketplace-unavailable' })),
    );
    await klamka.sim('DELETE', '/faults');
    await endTroubles(klamka.world.stack);
  });
});

describe('a marketplace that refuses good passwords', () => {
  it('refuses those of three accounts, not of all: the others wait, and a refused one is sent again if its owner says so', async () => {
    const sellers = await Promise.all([1, 2, 3, 4, 5, 6].map(() => klamka.seller()));
    const shops: { login: string; accountId: string }[] = [];
    for (const { login, applicationPassword } of sellers)
      shops.push({ login, accountId: await add(login, applicationPassword) });
    for (const { login, accountId } of shops) {
      await breakLogins(login, { kind: 'fault', code: 'ERR_USER_PASSWD' });
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await klamka.api('POST', `/accounts/${accountId}/sync`);
      await klamka.settle();
    }
    const reasons = async () =>
      await Promise.all(
        shops.map(async ({ accountId }) => {
          const { connection } = (await show(accountId)) as { connection: { reason: string | null } };
          return connection.reason;
        }),
      );
    expect(await reasons()).toEqual([
      ...Array(3).fill('password-refused'),
      ...Array(3).fill('passwords-doubted'),
    ]);
    await klamka.sim('DELETE', '/faults');
    const [first] = shops;
    const path = `/accounts/${first?.accountId}/application-password/resend`;
    expect(await klamka.api('POST', path)).toMatchObject({ status: 400 });
    await endTroubles(klamka.world.stack);
    expect(await klamka.api('POST', path, { passwordIsGood: true })).toMatchObject({
      status: 200,
      body: { connection: { state: 'connected' } },
    });
    expect(await klamka.api('POST', path, { passwordIsGood: true })).toMatchObject({ status: 409 });
    expect(await counts(first?.login ?? '')).toMatchObject({ failures: 0, locked: false });
  });
});

describe('a password in use that is typed again', () => {
  it('is answered without a login while its handle lives', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const accountId = await add(login, applicationPassword);
    for (let again = 0; again < 3; again += 1)
      expect(await put(accountId, applicationPassword)).toMatchObject({
        status: 200,
        body: { verdict: 'accepted' },
      });
    expect(await counts(login)).toMatchObject({ attempts: 1 });
  });
});

/** Milliseconds beyond any test: a held login is judged only by `judgeLate`. */
const HOLD = 600_000;

async function judgeLate(): Promise<void> {
  expect(await klamka.sim('POST', '/judge')).toMatchObject({ judged: 1 });
}

describe('a login that is judged after its client gave up', () => {
  it('stays counted past the success of another password', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const accountId = await add(login, 'zle-haslo-0');
    await breakLogins(login, { kind: 'judge-late', millis: HOLD, times: 1 });
    await put(accountId, 'zle-haslo-1');
    await endTroubles(klamka.world.stack);
    expect(await put(accountId, applicationPassword)).toMatchObject({ status: 200 });
    await klamka.settle();
    expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    await judgeLate();
    for (const wrong of ['zle-haslo-2', 'zle-haslo-3', 'zle-haslo-4']) {
      await passHours(klamka.world.stack, accountId);
      await put(accountId, wrong);
    }
    const { failures, successes, locked } = await counts(login);
    // A single failure before the success; afterwards the late one and two more.
    expect({ failures, successes, locked }).toEqual({ failures: 4, successes: 1, locked: false });
  });
});

/** Waits until the marketplace's counters satisfy `reached`, or the time is up. */
async function until(login: string, reached: (now: Awaited<ReturnType<typeof counts>>) => boolean) {
  for (let tries = 0; tries < 300; tries += 1) {
    const now = await counts(login);
    if (reached(now)) return now;
    await setTimeout(100);
  }
  throw new Error(`the marketplace has counted ${JSON.stringify(await counts(login))}`);
}

describe('a success that arrives while the account is paused', () => {
  it('is kept: no second login follows when it is resumed', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const accountId = await add(login, applicationPassword);
    await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
    await breakLogins(login, { kind: 'delay', millis: 4_000, times: 1 });
    await klamka.api('POST', `/accounts/${accountId}/sync`);
    const settled = klamka.settle();
    await until(login, ({ attempts }) => attempts === 2);
    expect(await klamka.api('POST', `/accounts/${accountId}/pause`)).toMatchObject({ status: 200 });
    expect(await show(accountId)).toMatchObject({ connection: { state: 'paused' }, session: null });
    await settled;
    const { body } = await klamka.api('GET', `/accounts/${accountId}/logins`);
    expect(body.logins).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    expect(await show(accountId)).toMatchObject({
      connection: { state: 'paused' },
      session: { ageSeconds: expect.any(Number) },
    });
    await klamka.api('POST', `/accounts/${accountId}/resume`);
    await klamka.settle();
    expect(await show(accountId)).toMatchObject({
      connection: { state: 'connected' },
      lastRun: { outcome: 'done' },
    });
    expect(await counts(login)).toMatchObject({ attempts: 2, successes: 2, failures: 0 });
  });
});

describe('an unlock while a login may still be judged', () => {
  it('leaves that login counted: never a fourth failure', async () => {
    const { login } = await klamka.seller();
    const accountId = await add(login, 'zle-haslo-0');
    await put(accountId, 'zle-haslo-1');
    await breakLogins(login, { kind: 'judge-late', millis: HOLD, times: 1 });
    await put(accountId, 'zle-haslo-2');
    await endTroubles(klamka.world.stack);
    expect(await show(accountId)).toMatchObject({
      connection: { state: 'locked', reason: 'attempts-exhausted' },
    });
    // The owner logs in on the website, which clears the marketplace's counter, and confirms it.
    await klamka.sim('POST', `/sellers/${login}/unlock`);
    const confirmed = { loggedInOnWebsite: true };
    expect(await klamka.api('POST', `/accounts/${accountId}/unlocked`, confirmed)).toMatchObject({
      status: 200,
    });
    expect(await counts(login)).toMatchObject({ failures: 2 });
    await judgeLate();
    expect(await counts(login)).toMatchObject({ failures: 3 });
    for (const wrong of ['zle-haslo-3', 'zle-haslo-4', 'zle-haslo-5', 'zle-haslo-6']) {
      await passHours(klamka.world.stack, accountId);
      await put(accountId, wrong);
    }
    // Two failures before the unlock; the late one and two more afterwards.
    expect(await counts(login)).toMatchObject({ attempts: 5, failures: 5, locked: false });
    expect(await show(accountId)).toMatchObject({
      connection: { state: 'locked', reason: 'attempts-exhausted' },
    });
  });
});
