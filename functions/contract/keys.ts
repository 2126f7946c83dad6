import * as z from 'zod/mini';
import { described, Moment, matching, NextCursor, PageQuery } from './kinds.ts';
import type { Operations } from './operation.ts';

export const Key = described(
  z.object({
    integrationKeyId: z.string(),
    label: z.string(),
    createdAt: Moment,
    trouble: described(z.nullable(z.object({ reason: z.string(), since: Moment })), {
      description:
        'Why the marketplace rejects the key; all accounts with this key wait. Null for a good key.',
    }),
  }),
  { id: 'IntegrationKey', description: 'An integration key, without its secret.' },
);

const keyParams = z.object({ keyId: described(z.string(), { description: 'Id of the key.' }) });
const integrationKey = matching(/^[\x21-\x7e]{1,128}$/, {
  description: 'The key itself, a secret. No answer ever shows it.',
  text: {
    pl: 'Klucz integracji ma od 1 do 128 znaków ASCII, bez odstępów.',
    en: 'An integration key has 1 to 128 ASCII characters, without blanks.',
  },
});

export const KEYS = {
  'keys.list': {
    summary: 'List integration keys',
    query: PageQuery,
    replies: {
      200: { description: 'Keys.', body: z.object({ integrationKeys: z.array(Key), cursor: NextCursor }) },
    },
    problems: [],
  },
  'keys.register': {
    summary: 'Register the key of your integration, once',
    description: 'Many accounts can use the same key.',
    body: z.strictObject({ label: z.string().check(z.minLength(1), z.maxLength(100)), integrationKey }),
    example: { label: 'ERP', integrationKey: '0123abcd' },
    replies: { 201: { description: 'The key, without its secret.', body: Key } },
    problems: [],
  },
  'keys.replace': {
    summary: 'Replace a key, keeping its id',
    params: keyParams,
    body: z.strictObject({ integrationKey }),
    example: { integrationKey: '4567cdef' },
    replies: { 200: { description: 'The key, without its secret.', body: Key } },
    problems: ['not-found', 'being-removed'],
  },
  'keys.remove': {
    summary: 'Remove a key that no account uses, with its secret',
    description: '409: accounts still use the key (`accounts` has their number).',
    params: keyParams,
    replies: {
      200: {
        description: 'The key is removed.',
        body: z.object({ integrationKeyId: z.string(), state: z.literal('removed') }),
      },
    },
    problems: ['not-found', 'wrong-state', 'being-removed'],
  },
} as const satisfies Operations;
