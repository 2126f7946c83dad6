import { describe, expect, it } from 'vitest';
import { ROUTES } from '../../../functions/contract/routes.ts';
import { languageOf } from '../../../infra/cli/io.ts';
import { COMMANDS, inCommands } from '../../../infra/cli/show/phrase.ts';
import { facts, table } from '../../../infra/cli/show/table.ts';
import { clean, duration, money, quoted, time } from '../../../infra/cli/show/text.ts';

describe('amounts and times', () => {
  it.each([
    [{ minor: 12_900, currency: 'PLN' }, '129.00 PLN'],
    [{ minor: 5, currency: 'PLN' }, '0.05 PLN'],
    [{ minor: -1_050, currency: 'CZK' }, '-10.50 CZK'],
    [null, '-'],
    [undefined, '-'],
  ])('shows %j as %s', (amount, text) => expect(money(amount)).toBe(text));

  it('shows a moment in the zone of the machine, with its name', () => {
    expect(time('2026-11-29T07:05:09.000Z')).toMatch(/^2026-11-\d\d \d\d:\d\d:\d\d \S+/);
    const zone = process.env.TZ;
    process.env.TZ = 'Europe/Warsaw';
    try {
      expect(time('2026-11-29T07:05:09.000Z')).toMatch(/^2026-11-29 08:05:09 (CET|GMT\+1)$/);
      expect(time('2026-07-01T07:05:09.000Z')).toMatch(/^2026-07-01 09:05:09 (CEST|GMT\+2)$/);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
    expect([time(null), time(undefined), time('yesterday')]).toEqual(['-', '-', '-']);
  });

  it('shows a length of time in its largest units', () => {
    expect([59, 60, 3_599, 3_600, 90_000, null].map(duration)).toEqual([
      ...['59 s', '1 min', '59 min', '1 h 0 min', '1 d', '-'],
    ]);
  });
});

it('a word that a person pastes is quoted where a shell would take it apart', () => {
  expect(['sklep_1', 'a@b.pl', 'a b', "it's", ''].map(quoted)).toEqual([
    ...['sklep_1', 'a@b.pl', "'a b'", "'it'\\''s'", "''"],
  ]);
});

describe('tables', () => {
  const rows = [
    { id: 'a', name: 'Żółć' },
    { id: 'bcd', name: 'x' },
  ];
  const columns = [
    ['ID', (row: (typeof rows)[number]) => row.id],
    ['NAME', (row: (typeof rows)[number]) => row.name],
  ] as const;

  it('align columns, Polish letters included, and mark titles only where a person reads', () => {
    expect(table(rows, columns, { bold: false })).toBe('ID   NAME\na    Żółć\nbcd  x\n');
    expect(table(rows, columns, { bold: true })).toContain('\u001b[1mID   NAME\u001b[22m');
  });

  it('break long values at spaces, below each other', () => {
    const shown = facts(
      [
        ['state', 'locked'],
        ['what to do', 'Zaloguj się na stronie serwisu jako ten sprzedawca i potwierdź.'],
      ],
      { columns: 50 },
    );
    expect(shown.split('\n')).toEqual([
      'state       locked',
      'what to do  Zaloguj się na stronie serwisu jako',
      '            ten sprzedawca i potwierdź.',
      '',
    ]);
  });

  it('never pass on what a terminal would act on', () => {
    const evil = 'kupiec\u001b]0;owned\u0007\u001b[31m\u202e\nnext';
    const shown =
      table([{ id: evil, name: '' }], columns, { bold: false }) + facts([['message', evil]], { columns: 80 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not occur.
    expect(shown.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(clean('a\u009bb')).toBe('a b');
  });
});

describe('texts of the API', () => {
  it.each([
    ['Send POST /v1/accounts/5f6c/unlocked.', 'Send klamka accounts unlocked 5f6c.'],
    ['(GET /v1/accounts/{accountId}/sync)', '(klamka sync show ACCOUNT)'],
    [
      'GET /v1/accounts shows, GET /v1/accounts/5f shows',
      'klamka accounts list shows, klamka accounts show 5f shows',
    ],
    ['Repeat DELETE /v1/integration-keys/9f0c.', 'Repeat klamka keys remove 9f0c.'],
    ['see GET /v1/accounts/5f/orders/order:52001', 'see klamka orders show 5f order:52001'],
    ['GET /v1/accountsx', 'GET /v1/accountsx'],
  ])('name commands in the place of routes: %s', (text, phrased) => expect(inCommands(text)).toBe(phrased));

  it('leave no route of a known command', () => {
    for (const id of Object.keys(COMMANDS) as (keyof typeof ROUTES)[])
      expect(inCommands(`x ${ROUTES[id].route} y`), id).toMatch(/^x klamka [a-z]/);
  });

  it('are Polish for a Polish locale, as POSIX ranks the variables', () => {
    expect(languageOf({ LANG: 'pl_PL.UTF-8' })).toBe('pl');
    expect(languageOf({ LANG: 'pl' })).toBe('pl');
    expect(languageOf({ LANG: 'pl_PL.UTF-8', LC_ALL: 'C' })).toBe('en');
    expect(languageOf({ LANG: 'en_GB', LC_MESSAGES: 'pl_PL' })).toBe('pl');
    expect(languageOf({ LANG: 'plx' })).toBe('en');
    expect(languageOf({})).toBe('en');
  });
});
