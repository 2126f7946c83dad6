import * as z from 'zod/mini';
import { accountParams, Bilingual, Day, DayOrMoment, described, Moment, maybeMoment } from './kinds.ts';
import type { Operations } from './operation.ts';

const List = z.enum(['all-sales', 'filled-sales', 'sales-by-offer']);
const cannotSee = described(z.array(Bilingual), {
  description: 'Kinds of sales and changes that the list does not show.',
});

const Completeness = described(
  z.object({
    day: Day,
    checkedAt: Moment,
    dayWasOver: z.boolean(),
    list: List,
    marketplace: described(z.int(), {
      description:
        'Orders that the list names, without those that are cancelled or were over before the account was added.',
    }),
    ours: described(z.int(), { description: 'Orders of `marketplace` that Klamka has stored.' }),
    missing: described(z.array(z.string()), {
      description: 'Ids of the orders of `marketplace` that Klamka has not stored.',
    }),
    cancelled: z.int(),
    surcharges: z.int(),
    beforeConnect: z.int(),
    journalLoss: described(z.int(), { description: 'Orders that the list names and the journal never did.' }),
    changesNeverTold: z.int(),
    acknowledged: described(z.record(z.string(), z.int()), {
      description:
        'By consumer: number of stored orders (`ours`) that it has acknowledged in their present revision.',
    }),
    cannotSee,
  }),
  { id: 'Completeness', description: "The orders of a day, compared with the marketplace's own list." },
);

const Import = described(
  z.object({
    importId: z.string(),
    kind: z.enum(['check', 'import', 'gap']),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    from: Moment,
    to: Moment,
    lists: z.array(List),
    percent: z.int(),
    salesSeen: z.int(),
    imported: z.int(),
    alreadyThere: z.int(),
    outside: z.int(),
    surcharges: z.int(),
    unreadable: z.int(),
    cannotSee,
    askedAt: Moment,
    startedAt: maybeMoment,
    finishedAt: maybeMoment,
    againAt: maybeMoment,
    message: z.nullable(Bilingual),
  }),
  {
    id: 'Import',
    description: 'An import of earlier sales, or of sales in a gap of the journal, and its progress.',
  },
);

export const HISTORY = {
  'completeness.show': {
    summary: "Compare a day with the marketplace's own list",
    description:
      'Number of orders in the list, number of orders that Klamka has, ids of the missing ones, and number of orders that each consumer has acknowledged. The default is yesterday.',
    params: accountParams,
    query: z.strictObject({
      day: described(z.optional(z.iso.date()), { description: "A day of the marketplace's own calendar." }),
    }),
    replies: { 200: { description: 'The day.', body: Completeness } },
    problems: ['not-found', 'being-removed'],
  },
  'completeness.check': {
    summary: 'Compare with the list now',
    params: accountParams,
    replies: {
      202: {
        description: 'The work is under way.',
        body: z.object({ accountId: z.string(), state: z.literal('checking') }),
      },
    },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
  'imports.list': {
    summary: 'List imports and their progress',
    params: accountParams,
    replies: { 200: { description: 'The newest first.', body: z.object({ imports: z.array(Import) }) } },
    problems: ['not-found', 'being-removed'],
  },
  'imports.start': {
    summary: 'Import earlier sales',
    description:
      'At most 90 days back, and one import at a time. A date means the beginning of the day in `from`, and its end in `to`.',
    params: accountParams,
    body: z.strictObject({ from: DayOrMoment, to: DayOrMoment }),
    example: { from: '2026-10-20', to: '2026-11-19' },
    replies: { 202: { description: 'The work is under way.', body: Import, location: true } },
    problems: ['not-found', 'being-removed', 'already-exists', 'wrong-state'],
  },
  'imports.show': {
    summary: 'Show the progress of an import',
    params: z.extend(accountParams, {
      importId: described(z.string(), { description: 'Id of the import.' }),
    }),
    replies: { 200: { description: 'The import.', body: Import } },
    problems: ['not-found', 'being-removed'],
  },
} as const satisfies Operations;
