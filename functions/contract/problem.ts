import * as z from 'zod/mini';
import { Account } from './account.ts';
import { Bilingual, described } from './kinds.ts';

/** A problem by RFC 9457, in both languages, with the fields that are wrong. */
export const Problem = described(
  z.object({
    type: described(z.string(), {
      description: '`urn:klamka:problem:` and the code, the same in all languages.',
    }),
    status: z.int(),
    title: described(z.string(), { description: 'The kind of problem.' }),
    detail: described(z.string(), { description: 'What is wrong with this request, and what to do.' }),
    message: described(Bilingual, { description: '`detail` in both languages.' }),
    fields: z.optional(z.array(z.object({ field: z.string(), message: Bilingual }))),
    accountId: described(z.optional(z.string()), { description: 'The account that prevents the request.' }),
    importId: described(z.optional(z.string()), { description: 'The import that is already under way.' }),
    accounts: described(z.optional(z.int()), { description: 'Number of accounts that prevent the request.' }),
    retryAfterSeconds: z.optional(z.int()),
    position: described(z.optional(z.string()), {
      description:
        'For `GET /v1/changes`: the position that continues with the other accounts and reads this account from its start.',
    }),
    lacks: described(z.optional(z.enum(['lists', 'offers'])), {
      description: 'The ability that this marketplace does not have.',
    }),
    verdict: z.optional(z.literal('refused')),
    account: z.optional(Account),
  }),
  {
    id: 'Problem',
    description: 'A problem by RFC 9457. Programs should compare `type` only; texts may change.',
    examples: [
      {
        type: 'urn:klamka:problem:not-found',
        status: 404,
        title: 'Not found',
        detail: 'There is no such account.',
        message: { pl: 'Nie ma takiego konta.', en: 'There is no such account.' },
      },
    ],
  },
);
