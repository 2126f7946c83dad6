import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { OPERATIONS } from '../../../functions/contract/index.ts';
import type { Operation } from '../../../functions/contract/operation.ts';
import { Problem } from '../../../functions/core/base/problem.ts';
import { epochMillis } from '../../../functions/core/base/time.ts';
import { checkUnlocked, checkVouchedFor } from '../../../functions/entry/account-input.ts';
import { readAcknowledgement, readChangesQuery, readResend } from '../../../functions/entry/feed-input.ts';
import { fits } from '../../../functions/entry/field-problems.ts';
import { readDay, readImport } from '../../../functions/entry/history-input.ts';
import { parse } from '../../../functions/entry/input.ts';
import { marketplaceSettings } from '../../../functions/entry/marketplaces.ts';

afterEach(() => vi.unstubAllEnvs());

const problemOf = (read: () => unknown): Problem => {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing is wrong');
};

const messageOf = (schema: z.ZodMiniType, value: unknown) =>
  problemOf(() => parse(z.strictObject({ field: schema }), { field: value })).fields[0]?.message;

const name = z.string().check(z.minLength(2), z.maxLength(3));
const EVEN = { pl: 'Podaj liczbę parzystą.', en: 'Give an even number.' };
const even = z.int().check(fits((value) => value % 2 === 0, EVEN));

describe('a field that is wrong', () => {
  it.each<[string, z.ZodMiniType, unknown, string, string]>([
    ['a text for a number', z.number(), 'x', 'Wrong type; expected: number.', 'Zły typ; oczekiwano: liczba.'],
    [
      'a fraction',
      z.int(),
      1.5,
      'Wrong type; expected: whole number.',
      'Zły typ; oczekiwano: liczba całkowita.',
    ],
    [
      'a text too short',
      name,
      'x',
      'Too short; characters: at least 2.',
      'Za krótkie; znaków: co najmniej 2.',
    ],
    ['a text too long', name, 'xxxx', 'Too long; characters: at most 3.', 'Za długie; znaków: najwyżej 3.'],
    [
      'a list too short',
      z.array(z.string()).check(z.minLength(1)),
      [],
      'Too few entries; at least 1.',
      'Za mało pozycji; co najmniej 1.',
    ],
    ['zero', z.int().check(z.positive()), 0, 'Too small; more than 0.', 'Za małe; więcej niż 0.'],
    ['a number too big', z.int().check(z.maximum(9)), 10, 'Too big; at most 9.', 'Za duże; najwyżej 9.'],
    [
      'a word that is not one of some',
      z.enum(['a', 'b']),
      'c',
      'Value not allowed; possible: a, b.',
      'Niedozwolona wartość; możliwe: a, b.',
    ],
    ['no day', z.iso.date(), 'x', 'Give a day, e.g. 2026-11-20.', 'Podaj dzień, np. 2026-11-20.'],
    [
      'no address',
      z.url(),
      'x',
      'Give a whole address, e.g. https://example.com/service.php.',
      'Podaj pełny adres, np. https://example.com/service.php.',
    ],
    ['what a rule of ours refuses', even, 3, EVEN.en, EVEN.pl],
    [
      'none of several types, whose complaint is the same',
      z.union([z.iso.date(), z.iso.datetime()]),
      7,
      'Wrong type; expected: text.',
      'Zły typ; oczekiwano: tekst.',
    ],
    ['a field that is not given', z.string(), undefined, 'This field is required.', 'To pole jest wymagane.'],
  ])('says what to write in its place: %s', (_, schema, value, en, pl) => {
    expect(messageOf(schema, value)).toEqual({ en, pl });
  });

  it('is named by its whole path, an unknown one too', () => {
    const schema = z.strictObject({ list: z.array(z.strictObject({ day: z.iso.date() })) });
    const { fields } = problemOf(() => parse(schema, { list: [{ day: 'x', other: 1 }] }));
    expect(fields.map(({ field }) => field).sort()).toEqual(['list.0.day', 'list.0.other']);
  });
});

/** Field names that readers know, with values of every kind. */
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '2026-11-20', 'order:1', 'x', 0, -1, 1e300, 1.5, null),
  fc.string({ minLength: 250, maxLength: 300 }),
);
const FIELDS = [
  ...[
    'marketplace',
    'login',
    'integrationKeyId',
    'applicationPassword',
    'loggedInOnWebsite',
    'passwordIsGood',
  ],
  ...['limit', 'cursor', 'after', 'wait', 'position', 'reset', 'ids', 'from', 'to', 'day', 'unknown'],
];
const body = fc.oneof(fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 }), value);

const here = { now: epochMillis(1_790_000_000_000), timeZone: 'Europe/Warsaw' };
/** The inputs of all operations, and the inputs that are checked after the schema. */
const SCHEMAS = Object.values<Operation>(OPERATIONS)
  .flatMap(({ params, query, body: asked }) => [params, query, asked])
  .filter((schema) => schema !== undefined);
const READERS: readonly ((input: unknown) => unknown)[] = [
  ...SCHEMAS.map((schema) => (input: unknown) => parse(schema, input)),
  (input) => checkUnlocked(parse(OPERATIONS['accounts.unlocked'].body, input)),
  (input) => checkVouchedFor(parse(OPERATIONS['accounts.resendPassword'].body, input)),
  (input) => readChangesQuery(parse(OPERATIONS['changes.list'].query, input)),
  (input) => readAcknowledgement('a1', parse(OPERATIONS['consumers.acknowledge'].body, input)),
  (input) => readResend(parse(OPERATIONS['orders.resend'].body, input)),
  (input) => readDay(parse(OPERATIONS['completeness.show'].query, input).day, here),
  (input) => readImport(parse(OPERATIONS['imports.start'].body, input), here),
];

/** Texts without a remedy. */
const EMPTY_WORDS = /invalid input|undefined|not a valid value\. look|the pattern is|\[object/i;

const complaintsOf = (read: () => unknown): string[] => {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.fields.length).toBeGreaterThan(0);
    return [error.text, ...error.fields.map(({ message }) => message)].flatMap(({ pl, en }) => [pl, en]);
  }
};

describe('any input', () => {
  it('that a route refuses is refused in words that say what to do', () => {
    fc.assert(
      fc.property(body, (input) => {
        for (const read of READERS)
          for (const text of complaintsOf(() => read(input))) expect(text).not.toMatch(EMPTY_WORDS);
      }),
      { numRuns: 500 },
    );
  });

  const change = fc.dictionary(
    fc.constantFrom(
      ...[
        'identity',
        'name',
        'endpoint',
        'countryId',
        'timeZone',
        'currency',
        'passwordMaxLength',
        'unknown',
      ],
      ...['sessionLifeMillis', 'journalPageSize', 'fillsJournalPages', 'saleBatchSize', 'dialect', 'driver'],
      ...['namespace', 'countryParameter', 'droppedOperations'],
    ),
    value,
    { maxKeys: 4 },
  );

  it('that is no setting of a marketplace is refused so too, and names the field', () => {
    const settings = fc.oneof(
      fc.dictionary(fc.constantFrom('aukro', 'allegro'), fc.oneof(change, value)),
      value,
    );
    fc.assert(
      fc.property(settings, (given) => {
        vi.stubEnv('MARKETPLACES', JSON.stringify(given));
        try {
          marketplaceSettings();
        } catch (error) {
          const { message } = error as Error;
          expect(message).not.toMatch(EMPTY_WORDS);
          expect(message).toMatch(/^the setting MARKETPLACES (cannot be used: \S.*: |names |gives )/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it('no schema has a check without words of its own', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', 'functions', 'entry');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  expect(files.length).toBeGreaterThan(20);
  const wordless = files.filter((file) =>
    /z\.(regex|refine|check|custom|email|uuid|startsWith|includes)(<\w+>)?\(/.test(
      readFileSync(join(folder, file), 'utf8'),
    ),
  );
  expect(wordless).toEqual(['field-problems.ts']);
});
