import * as z from 'zod/mini';
import { ROUTES } from './routes.ts';

interface Meta {
  /** Name of the schema in the document, where it appears once. */
  readonly id?: string;
  readonly description?: string;
  readonly examples?: unknown[];
  readonly pattern?: string;
}

/**
 * The schema with a description for readers of the document. A copy, because many fields share a schema such as
 * `maybeMoment`, and the description of one would be shown at all of them.
 */
export function described<Schema extends z.ZodMiniType>(schema: Schema, meta: Meta): Schema {
  const own = schema.clone();
  z.globalRegistry.add(own, { ...meta });
  return own;
}

/**
 * A text that matches a pattern. Most people cannot read a pattern, so `text` says what to write instead of a
 * text that does not match.
 */
export const matching = (
  pattern: RegExp,
  { text, ...meta }: Meta & { readonly text: { readonly pl: string; readonly en: string } },
) =>
  described(z.string().check(z.refine((given) => pattern.test(given), { params: { text } })), {
    ...meta,
    pattern: pattern.source,
  });

/** A text for people, in both languages. */
export const Bilingual = described(z.object({ pl: z.string(), en: z.string() }), {
  id: 'Bilingual',
  description: 'A text in Polish and in English.',
});

/** A moment, ISO 8601 in UTC. */
export const Moment = described(z.iso.datetime(), {
  id: 'Moment',
  description: 'A moment, ISO 8601 in UTC with milliseconds.',
  examples: ['2026-11-22T18:20:04.811Z'],
});

export const Money = described(z.object({ minor: z.int(), currency: z.string() }), {
  id: 'Money',
  description: 'An exact amount: whole minor units (grosze, halire) and an ISO 4217 currency.',
  examples: [{ minor: 12900, currency: 'PLN' }],
});

/** The longest id we issue or accept, in characters; a key of the store takes 1,024 bytes. */
export const LONGEST_ID = 256;

const id = (description: string) => described(z.string(), { description });
/** Ids in paths have no pattern: an unknown id is "not found", whatever it looks like. */
export const accountParams = z.object({ accountId: id('Id of the account.') });
/**
 * Ids of orders: `order:ID`, or `purchase:ID` while no live sale holds the purchase; ID is the marketplace's opaque
 * text.
 */
export const ORDER_ID = /^(order|purchase):(\S{1,200})$/;
export const orderIdText = matching(ORDER_ID, {
  description: 'Id of an order.',
  text: {
    pl: `Podaj identyfikator zamówienia z listy (${ROUTES['orders.list'].route}), np. order:123.`,
    en: `Give the id of an order as the list has it (${ROUTES['orders.list'].route}), e.g. order:123.`,
  },
});
export const orderParams = z.extend(accountParams, {
  orderId: id('Id of the order: `order:ID`, or `purchase:ID` while no live sale holds the purchase.'),
});
export const webhookParams = z.object({ webhookId: id('Id of the webhook.') });

const limit = described(z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50), {
  description: 'Maximum number of entries, 1 to 100.',
});

/** The query of a page of a list. */
export const PageQuery = z.strictObject({
  limit,
  cursor: described(z.optional(z.string()), {
    description: 'The `cursor` of the previous page, unchanged; leave it out for the first page.',
  }),
});

/** The query of the next changes of a feed. */
export const ChangesQuery = z.strictObject({
  after: described(z.optional(z.string()), {
    description:
      'The `position` of an earlier answer, or `end` for later changes only; leave it out to start at the beginning of the feed.',
  }),
  limit,
  wait: described(z._default(z.coerce.number().check(z.minimum(0), z.maximum(20)), 0), {
    description: 'Seconds to wait if there are no changes yet, 0 to 20.',
  }),
});

/** The `cursor` of the next page, in answers with pages. */
export const NextCursor = described(z.nullable(z.string()), {
  description: 'Pass it to get the next page; null on the last page.',
});

export const Position = described(z.string(), {
  description: 'How far a reader has come. Opaque; pass it back unchanged.',
});

export const Day = described(z.iso.date(), { description: "A day of the marketplace's own calendar." });
export const MomentWithOffset = z.iso.datetime({ offset: true });
export const DayOrMoment = z.union([z.iso.date(), MomentWithOffset]);

/** A moment or null, so that the field is always present. */
export const maybeMoment = z.nullable(Moment);
