import * as z from 'zod/mini';
import { Bilingual, described, Moment, maybeMoment } from './kinds.ts';

const Flags = described(z.record(z.string(), z.int()), { description: 'Number of orders with each flag.' });

export const Connection = described(
  z.object({
    state: z.enum([
      'new',
      'connected',
      'retrying',
      'session-unstable',
      'needs-app-password',
      'locked',
      'needs-owner',
      'misconfigured',
      'unknown-fault',
      'paused',
      'removing',
    ]),
    reason: described(z.nullable(z.string()), {
      description: 'The reason of the state, in one word. New reasons may be added.',
    }),
    code: described(z.nullable(z.string()), {
      description: "The marketplace's own error code, for its support.",
    }),
    since: maybeMoment,
    message: described(Bilingual, { description: 'What a person has to do, if anything.' }),
  }),
  { id: 'Connection', description: 'The state of an account, and what a person has to do.' },
);

const LastRun = z.object({
  startedAt: Moment,
  finishedAt: Moment,
  outcome: z.enum(['done', 'interrupted', 'failed', 'stopped']),
  events: z.int(),
  ordersChanged: z.int(),
  flagged: described(z.optional(z.int()), { description: 'Changed orders with a flag.' }),
  flags: z.optional(Flags),
  late: described(z.optional(z.int()), {
    description: 'Events found behind the cursor, i.e. later than their turn.',
  }),
  reason: z.optional(z.string()),
});

const account = {
  accountId: z.string(),
  marketplace: z.string(),
  login: z.string(),
  integrationKeyId: z.string(),
  userId: described(z.nullable(z.string()), { description: "The seller's id at the marketplace." }),
  createdAt: Moment,
  connection: Connection,
  pendingPassword: described(
    z.nullable(z.object({ reason: z.nullable(z.string()), until: maybeMoment, message: Bilingual })),
    { description: 'A password that waits for its first login: why, and until when.' },
  ),
  session: described(z.nullable(z.object({ createdAt: Moment, expiresAt: Moment, ageSeconds: z.int() })), {
    description: 'Age and end of the session; null without a session.',
  }),
  lastLoginAt: maybeMoment,
  ordersSince: described(maybeMoment, {
    description: 'Klamka has the sales since this moment; older ones need an import.',
  }),
  lastRun: z.nullable(LastRun),
  nextRunAt: maybeMoment,
};

/** An account for readers of the API: its state and what to do, never a secret. */
export const Account = described(z.object(account), { id: 'Account' });

/** The verdict of the marketplace on a password; `pending` while there is none. */
export const VERDICTS = ['accepted', 'refused', 'pending'] as const;
const verdict = z.enum(VERDICTS);

/** An account after a password was handed over, with the verdict on it. */
export const ProvenAccount = described(z.object({ verdict, ...account }), {
  id: 'ProvenAccount',
  description: "The account, and the marketplace's verdict on the password.",
});

export const AddedAccount = described(
  z.object({
    verdict,
    ...account,
    inherited: described(z.object({ possibleFailures: z.int(), lockedAt: maybeMoment }), {
      description:
        'Left by an earlier account of this seller: failed logins that the marketplace still counts.',
    }),
  }),
  { id: 'AddedAccount' },
);

export const Login = described(
  z.object({
    attemptId: z.string(),
    at: Moment,
    endedAt: maybeMoment,
    why: z.enum(['first', 'new-password', 'renewal', 'no-handle', 'session-ended']),
    outcome: described(z.string(), { description: '`accepted`, `unknown`, or the reason of the refusal.' }),
    code: z.nullable(z.string()),
    secretVersion: z.string(),
    worker: z.string(),
    egressId: described(z.string(), { description: 'The address (IP) that the login came from, by its id.' }),
  }),
  { id: 'Login', description: 'A login attempt.' },
);

const FailedOrder = described(
  z.object({
    orderId: z.string(),
    reason: z.enum([
      'order-missing',
      'order-unreadable',
      'refused',
      'row-too-large',
      'unconfirmed',
      'event-unreadable',
    ]),
    detail: z.string(),
    message: Bilingual,
    tries: z.int(),
    firstAt: Moment,
    lastAt: Moment,
    quarantinedAt: maybeMoment,
  }),
  { id: 'FailedOrder', description: 'An order that could not be stored, or was read with a doubt.' },
);

export const SyncState = described(
  z.object({
    accountId: z.string(),
    state: z.enum(['fresh', 'late', 'stalled', 'disconnected']),
    message: Bilingual,
    lagSeconds: described(z.nullable(z.int()), {
      description: 'Seconds since the last success, or since the oldest event that is not processed.',
    }),
    lastSuccessAt: maybeMoment,
    cursor: z.nullable(z.string()),
    cursorAgeSeconds: z.nullable(z.int()),
    lastEventAt: maybeMoment,
    last24Hours: z.object({
      events: z.int(),
      ordersChanged: z.int(),
      flagged: z.int(),
      flags: Flags,
      late: z.int(),
    }),
    lastCheck: described(
      z.nullable(
        z.object({
          at: Moment,
          list: z.nullable(z.string()),
          since: z.iso.date(),
          journalLoss: z.int(),
          changesNeverTold: z.int(),
        }),
      ),
      { description: "The last comparison with the marketplace's own list." },
    ),
    gap: described(
      z.nullable(
        z.object({
          state: z.enum(['filling', 'filled', 'unfilled']),
          foundAt: Moment,
          from: Moment,
          importId: z.string(),
          message: Bilingual,
        }),
      ),
      { description: 'Events of a pause that the journal no longer had when the pause ended.' },
    ),
    quarantinedCount: z.int(),
    quarantined: described(z.array(FailedOrder), { description: 'The first hundred.' }),
    failingCount: z.int(),
    failing: described(z.array(FailedOrder), { description: 'The first hundred.' }),
  }),
  { id: 'SyncState', description: 'How fresh the orders of an account are, and the reason.' },
);
