import { describe, expect, it } from 'vitest';
import { DIALECTS, type Row, shop, speak } from './dialects.ts';
import { at, items, play, texts } from './kit.ts';

const token = (accessToken: string, key = 'k0000test1'): readonly Row[] => [
  ['accessToken', accessToken],
  ['countryCode', 1],
  ['webapiKey', key],
];

describe.each(DIALECTS)('in %s', (dialect) => {
  it('an access token made by the script opens a session, without a version key', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    const { say } = speak(dialect, simulator);
    const { accessToken } = await simulator.control<{ accessToken: string }>(
      'POST sellers/sklep/access-tokens',
    );
    const opened = await say('doLoginWithAccessToken', token(accessToken));
    const session = at(opened.body, 'sessionHandlePart').text;
    expect((await say('doGetSiteJournalDeals', [['sessionId', session]])).fault).toBeUndefined();
    expect((await simulator.stats()).logins.sklep).toMatchObject({ attempts: 1, successes: 1 });
    expect(JSON.stringify(await simulator.control('GET sellers'))).not.toContain(accessToken);
  });

  it('a wrong token, key or state of the account keeps the door closed', async () => {
    const simulator = await play();
    await simulator.seller('sklep');
    const { say } = speak(dialect, simulator);
    const { accessToken } = await simulator.control<{ accessToken: string }>(
      'POST sellers/sklep/access-tokens',
    );
    const fault = async (...args: Parameters<typeof token>) =>
      (await say('doLoginWithAccessToken', token(...args))).fault;
    expect(await fault('nobody')).toBe('ERR_USER_PASSWD');
    expect(await fault(accessToken, 'other')).toBe('ERR_WEBAPI_KEY');
    await simulator.control('POST sellers/sklep/refuse', { code: 'ERR_AUTHORIZATION_ERROR' });
    expect(await fault(accessToken)).toBe('ERR_AUTHORIZATION_ERROR');
    expect((await simulator.stats()).logins['(access token)']).toMatchObject({ attempts: 1, failures: 1 });
  });

  it('doGetCountries names countries of the world in the language of the site', async () => {
    const { say } = speak(dialect, await play());
    const names = async (countryCode: number) => {
      const { body } = await say('doGetCountries', [
        ['countryCode', countryCode],
        ['webapiKey', 'k0000test1'],
      ]);
      return new Map(
        items(at(body, 'countryArray'))
          .map(texts)
          .map((one) => [one.countryId, one.countryName]),
      );
    };
    expect((await names(1)).get('181')).toBe('Słowacja');
    expect((await names(56)).get('181')).toBe('Slovensko');
    expect((await names(1)).get('77')).toBe('Niemcy');
  });

  it('a login may say countryId only where the setting allows it, and nothing else may', async () => {
    const { simulator, say } = await shop(dialect, { orders: 0 });
    const login = async (country: string) =>
      say('doLogin', [
        ['userLogin', 'sklep'],
        ['userPassword', 'tajne-haslo'],
        [country, 1],
        ['webapiKey', 'k0000test1'],
        ['localVersion', await simulator.versionKey()],
      ]);
    expect((await login('countryId')).fault).toBe(dialect === 'doclit' ? 'Sender' : 'SOAP-ENV:Client');
    await simulator.control('POST settings', { acceptsCountryId: true });
    expect((await login('countryId')).fault).toBeUndefined();
    expect((await login('countryCode')).fault).toBeUndefined();
    const countries = await say('doGetCountries', [
      ['countryId', 1],
      ['webapiKey', 'k0000test1'],
    ]);
    expect(countries.fault).toBe(dialect === 'doclit' ? 'Sender' : 'SOAP-ENV:Client');
  });
});
