import * as z from 'zod/mini';
import {
  accountParams,
  ChangesQuery,
  described,
  Moment,
  MomentWithOffset,
  matching,
  NextCursor,
  orderIdText,
  PageQuery,
  Position,
} from './kinds.ts';
import type { Operations } from './operation.ts';
import { Change } from './order.ts';

/** The most orders that a call sends again. */
export const RESEND_LIMIT = 500;

const ChangePage = described(
  z.object({
    changes: z.array(Change),
    position: described(Position, { description: 'Pass it as `after` in the next call.' }),
    more: described(z.boolean(), {
      description: 'Whether more changes may be there already, without waiting.',
    }),
  }),
  { id: 'ChangePage' },
);

const Consumer = described(
  z.object({
    name: z.string(),
    position: Position,
    number: z.int(),
    lag: described(z.int(), {
      description:
        'Number of changes that the consumer has not acknowledged; all of them if the feed lacks its position.',
    }),
    acknowledgedAt: Moment,
  }),
  { id: 'Consumer', description: 'How far a reader of a feed has come, as the reader has acknowledged.' },
);

const consumerParams = z.extend(accountParams, {
  name: matching(/^[a-z0-9-]{1,64}$/, {
    description: 'Name of the consumer.',
    text: {
      pl: 'Nazwa odbiorcy ma od 1 do 64 znaków: małe litery a-z, cyfry i łączniki.',
      en: 'The name of a consumer has 1 to 64 characters: lower-case letters a-z, digits and hyphens.',
    },
  }),
});

export const CHANGES = {
  'changes.list': {
    summary: 'Read the changes of all accounts in turn, with one position',
    description:
      'All changes of an account up to `limit`, then those of the next account; new accounts start at their first change. 409: the feed of an account (`accountId`) was restored from a copy and lacks the position. Continue with the `position` of that answer, which reads this account from its start.',
    query: ChangesQuery,
    replies: { 200: { description: 'The next changes.', body: ChangePage } },
    problems: ['feed-restored'],
  },
  'changes.listOfAccount': {
    summary: 'Read the changes of one account',
    description:
      '409: the feed was restored from a copy and lacks the position. Read it again from the start, or have the orders of a period sent again.',
    params: accountParams,
    query: ChangesQuery,
    replies: { 200: { description: 'The next changes.', body: ChangePage } },
    problems: ['not-found', 'being-removed', 'feed-restored'],
  },
  'orders.resend': {
    summary: 'Put orders into the feed again',
    description: `Selects orders by id, or by the time of their last change (\`from\` included, \`to\` excluded). A call sends at most ${RESEND_LIMIT}; pass its \`cursor\` to the next call for the rest. A worker puts them into the feed, mostly within seconds.`,
    params: accountParams,
    body: z.strictObject({
      ids: z.optional(z.array(orderIdText).check(z.minLength(1), z.maxLength(RESEND_LIMIT))),
      from: z.optional(MomentWithOffset),
      to: z.optional(MomentWithOffset),
      cursor: z.optional(z.string()),
    }),
    example: { from: '2026-11-20T00:00:00+01:00', to: '2026-11-21T00:00:00+01:00' },
    replies: {
      202: {
        description: 'The number of orders that are being sent again.',
        body: z.object({
          resent: z.int(),
          unknown: described(z.array(z.string()), { description: 'Ids without an order in this account.' }),
          cursor: NextCursor,
        }),
      },
    },
    problems: ['not-found', 'being-removed'],
  },
  'consumers.list': {
    summary: 'List how far the readers of a feed have come',
    params: accountParams,
    query: PageQuery,
    replies: {
      200: {
        description: 'Consumers.',
        body: z.object({ consumers: z.array(Consumer), cursor: NextCursor }),
      },
    },
    problems: ['not-found', 'being-removed'],
  },
  'consumers.show': {
    summary: 'Show how far a consumer has come',
    params: consumerParams,
    replies: { 200: { description: 'The consumer.', body: Consumer } },
    problems: ['not-found', 'being-removed'],
  },
  'consumers.acknowledge': {
    summary: 'Acknowledge all changes up to a position',
    description:
      'The first acknowledgement creates the consumer. An acknowledgement of an earlier position changes nothing unless `reset` is true; the answer has the position of the consumer in both cases. 409: the feed was restored from a copy and lacks the position.',
    params: consumerParams,
    body: z.strictObject({
      position: described(z.nullable(z.string()), {
        description: 'Null stands for the beginning of the feed.',
      }),
      reset: z._default(z.boolean(), false),
    }),
    example: { position: null, reset: true },
    replies: { 200: { description: 'The consumer with its position.', body: Consumer } },
    problems: ['not-found', 'being-removed', 'feed-restored'],
  },
} as const satisfies Operations;
