import type * as z from 'zod/mini';
import { LONGEST_ID } from '../contract/kinds.ts';
import { badField, Problem } from '../core/base/problem.ts';
import { fieldProblems } from './field-problems.ts';

/** Reads a request body or query; throws a Problem that names every field that is missing, wrong or unknown. */
export function parse<Schema extends z.ZodMiniType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const fields = fieldProblems(result.error, { input, root: 'body' });
  throw new Problem({
    code: 'bad-input',
    text: {
      pl: `Popraw pola: ${fields.map(({ field }) => field).join(', ')}.`,
      en: `Correct these fields: ${fields.map(({ field }) => field).join(', ')}.`,
    },
    fields,
  });
}

const toCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');

/** The cursor for the page after this key, as in answers; null at the end. */
export const nextCursor = (next: string | undefined): string | null =>
  next === undefined ? null : toCursor(next);

/**
 * The key in a cursor. Throws Problem for a cursor that was never given out, and for a key that does not fit
 * `kind`.
 */
export function fromCursor(cursor: string | undefined, kind = /^/): string | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (key !== '' && key.length <= LONGEST_ID && toCursor(key) === cursor && kind.test(key)) return key;
  throw badField('cursor', {
    pl: 'Nieznany kursor. Podaj bez zmian „cursor” z poprzedniej strony albo pomiń to pole, aby zacząć od początku.',
    en: 'Unknown cursor. Give the "cursor" of the previous page unchanged, or leave it out to start at the beginning.',
  });
}
