import * as z from 'zod/mini';
import { VERDICTS } from './account.ts';
import { described, Moment, MomentWithOffset, NextCursor, PageQuery } from './kinds.ts';
import type { Operations } from './operation.ts';

const nullableText = (description: string) => described(z.nullable(z.string()), { description });

const AuditEntry = described(
  z.object({
    auditId: z.string(),
    at: Moment,
    operation: described(z.string(), {
      description: 'The `operationId` of the call in this document.',
      examples: ['accounts.pause'],
    }),
    clientId: described(z.string(), { description: 'The person or program: the subject of its tokens.' }),
    clientName: nullableText('Null for a caller that is not registered here.'),
    accountId: nullableText('Null for a call that belongs to no account, or to one that was not created.'),
    target: nullableText('Id of the order, key, webhook, consumer or import that the call was about.'),
    outcome: described(z.enum(['done', 'refused', 'failed']), {
      description:
        '`refused`: because of the request, or of the rights of the caller; `failed`: because of a fault of ours.',
    }),
    problem: nullableText(
      'Code of the problem, the last part of its `type`; null if the call was carried out.',
    ),
    verdict: described(z.nullable(z.enum(VERDICTS)), {
      description:
        "The marketplace's verdict on the password that the call had it judge, also where the call was `done`: an account is added with a password that is then refused. `pending`: there was none when the call ended; the login attempts of the account have it. Null for a call without a password, for a repeated one, and before this field was kept.",
    }),
    requestId: described(z.string(), { description: 'Id of the request, which logs name too.' }),
  }),
  { id: 'AuditEntry', description: 'A call that was to change something. Bodies of requests are not kept.' },
);

export const AUDIT = {
  'audit.list': {
    summary: 'List who did what in the last year, newest first',
    description:
      'Every call that changes something or has work done, refused ones too, but none without a valid token. A client that is bound to accounts sees the calls about its accounts (with `account`), and its own. An entry appears some seconds after its call. A page may be short, even empty, and have a next one.',
    query: z.extend(PageQuery, {
      account: described(z.optional(z.string()), { description: 'Only calls about this account.' }),
      client: described(z.optional(z.string()), { description: 'Only calls of this client.' }),
      from: described(z.optional(MomentWithOffset), { description: 'Only calls from this moment on.' }),
      to: described(z.optional(MomentWithOffset), { description: 'Only calls before this moment.' }),
    }),
    replies: {
      200: {
        description: 'The newest first.',
        body: z.object({ entries: z.array(AuditEntry), cursor: NextCursor }),
      },
    },
    problems: ['not-found'],
  },
} as const satisfies Operations;
