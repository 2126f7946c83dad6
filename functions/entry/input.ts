import * as z from 'zod/mini';
import { badField, Problem } from '../core/base/problem.ts';
import { ORDER_ID } from '../core/orders/order.ts';
import { fieldProblems, fits } from './field-problems.ts';

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

/** Ids of orders as the API shows them; a path or a list holds them as text. */
export const orderIdText = z.string().check(
  fits((text) => ORDER_ID.test(text), {
    pl: 'Podaj identyfikator zamówienia z listy (GET /accounts/{id}/orders), np. form:123.',
    en: 'Give the id of an order as the list has it (GET /accounts/{id}/orders), e.g. form:123.',
  }),
);

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
