import * as z from 'zod/mini';
import { accountParams, Bilingual, Day, described, Moment, MomentWithOffset, maybeMoment } from './kinds.ts';
import type { Operations } from './operation.ts';

const List = z.enum(['form-ids', 'filled-forms', 'sold-offers']);
const cannotSee = described(z.array(Bilingual), { description: 'What the list does not show.' });

const Completeness = described(
  z.object({
    day: Day,
    checkedAt: Moment,
    dayWasOver: z.boolean(),
    list: List,
    marketplace: described(z.int(), {
      description: 'Orders that the list names and that are not cancelled.',
    }),
    ours: described(z.int(), { description: 'Those of them that are stored now.' }),
    missing: described(z.array(z.string()), { description: 'The others.' }),
    cancelled: z.int(),
    surcharges: z.int(),
    beforeConnect: z.int(),
    journalLoss: described(z.int(), { description: 'What the journal never told and the list did.' }),
    changesNeverTold: z.int(),
    acknowledged: described(z.record(z.string(), z.int()), {
      description: 'By consumer: how many of ours it has acknowledged as they are now.',
    }),
    cannotSee,
  }),
  { id: 'Completeness', description: "One day by the marketplace's own list." },
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
    formsSeen: z.int(),
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
  { id: 'Import', description: 'Sales from before, or of a gap in the journal, and how far they have come.' },
);

const dayOrMoment = z.union([z.iso.date(), MomentWithOffset]);

export const HISTORY = {
  'completeness.show': {
    summary: "Compare one day with the marketplace's own list",
    description:
      'Yesterday by default. How many orders it names, how many we have, which are missing, how many each consumer has acknowledged.',
    params: accountParams,
    query: z.strictObject({
      day: described(z.optional(z.iso.date()), { description: "Of the marketplace's own calendar." }),
    }),
    replies: { 200: { description: 'The day.', body: Completeness } },
    problems: ['not-found', 'being-removed'],
  },
  'completeness.check': {
    summary: 'Compare with the list now',
    params: accountParams,
    replies: {
      202: {
        description: 'It is under way.',
        body: z.object({ accountId: z.string(), state: z.literal('checking') }),
      },
    },
    problems: ['not-found', 'being-removed', 'wrong-state'],
  },
  'imports.list': {
    summary: 'List imports and how far they have come',
    params: accountParams,
    replies: { 200: { description: 'The newest first.', body: z.object({ imports: z.array(Import) }) } },
    problems: ['not-found', 'being-removed'],
  },
  'imports.start': {
    summary: 'Bring in sales from before',
    description:
      '90 days back at most, one import at a time. A day stands for its beginning in `from` and for its end in `to`.',
    params: accountParams,
    body: z.strictObject({ from: dayOrMoment, to: dayOrMoment }),
    example: { from: '2026-10-20', to: '2026-11-19' },
    replies: { 202: { description: 'It is under way.', body: Import, location: true } },
    problems: ['not-found', 'being-removed', 'already-exists', 'wrong-state'],
  },
  'imports.show': {
    summary: 'Show how far an import has come',
    params: z.extend(accountParams, { importId: described(z.string(), { description: 'Of the import.' }) }),
    replies: { 200: { description: 'The import.', body: Import } },
    problems: ['not-found', 'being-removed'],
  },
} as const satisfies Operations;
