import * as z from 'zod/mini';
import {
  Bilingual,
  described,
  Moment,
  matching,
  maybeMoment,
  NextCursor,
  PageQuery,
  webhookParams,
} from './kinds.ts';
import type { Operations } from './operation.ts';
import { ORDER_CHANGES } from './order.ts';
import { ROUTES } from './routes.ts';

export const EVENT_TYPES = [
  'order.created',
  'order.details-filled',
  'order.paid',
  'order.cancelled',
  'order.changed',
] as const;

const DeliveryError = described(
  z.object({
    at: Moment,
    reason: z.enum([
      'status',
      'time-out',
      'unknown-host',
      'refused-address',
      'tls',
      'connection',
      'no-secret',
    ]),
    status: described(z.nullable(z.int()), {
      description: 'HTTP status of the answer, if `reason` is `status`.',
    }),
    message: Bilingual,
  }),
  { id: 'DeliveryError', description: 'Why a delivery failed.' },
);

const webhook = {
  webhookId: z.string(),
  url: z.string(),
  accounts: z.union([z.literal('all'), z.array(z.string())]),
  events: z.union([z.literal('all'), z.array(z.enum(EVENT_TYPES))]),
  state: z.enum(['active', 'disabled', 'incomplete']),
  message: Bilingual,
  createdAt: Moment,
  disabledAt: maybeMoment,
  oldSecretUntil: described(maybeMoment, { description: 'Until this moment the previous secret signs too.' }),
};
export const Webhook = described(z.object(webhook), {
  id: 'Webhook',
  description: 'A webhook, without its secret.',
});
const WebhookWithSecret = described(
  z.object({
    ...webhook,
    secret: described(z.string(), {
      description: 'The secret that signs the messages; shown only this once.',
    }),
  }),
  { id: 'WebhookWithSecret' },
);

const Progress = described(
  z.object({
    accountId: z.string(),
    number: z.int(),
    lag: described(z.int(), { description: 'Number of changes that are not delivered yet.' }),
    lastDeliveredAt: maybeMoment,
    failures: z.int(),
    failingSince: maybeMoment,
    nextTryAt: maybeMoment,
    lastError: z.nullable(DeliveryError),
  }),
  { id: 'WebhookProgress', description: 'Progress of the deliveries for an account.' },
);

const DeadLetter = described(
  z.object({
    accountId: z.string(),
    number: z.int(),
    orderId: z.string(),
    changes: z.array(z.enum(ORDER_CHANGES)),
    changedAt: Moment,
    givenUpAt: Moment,
    error: DeliveryError,
  }),
  { id: 'DeadLetter', description: 'A change whose delivery was given up after three days.' },
);

const accountId = matching(/^[0-9a-z]{1,64}$/, {
  description: 'Id of an account.',
  text: {
    pl: `Podaj identyfikator konta z listy kont (${ROUTES['accounts.list'].route}).`,
    en: `Give the id of an account as the list of accounts has it (${ROUTES['accounts.list'].route}).`,
  },
});
const oneAccount = described(z.optional(accountId), { description: 'Only the changes of this account.' });

export const WEBHOOKS = {
  'webhooks.list': {
    summary: 'List webhooks',
    replies: { 200: { description: 'Webhooks.', body: z.object({ webhooks: z.array(Webhook) }) } },
    problems: [],
  },
  'webhooks.register': {
    summary: 'Have changes sent to your server from now on',
    description: 'The signing secret is shown only in this answer. There can be at most 20 webhooks.',
    body: z.strictObject({
      url: z.string(),
      accounts: described(
        z.optional(z.union([z.literal('all'), z.array(accountId).check(z.minLength(1), z.maxLength(100))])),
        { description: 'Ids of accounts, or `all`, which is the default.' },
      ),
      events: described(z.optional(z.array(z.enum(EVENT_TYPES)).check(z.minLength(1))), {
        description: 'Events to send; all by default.',
      }),
    }),
    example: { url: 'https://erp.example/klamka', events: ['order.paid', 'order.cancelled'] },
    replies: {
      201: { description: 'The webhook with its secret.', body: WebhookWithSecret, location: true },
    },
    problems: ['wrong-state'],
  },
  'webhooks.show': {
    summary: 'Show a webhook, and its progress for each account',
    params: webhookParams,
    query: PageQuery,
    replies: {
      200: {
        description: 'The webhook.',
        body: z.object({ ...webhook, progress: z.array(Progress), cursor: NextCursor }),
      },
    },
    problems: ['not-found'],
  },
  'webhooks.remove': {
    summary: 'Remove a webhook',
    params: webhookParams,
    replies: {
      200: {
        description: 'The webhook is removed.',
        body: z.object({ webhookId: z.string(), state: z.literal('removed') }),
      },
    },
    problems: ['not-found'],
  },
  'webhooks.rotateSecret': {
    summary: 'Create a new signing secret',
    description:
      'The old secret signs too for 24 hours. A second call within these hours replaces the secret created last, so that at most two sign at a time.',
    params: webhookParams,
    replies: { 200: { description: 'The webhook with its new secret.', body: WebhookWithSecret } },
    problems: ['not-found', 'wrong-state'],
  },
  'webhooks.test': {
    summary: 'Send a `webhook.test` now, and show the result',
    params: webhookParams,
    replies: {
      200: {
        description: 'The result of the delivery.',
        body: z.object({ delivered: z.boolean(), error: z.nullable(DeliveryError) }),
      },
    },
    problems: ['not-found', 'wrong-state'],
  },
  'webhooks.resume': {
    summary: 'Enable a webhook that was disabled by a 410',
    params: webhookParams,
    replies: { 200: { description: 'The webhook.', body: Webhook } },
    problems: ['not-found', 'wrong-state'],
  },
  'webhooks.deadLetters': {
    summary: 'List changes whose delivery was given up after three days',
    params: webhookParams,
    query: z.extend(PageQuery, { accountId: oneAccount }),
    replies: {
      200: {
        description: 'Dead letters.',
        body: z.object({ deadLetters: z.array(DeadLetter), cursor: NextCursor }),
      },
    },
    problems: ['not-found'],
  },
  'webhooks.replay': {
    summary: 'Send dead letters once more',
    params: webhookParams,
    body: z.strictObject({ accountId: oneAccount }),
    example: {},
    replies: {
      202: {
        description: 'The dead letters will be sent.',
        body: z.object({
          accounts: described(z.int(), { description: 'Number of accounts with dead letters to send.' }),
        }),
      },
    },
    problems: ['not-found', 'wrong-state'],
  },
} as const satisfies Operations;
