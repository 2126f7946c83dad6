import * as z from 'zod/mini';
import { Account } from './account.ts';
import { Bilingual, described } from './kinds.ts';

/** RFC 9457, with both languages and the fields that are wrong. */
export const Problem = described(
  z.object({
    type: described(z.string(), {
      description: '`urn:klamka:problem:` and the code; the same for all languages.',
    }),
    status: z.int(),
    title: described(z.string(), { description: 'The kind of problem.' }),
    detail: described(z.string(), { description: 'What is wrong here, and what to do about it.' }),
    message: described(Bilingual, { description: '`detail` in both languages.' }),
    fields: z.optional(z.array(z.object({ field: z.string(), message: Bilingual }))),
    accountId: described(z.optional(z.string()), { description: 'The account that stands in the way.' }),
    importId: described(z.optional(z.string()), { description: 'The import that is under way.' }),
    accounts: described(z.optional(z.int()), { description: 'How many accounts stand in the way.' }),
    retryAfterSeconds: z.optional(z.int()),
    position: described(z.optional(z.string()), {
      description:
        'Of `GET /v1/changes`: goes on with the other accounts, and reads this one from its start.',
    }),
    lacks: described(z.optional(z.enum(['lists', 'offers'])), {
      description: 'What this marketplace does not have.',
    }),
    verdict: z.optional(z.literal('refused')),
    account: z.optional(Account),
  }),
  {
    id: 'Problem',
    description: 'RFC 9457. `type` is what programs compare; texts may change.',
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
