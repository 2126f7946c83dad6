import { describe, expect, it } from 'vitest';
import { checkedLogin, checkedPassword } from '../../../../functions/core/admin/input.ts';
import { Problem } from '../../../../functions/core/base/problem.ts';
import { Secret } from '../../../../functions/core/base/secret.ts';
import { SETTINGS } from '../../../support/sales.ts';

describe('checkedLogin', () => {
  it.each([
    'a',
    'sklep_testowy',
    'Żółta Klamka 24',
    'x'.repeat(16),
    'sprzedawca@example.com',
    `${'a'.repeat(240)}@example.com`,
  ])('takes %s', (login) => {
    expect(checkedLogin(`  ${login} `)).toBe(login);
  });

  it.each([
    '',
    '   ',
    'x'.repeat(17),
    'two words too long',
    'a@b@c-is-no-address',
    `${'a'.repeat(250)}@example.com`,
    'skl\u0001ep',
    'a"b',
    'a\\b',
    'a\u2028b',
  ])('refuses %j, naming the field in both languages', (login) => {
    expect(() => checkedLogin(login)).toThrow(Problem);
    try {
      checkedLogin(login);
    } catch (error) {
      expect(error).toMatchObject({
        code: 'bad-input',
        fields: [{ field: 'login', message: { pl: expect.any(String), en: expect.any(String) } }],
      });
    }
  });
});

describe('checkedPassword', () => {
  it('keeps it from being printed', () => {
    const password = checkedPassword(new Secret('abcd1234efgh5678'), SETTINGS);
    expect(`${password} ${JSON.stringify(password)}`).not.toContain('abcd');
    expect(password.reveal()).toBe('abcd1234efgh5678');
  });

  it('counts letters, not bytes', () => {
    expect(checkedPassword(new Secret('żółćżółćżółćżółć'), SETTINGS).reveal()).toHaveLength(16);
  });

  it.each(['', '  ', ' abcdefgh', 'abcdefgh\n', 'x'.repeat(17)])(
    'refuses %j without quoting it',
    (password) => {
      try {
        checkedPassword(new Secret(password), SETTINGS);
        expect.unreachable();
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-input', fields: [{ field: 'applicationPassword' }] });
        if (password.trim() !== '') expect(JSON.stringify(error)).not.toContain(password.trim());
      }
    },
  );

  it.each([
    ['a control character', 'tajn\u0007haslo'],
    ['a lone surrogate', 'tajn\ud83dhaslo'],
    ['a character that is none', 'tajn\ufffehaslo'],
    ['a zero width space', 'tajn\u200bhaslo'],
    ['a mark of direction', 'tajn\u200ehaslo'],
    ['a soft hyphen', 'tajn\u00adhaslo'],
    ['the replacement character', 'tajn\ufffdhaslo'],
    ['a no-break space', 'tajn\u00a0haslo'],
    ['a variation selector', 'tajn\ufe0fhaslo'],
    ['a tabulator', 'tajn\thaslo'],
  ])('refuses %s, naming its place and never the password', (_, password) => {
    let refusal: unknown;
    try {
      checkedPassword(new Secret(password), SETTINGS);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({
      code: 'bad-input',
      fields: [{ field: 'applicationPassword', message: { en: expect.stringContaining('place 5') } }],
    });
    expect(JSON.stringify(refusal)).not.toContain('haslo');
  });

  it('takes every letter, digit, sign and single space that can be typed', () => {
    for (const password of [
      'zażółć gęślą',
      'a!"#$%&()*+,-./:',
      ';<=>?@[]^_`{|}~',
      'ěščřžýáíé ÚŮ',
      '密码 123',
    ])
      expect(checkedPassword(new Secret(password), SETTINGS).reveal()).toBe(password);
  });
});
