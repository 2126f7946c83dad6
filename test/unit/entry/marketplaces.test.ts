import { afterEach, describe, expect, it, vi } from 'vitest';
import { marketplaceSettings } from '../../../functions/entry/marketplaces.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the identity of a marketplace', () => {
  it('is one for the two entrances to the same sellers', () => {
    vi.stubEnv('MARKETPLACES', '{}');
    const settings = marketplaceSettings();
    expect(settings.get('aukro')?.identity).toBe('aukro');
    expect(settings.get('aukro-uploader')?.identity).toBe('aukro');
    expect(settings.get('allegro')?.identity).not.toBe(settings.get('allegro-sandbox')?.identity);
  });

  it('has to be named with another endpoint, which may lead to other sellers', () => {
    vi.stubEnv('MARKETPLACES', '{"aukro":{"endpoint":"https://example.com/service.php"}}');
    expect(marketplaceSettings).toThrow(/aukro another endpoint: add "identity".*"aukro"/);
    vi.stubEnv(
      'MARKETPLACES',
      '{"aukro":{"endpoint":"https://example.com/service.php","identity":"example"}}',
    );
    expect(marketplaceSettings().get('aukro')?.identity).toBe('example');
  });
});

describe('the life of a session', () => {
  const settingsWith = (sessionLifeMillis: number) => {
    vi.stubEnv('MARKETPLACES', JSON.stringify({ aukro: { sessionLifeMillis } }));
    return marketplaceSettings();
  };

  it('is at least 15 minutes: a shorter one would be renewed in every run', () => {
    for (const tooShort of [5 * 60_000, 15 * 60_000 - 1, 0, -1])
      expect(() => settingsWith(tooShort)).toThrow(
        /setting MARKETPLACES.*aukro\.sessionLifeMillis: At least 15 minutes \(900000\)/,
      );
    expect(settingsWith(15 * 60_000).get('aukro')?.sessionLifeMillis).toBe(900_000);
  });
});

describe('the setting MARKETPLACES', () => {
  it('is refused with every wrong field if it cannot be used', () => {
    vi.stubEnv('MARKETPLACES', '{"aukro":{"endpoint":"nowhere","journalPageSize":0}}');
    expect(marketplaceSettings).toThrow(
      'the setting MARKETPLACES cannot be used: aukro.endpoint: Give a whole address, e.g. ' +
        'https://example.com/service.php. aukro.journalPageSize: Too small; more than 0.',
    );
    vi.stubEnv('MARKETPLACES', '{aukro}');
    expect(marketplaceSettings).toThrow(/setting MARKETPLACES is not JSON/);
  });

  it('has the fields of the driver of its marketplace, which it need not name', () => {
    vi.stubEnv('MARKETPLACES', '{"aukro":{"driver":"webapi","dialect":"rpc-encoded"}}');
    expect(marketplaceSettings().get('aukro')).toMatchObject({ driver: 'webapi', dialect: 'rpc-encoded' });
    vi.stubEnv('MARKETPLACES', '{"aukro":{"dialect":"rpc-encoded"}}');
    expect(marketplaceSettings().get('aukro')).toMatchObject({ driver: 'webapi', dialect: 'rpc-encoded' });
  });

  it.each([
    [
      'a driver that there is not',
      '{"aukro":{"driver":"carrier-pigeon"}}',
      /aukro\.driver: Value not allowed; possible: webapi\./,
    ],
    [
      'a field that its driver does not have',
      '{"aukro":{"clientId":"x"}}',
      /aukro\.clientId: Unknown field\. Leave it out\./,
    ],
    ['a marketplace that is not built in', '{"ebay":{"name":"x"}}', /unknown marketplace: ebay/],
    ['a name that every object has', '{"toString":{"driver":"webapi"}}', /unknown marketplace: toString/],
    ['a change that is no object', '{"aukro":7}', /aukro: Wrong type; expected: object\./],
    ['a zone that there is not', '{"aukro":{"timeZone":"Europe/Praha"}}', /aukro\.timeZone: Give a zone/],
    ['a currency that is none', '{"aukro":{"currency":"Kč"}}', /aukro\.currency: Give the ISO 4217/],
    ['a list', '[]', /the whole: Wrong type; expected: object\./],
  ])('is refused with %s', (_, text, why) => {
    vi.stubEnv('MARKETPLACES', text);
    expect(marketplaceSettings).toThrow(why);
  });
});
