import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Klamka, startKlamka } from '../support/klamka.ts';
import { endTroubles, passHours } from '../support/tables.ts';

let klamka: Klamka;
let integrationKeyId: string;

beforeAll(async () => {
  klamka = await startKlamka();
  integrationKeyId = await klamka.registerKey();
});
afterAll(() => klamka.close());
afterEach(() => klamka.sim('DELETE', '/faults'));

/** The marketplace's own counters of a login. */
async function counts(login: string) {
  const { logins } = (await klamka.sim('GET', '/stats')) as {
    logins: Record<string, { attempts: number; failures: number; successes: number; locked: boolean }>;
  };
  return logins[login] ?? { attempts: 0, failures: 0, successes: 0, locked: false };
}

async function add(login: string, applicationPassword: string): Promise<string> {
  const body = { marketplace: 'allegro', login, integrationKeyId, applicationPassword };
  const { body: made } = await klamka.api('POST', '/accounts', body);
  await klamka.settle();
  return String(made.accountId);
}

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

describe('a marketplace that has changed its version key and does not give the new one', () => {
  it('is sent one login for it, by one account, however often somebody asks for a run', async () => {
    const sellers = await Promise.all([1, 2].map(() => klamka.seller()));
    const shops: { login: string; accountId: string }[] = [];
    for (const { login, applicationPassword } of sellers)
      shops.push({ login, accountId: await add(login, applicationPassword) });
    const attempts = async () => {
      const all = await Promise.all(shops.map(({ login }) => counts(login)));
      return all.map(({ attempts }) => attempts);
    };
    expect(await attempts()).toEqual([1, 1]);
    await klamka.sim('POST', '/version-keys/change');
    const unavailable = { kind: 'fault', code: 'ERR_WEBAPI_NOT_AVAIL', times: 50 };
    await klamka.sim('POST', '/faults', { operation: 'doQuerySysStatus', ...unavailable });
    for (const { login, accountId } of shops) {
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      for (let round = 0; round < 2; round += 1) await later(accountId);
    }
    expect(await attempts()).toEqual([2, 1]);
    for (const { accountId } of shops)
      expect(await show(accountId)).toMatchObject({
        connection: { state: 'retrying', reason: 'marketplace-unavailable' },
      });
    await klamka.sim('DELETE', '/faults');
    for (const { accountId } of shops) await later(accountId);
    expect(await attempts()).toEqual([3, 2]);
    for (const { accountId } of shops)
      expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
  });

  it('or changes it again and again, brings no account to a standstill', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const accountId = await add(login, applicationPassword);
    for (let round = 1; round <= 3; round += 1) {
      // A login that proved nothing about the password, after which the version key changes again.
      await breakLogins(login, { kind: 'fault', code: 'ERR_INVALID_VERSION_CAT_SELL_FIELDS', times: 2 });
      await klamka.sim('POST', `/sellers/${login}/kill-sessions`);
      await later(accountId);
      await klamka.sim('POST', '/version-keys/change');
      await later(accountId);
      expect(await counts(login)).toMatchObject({ failures: 0, successes: 1 + round });
      expect(await show(accountId)).toMatchObject({ connection: { state: 'connected' } });
    }
  });
});
