import * as z from 'zod/mini';
import { Bilingual, described, Moment, maybeMoment } from './kinds.ts';

const Flags = described(z.record(z.string(), z.int()), { description: 'How many orders bear each flag.' });

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
    reason: described(z.nullable(z.string()), { description: 'Why, in one word; more may come.' }),
    code: described(z.nullable(z.string()), { description: "The marketplace's own code, for support." }),
    since: maybeMoment,
    message: described(Bilingual, { description: 'What a person can do about it.' }),
  }),
  { id: 'Connection', description: 'Where an account stands, and what to do about it.' },
);

const LastRun = z.object({
  startedAt: Moment,
  finishedAt: Moment,
  outcome: z.enum(['done', 'interrupted', 'failed', 'stopped']),
  events: z.int(),
  ordersChanged: z.int(),
  flagged: described(z.optional(z.int()), { description: 'Changed orders that bear a flag.' }),
  flags: z.optional(Flags),
  late: described(z.optional(z.int()), { description: 'Events that were found behind the cursor.' }),
  reason: z.optional(z.string()),
});

const account = {
  accountId: z.string(),
  marketplace: z.string(),
  login: z.string(),
  webapiKeyId: z.string(),
  userId: described(z.nullable(z.string()), { description: "The seller's id at the marketplace." }),
  createdAt: Moment,
  connection: Connection,
  pendingPassword: described(
    z.nullable(z.object({ reason: z.nullable(z.string()), until: maybeMoment, message: Bilingual })),
    { description: 'A password that waits to be tried: why, and until when.' },
  ),
  sessionHandle: described(
    z.nullable(z.object({ createdAt: Moment, expiresAt: Moment, ageSeconds: z.int() })),
    { description: 'Age and end of the session; null while there is none.' },
  ),
  lastLoginAt: maybeMoment,
  ordersSince: described(maybeMoment, {
    description: 'Sales from then on are here; older ones come with an import.',
  }),
  lastRun: z.nullable(LastRun),
  nextRunAt: maybeMoment,
};

/** An account as API readers see it: where it stands and what to do, never a secret. */
export const Account = described(z.object(account), { id: 'Account' });

const verdict = z.enum(['accepted', 'refused', 'pending']);

/** An account with what came of the password that was handed over. */
export const ProvenAccount = described(z.object({ verdict, ...account }), {
  id: 'ProvenAccount',
  description: 'The account, and what the marketplace said of the password.',
});

export const AddedAccount = described(
  z.object({
    verdict,
    ...account,
    inherited: described(z.object({ possibleFailures: z.int(), lockedAt: maybeMoment }), {
      description:
        'What an earlier account of this seller left: failed logins that the marketplace still counts.',
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
    outcome: described(z.string(), { description: '`accepted`, `unknown`, or why it was refused.' }),
    code: z.nullable(z.string()),
    secretVersion: z.string(),
    worker: z.string(),
    egressId: described(z.string(), { description: 'From which address.' }),
  }),
  { id: 'Login', description: 'One login attempt.' },
);

const BadOrder = described(
  z.object({
    orderId: z.string(),
    reason: z.enum([
      'form-missing',
      'form-unreadable',
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
    setAsideAt: maybeMoment,
  }),
  { id: 'BadOrder', description: 'An order that could not be stored, or whose reading is in doubt.' },
);

export const SyncState = described(
  z.object({
    accountId: z.string(),
    state: z.enum(['fresh', 'late', 'stalled', 'disconnected']),
    message: Bilingual,
    lagSeconds: described(z.nullable(z.int()), {
      description: 'Since the last success, or the oldest event that is not settled.',
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
      { description: 'Events of a pause that the journal had forgotten.' },
    ),
    setAsideCount: z.int(),
    setAside: described(z.array(BadOrder), { description: 'The first hundred of them.' }),
    failingCount: z.int(),
    failing: described(z.array(BadOrder), { description: 'The first hundred of them.' }),
  }),
  { id: 'SyncState', description: 'How fresh the orders of an account are, and why.' },
);
