import * as z from 'zod/mini';
import { badField, type FieldProblem, Problem } from '../core/base/problem.ts';
import type { BilingualText } from '../core/base/text.ts';

/** Reads a request body or query; throws a Problem that names every field that is missing, wrong or unknown. */
export function parse<Schema extends z.ZodMiniType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const fields = result.error.issues.flatMap((issue) => explain(issue, input));
  throw new Problem({
    code: 'bad-input',
    text: {
      pl: `Popraw pola: ${fields.map(({ field }) => field).join(', ')}.`,
      en: `Correct these fields: ${fields.map(({ field }) => field).join(', ')}.`,
    },
    fields,
  });
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, input: unknown): FieldProblem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((field) => ({ field, message: UNKNOWN_FIELD }));
  const field = issue.path.join('.') || 'body';
  return [{ field, message: isMissing(issue, input) ? MISSING : wrong(issue) }];
}

const UNKNOWN_FIELD: BilingualText = { pl: 'Nieznane pole. Usuń je.', en: 'Unknown field. Leave it out.' };
const MISSING: BilingualText = { pl: 'To pole jest wymagane.', en: 'This field is required.' };

function isMissing(issue: Issue, input: unknown): boolean {
  const parent = issue.path.slice(0, -1).reduce<unknown>(child, input);
  return issue.path.length > 0 && child(parent, issue.path.at(-1) ?? '') === undefined;
}

const child = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;

/** Never quotes the value: it may be a password. */
function wrong(issue: Issue): BilingualText {
  switch (issue.code) {
    case 'too_big':
      return { pl: `Za duże; najwyżej ${issue.maximum}.`, en: `Too big; at most ${issue.maximum}.` };
    case 'too_small':
      return { pl: `Za małe; co najmniej ${issue.minimum}.`, en: `Too small; at least ${issue.minimum}.` };
    case 'invalid_type':
      return {
        pl: `Zły typ; oczekiwano: ${TYPES[issue.expected] ?? issue.expected}.`,
        en: `Wrong type; expected: ${issue.expected}.`,
      };
    case 'invalid_value': {
      const values = issue.values.map(String).join(', ');
      return {
        pl: `Niedozwolona wartość; możliwe: ${values}.`,
        en: `Value not allowed; possible: ${values}.`,
      };
    }
    case 'invalid_format':
      return formatted(issue.format, issue.pattern);
    case 'invalid_union': {
      const each = issue.errors.flat().map(wrong);
      return { pl: each.map(({ pl }) => pl).join(' '), en: each.map(({ en }) => en).join(' ') };
    }
    default:
      return { pl: 'Niepoprawna wartość.', en: 'Not a valid value.' };
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'tekst',
  number: 'liczba',
  int: 'liczba całkowita',
  boolean: 'true albo false',
  array: 'lista',
  object: 'obiekt',
};

const FORMATS: Readonly<Record<string, BilingualText>> = {
  date: { pl: 'Podaj dzień, np. 2026-11-20.', en: 'Give a day, e.g. 2026-11-20.' },
  datetime: {
    pl: 'Podaj chwilę ze strefą, np. 2026-11-20T08:00:00+01:00.',
    en: 'Give a moment with its offset, e.g. 2026-11-20T08:00:00+01:00.',
  },
};

const formatted = (format: string, pattern: string | undefined): BilingualText =>
  FORMATS[format] ?? {
    pl: `Niepoprawna wartość; wzór: ${pattern}.`,
    en: `Not a valid value; the pattern is ${pattern}.`,
  };

/** A list's page: `limit` items, from where the opaque `cursor` of the previous page points. */
export const PageQuery = z.strictObject({
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50),
  cursor: z.optional(z.string()),
});

/** Of ours; the store takes 1,024 bytes. */
export const LONGEST_KEY = 256;

const toCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');

/** The cursor to go on after this key, as answers hold it; null at the end. */
export const nextCursor = (next: string | undefined): string | null =>
  next === undefined ? null : toCursor(next);

/** The key in a cursor. Throws Problem for what we have never given out, and for a key that is not of this kind. */
export function fromCursor(cursor: string | undefined, kind = /^/): string | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key !== '' && key.length <= LONGEST_KEY && toCursor(key) === cursor && kind.test(key)) return key;
  throw badField('cursor', {
    pl: 'Nieznany kursor. Podaj ten z poprzedniej strony albo żaden.',
    en: 'Unknown cursor. Give the one of the previous page, or none.',
  });
}
