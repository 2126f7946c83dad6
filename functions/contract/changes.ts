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

/** Orders sent again by one call, at most. */
export const RESEND_LIMIT = 500;

const ChangePage = described(
  z.object({
    changes: z.array(Change),
    position: described(Position, { description: 'Go on with it as `after`.' }),
    more: described(z.boolean(), { description: 'There may be more at once.' }),
  }),
  { id: 'ChangePage' },
);

const Consumer = described(
  z.object({
    name: z.string(),
    position: Position,
    number: z.int(),
    lag: described(z.int(), {
      description: 'How many changes it has not acknowledged; all of them where the feed lacks its position.',
    }),
    acknowledgedAt: Moment,
  }),
  { id: 'Consumer', description: 'How far a reader of a feed is, by its own word.' },
);

const consumerParams = z.extend(accountParams, {
  name: matching(/^[a-z0-9-]{1,64}$/, {
    description: 'Of the consumer.',
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
      'What an account has, as far as `limit` allows, then the next; new accounts start at their first change. 409 names the account whose feed was restored from a copy and lacks the position; go on with the `position` of that answer, which reads this account from its start.',
    query: ChangesQuery,
    replies: { 200: { description: 'The next changes.', body: ChangePage } },
    problems: ['feed-restored'],
  },
  'changes.listOfAccount': {
    summary: 'Read the changes of one account',
    description:
      '409 if the feed was restored from a copy and lacks the position: read again from the start, or have a window sent again.',
    params: accountParams,
    query: ChangesQuery,
    replies: { 200: { description: 'The next changes.', body: ChangePage } },
    problems: ['not-found', 'being-removed', 'feed-restored'],
  },
  'orders.resend': {
    summary: 'Put orders into the feed again',
    description: `By id, or by the time of their last change, from \`from\` to just before \`to\`; ${RESEND_LIMIT} a call at most, then go on with \`cursor\`.`,
    params: accountParams,
    body: z.strictObject({
      ids: z.optional(z.array(orderIdText).check(z.minLength(1), z.maxLength(RESEND_LIMIT))),
      from: z.optional(MomentWithOffset),
      to: z.optional(MomentWithOffset),
      cursor: z.optional(z.string()),
    }),
    example: { from: '2026-11-20T00:00:00+01:00', to: '2026-11-21T00:00:00+01:00' },
    replies: {
      200: {
        description: 'What was sent again.',
        body: z.object({
          resent: z.int(),
          unknown: described(z.array(z.string()), { description: 'Ids that are no orders of this account.' }),
          cursor: NextCursor,
        }),
      },
    },
    problems: ['not-found', 'being-removed'],
  },
  'consumers.list': {
    summary: 'List how far the readers of a feed are',
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
    summary: 'Show how far a consumer is',
    params: consumerParams,
    replies: { 200: { description: 'The consumer.', body: Consumer } },
    problems: ['not-found', 'being-removed'],
  },
  'consumers.acknowledge': {
    summary: 'Acknowledge all changes up to a position',
    description:
      'The first one makes the consumer. One that would go backwards changes nothing unless `reset` is true, and the answer says where the consumer stands. 409 if the feed was restored from a copy and lacks the position.',
    params: consumerParams,
    body: z.strictObject({
      position: described(z.nullable(z.string()), { description: 'Null is the beginning.' }),
      reset: z._default(z.boolean(), false),
    }),
    example: { position: null, reset: true },
    replies: { 200: { description: 'Where it stands.', body: Consumer } },
    problems: ['not-found', 'being-removed', 'feed-restored'],
  },
} as const satisfies Operations;
