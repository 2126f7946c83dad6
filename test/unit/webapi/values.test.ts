import { afterEach, describe, expect, it, vi } from 'vitest';
import { readCount, readMoney, readTime } from '../../../functions/webapi/values.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('times', () => {
  const cases: [zone: string, text: string, iso: string][] = [
    ['Europe/Warsaw', '2014-12-04 17:37:36', '2014-12-04T17:37:36+01:00'],
    ['Europe/Warsaw', '2014-07-04 17:37:36', '2014-07-04T17:37:36+02:00'],
    ['Europe/Prague', '2026-03-29 01:59:59', '2026-03-29T01:59:59+01:00'],
    ['Europe/Prague', '2026-03-29 03:00:00', '2026-03-29T03:00:00+02:00'],
    // An hour that spring skips, and one that autumn has twice.
    ['Europe/Prague', '2026-03-29 02:30:00', '2026-03-29T03:30:00+02:00'],
    ['Europe/Prague', '2026-10-25 02:30:00', '2026-10-25T02:30:00+01:00'],
    ['Europe/Prague', '2026-10-25 01:59:59', '2026-10-25T01:59:59+02:00'],
    ['Europe/Prague', '2026-10-25 03:00:00', '2026-10-25T03:00:00+01:00'],
    ['America/St_Johns', '2026-01-01 00:00:00', '2026-01-01T00:00:00-03:30'],
    ['Europe/Warsaw', '2014-12-04T17:35:08+01:00', '2014-12-04T17:35:08+01:00'],
    ['Europe/Warsaw', '2014-12-04T17:35:08Z', '2014-12-04T17:35:08Z'],
    ['Europe/Warsaw', '2014-12-04T17:35:08', '2014-12-04T17:35:08+01:00'],
  ];

  it.each(['UTC', 'America/New_York', 'Pacific/Apia'])('do not depend on a process in %s', (processZone) => {
    vi.stubEnv('TZ', processZone);
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(processZone);
    for (const [zone, text, iso] of cases) expect(readTime(['f', text], zone)).toEqual({ iso, text });
  });

  it.each(['', '  ', '0000-00-00 00:00:00'])('that were never are undefined: %j', (text) => {
    expect(readTime(['f', text], 'Europe/Warsaw')).toBeUndefined();
  });

  it.each([
    'yesterday',
    '2014-02-30 00:00:00',
    '2014-12-04',
    '2014-12-04 24:00:00',
    '2014-13-01T00:00:00+01:00',
  ])('that no calendar has are refused: %s', (text) => {
    expect(() => readTime(['dealDate', text], 'Europe/Warsaw')).toThrow('dealDate: not a date');
  });
});

describe('numbers', () => {
  it('keep an amount as it was written', () => {
    expect(readMoney(['f', '131072.02'], 'CZK')).toEqual({ minor: 13_107_202, currency: 'CZK' });
  });

  it('name the field of an amount that is none, without quoting it', () => {
    expect(() => readMoney(['postBuyFormAmount', 'INF'], 'CZK')).toThrow(
      /^postBuyFormAmount: not an amount$/,
    );
  });

  it('have to be exact where they are counted', () => {
    expect(readCount(['f', '9007199254740991'])).toBe(Number.MAX_SAFE_INTEGER);
    expect(() => readCount(['dealQuantity', '9007199254740993'])).toThrow('dealQuantity: too large');
  });
});
