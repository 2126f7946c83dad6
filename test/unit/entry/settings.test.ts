import { afterEach, describe, expect, it, vi } from 'vitest';
import { marketplaceSettings } from '../../../functions/entry/settings.ts';

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
