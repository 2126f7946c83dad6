import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { at, element, play } from './kit.ts';

describe('login', () => {
  it('gives a handle of the country, the user id and the time', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    const { status, body } = await simulator.logIn('sklep', password);
    expect(status).toBe(200);
    expect(at(body, 'sessionHandlePart').text).toMatch(/^[0-9a-f]{40,}_1$/);
    expect(at(body, 'userId').text).toBe('10000001');
    expect(Math.abs(Number(at(body, 'serverTime').text) - Date.now() / 1000)).toBeLessThan(5);
  });

  it('compares logins trimmed and without case', async () => {
    const simulator = await play();
    const password = await simulator.seller('Sklep_Testowy');
    expect((await simulator.logIn(' sklep_TESTOWY ', password)).fault).toBeUndefined();
    expect((await simulator.stats()).logins.Sklep_Testowy).toMatchObject({ attempts: 1, successes: 1 });
  });

  it('reads only the first 16 characters of a password, in both login methods', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    expect((await simulator.logIn('sklep', `${password}and more`)).fault).toBeUndefined();
    const loginEnc = async (text: string) =>
      simulator.call(
        'doLoginEnc',
        element('userLogin', 'sklep') +
          element('userHashPassword', createHash('sha256').update(text).digest('base64')) +
          element('countryCode', 1) +
          element('webapiKey', 'k0000test1') +
          element('localVersion', await simulator.versionKey()),
      );
    expect((await loginEnc(password)).fault).toBeUndefined();
    expect((await loginEnc(`${password}and more`)).fault).toBe('ERR_USER_PASSWD');
  });

  it('with two-step login refuses the account password, without it the application password', async () => {
    const simulator = await play();
    const body = { login: 'sklep', country: 1, twoStep: true, accountPassword: 'tajne-haslo-123' };
    await simulator.control('POST sellers', body);
    const { applicationPassword } = await simulator.control<{ applicationPassword: string }>(
      'POST sellers/sklep/application-passwords',
      { name: 'Klamka' },
    );
    expect((await simulator.logIn('sklep', 'tajne-haslo-123')).fault).toBe('ERR_USER_PASSWD');
    expect((await simulator.logIn('sklep', applicationPassword)).fault).toBeUndefined();
    await simulator.control('POST sellers/sklep/two-step', { on: false });
    expect((await simulator.logIn('sklep', applicationPassword)).fault).toBe('ERR_USER_PASSWD');
    expect((await simulator.logIn('sklep', 'tajne-haslo-123')).fault).toBeUndefined();
  });

  it('a deleted application password works no more, another one still does', async () => {
    const simulator = await play();
    const first = await simulator.seller('sklep');
    const path = 'sellers/sklep/application-passwords';
    const second = await simulator.control<{ applicationPassword: string }>(`POST ${path}`, {
      name: 'Inna nazwa',
    });
    await simulator.control(`DELETE ${path}/Klamka`);
    expect((await simulator.logIn('sklep', first)).fault).toBe('ERR_USER_PASSWD');
    expect((await simulator.logIn('sklep', second.applicationPassword)).fault).toBeUndefined();
    await simulator.control(`DELETE ${path}/Inna%20nazwa`);
    expect((await simulator.logIn('sklep', second.applicationPassword)).fault).toBe('ERR_USER_PASSWD');
  });
});

describe('the lock after failed passwords', () => {
  it('comes with the fourth, holds for the right password, and ends with a login on the website', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    for (let failure = 1; failure <= 4; failure += 1) {
      expect((await simulator.logIn('sklep', 'wrong-password')).fault).toBe('ERR_USER_PASSWD');
    }
    expect((await simulator.logIn('sklep', password)).fault).toBe('ERR_CAPTCHA_REQUIRED');
    expect((await simulator.stats()).logins.sklep).toEqual({
      attempts: 5,
      failures: 4,
      successes: 0,
      locked: true,
      captchaRefusals: 1,
    });
    await simulator.control('POST sellers/sklep/unlock');
    expect((await simulator.logIn('sklep', 'wrong-password')).fault).toBe('ERR_USER_PASSWD');
    expect((await simulator.logIn('sklep', password)).fault).toBeUndefined();
  });

  it('counts failures in a row: a success starts the count again', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    for (const attempt of ['a', 'b', 'c', password, 'd', 'e', 'f']) await simulator.logIn('sklep', attempt);
    expect((await simulator.stats()).logins.sklep).toMatchObject({ failures: 6, locked: false });
    expect((await simulator.logIn('sklep', password)).fault).toBeUndefined();
  });

  it('counts attempts whose reply is lost, and not those that never arrive', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    await simulator.control('POST faults', { operation: 'doLogin', kind: 'drop-before' });
    await expect(simulator.logIn('sklep', 'wrong')).rejects.toThrow();
    await simulator.control('POST faults', { operation: 'doLogin', kind: 'drop-after', times: 4 });
    for (let lost = 0; lost < 4; lost += 1) await expect(simulator.logIn('sklep', 'wrong')).rejects.toThrow();
    expect((await simulator.stats()).logins.sklep).toMatchObject({
      attempts: 4,
      failures: 4,
      locked: true,
    });
    expect((await simulator.logIn('sklep', password)).fault).toBe('ERR_CAPTCHA_REQUIRED');
  });

  it('leaves strangers unlocked but counted', async () => {
    const simulator = await play();
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await simulator.logIn('nobody', 'wrong')).fault).toBe('ERR_USER_PASSWD');
    }
    expect((await simulator.stats()).logins.nobody).toMatchObject({ attempts: 5, locked: false });
  });
});

describe('keys', () => {
  it('refuses a stale version key without looking at the password', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    const version = await simulator.versionKey();
    await simulator.control('POST version-keys/change');
    expect(await simulator.versionKey()).not.toBe(version);
    const reply = await simulator.logIn('sklep', 'wrong', { version });
    expect(reply.fault).toBe('ERR_INVALID_VERSION_CAT_SELL_FIELDS');
    expect((await simulator.stats()).logins.sklep).toMatchObject({ attempts: 1, failures: 0 });
    expect((await simulator.logIn('sklep', password)).fault).toBeUndefined();
  });

  it('has one version key per country and key', async () => {
    const simulator = await play();
    await simulator.control('POST keys', { key: 'other' });
    const versions = await Promise.all([
      simulator.versionKey(1),
      simulator.versionKey(56),
      simulator.versionKey(1, 'other'),
    ]);
    expect(new Set(versions).size).toBe(3);
    const all = element('countryId', 1) + element('webapiKey', 'k0000test1');
    const { body } = await simulator.call('doQueryAllSysStatus', all);
    const entries = at(body, 'sysCountryStatus').children.item ?? [];
    expect(entries.map((entry) => at(entry, 'verKey').text)).toEqual(versions.slice(0, 2));
  });

  it.each([
    ['refused', 'ERR_WEBAPI_KEY'],
    ['inactive', 'ERR_WEBAPI_KEY_INACTIVE'],
    ['expired', 'ERR_WEBAPI_EXPIRED'],
    ['limited', 'ERR_MINUTE_LIMIT_EXCEEDED'],
  ])('a key that is %s gives %s, also to open sessions', async (state, code) => {
    const simulator = await play();
    const session = await simulator.openSession('sklep', await simulator.seller('sklep'));
    await simulator.control('POST keys/k0000test1/state', { state });
    const query = element('countryId', 1) + element('webapiKey', 'k0000test1');
    expect((await simulator.call('doGetSystemTime', query)).fault).toBe(code);
    expect((await simulator.call('doGetSiteJournalDeals', element('sessionId', session))).fault).toBe(code);
  });

  it('refuses countries, keys and components that do not exist', async () => {
    const simulator = await play();
    const query = (country: number, key: string, sysvar: number) =>
      simulator.call(
        'doQuerySysStatus',
        element('sysvar', sysvar) + element('countryId', country) + element('webapiKey', key),
      );
    expect((await query(0, 'k0000test1', 4)).fault).toBe('ERR_INPUT_COUNTRY_ERROR');
    expect((await query(1, 'unknown', 4)).fault).toBe('ERR_WEBAPI_KEY');
    expect((await query(1, 'k0000test1', 2)).fault).toBe('ERR_UNKNOWN_FEATURE');
  });

  it('refuses a seller with the code that the script sets', async () => {
    const simulator = await play();
    const password = await simulator.seller('sklep');
    await simulator.control('POST sellers/sklep/refuse', { code: 'ERR_AUTHORIZATION_ERROR' });
    expect((await simulator.logIn('sklep', password)).fault).toBe('ERR_AUTHORIZATION_ERROR');
    await simulator.control('POST sellers/sklep/refuse', { code: null });
    expect((await simulator.logIn('sklep', password)).fault).toBeUndefined();
  });
});

describe('doGetUserID', () => {
  const query = (login: string) =>
    element('countryId', 1) + element('userLogin', login) + element('webapiKey', 'k0000test1');

  it('names a seller by login or address, without a session and without counting a login', async () => {
    const simulator = await play();
    const made = { login: 'sklep', email: 'sklep@example.com', country: 1, twoStep: true };
    await simulator.control('POST sellers', made);
    const byName = await simulator.call('doGetUserID', query('Sklep'));
    const byAddress = await simulator.call('doGetUserID', query('sklep@example.com'));
    expect(at(byName.body, 'userId').text).toBe('10000001');
    expect(at(byAddress.body, 'userId').text).toBe('10000001');
    expect((await simulator.call('doGetUserID', query('nikt'))).fault).toBe('ERR_USER_NOT_FOUND');
  });

  it('is out of service when the script says so', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    await simulator.control('POST settings', { answersUserId: false });
    expect((await simulator.call('doGetUserID', query('sklep'))).fault).toBe('ERR_NO_DATABASE');
  });
});
