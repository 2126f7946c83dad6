import * as z from 'zod/mini';
import { ROUTES } from './routes.ts';

interface Meta {
  /** The schema stands under this name, once, in the document. */
  readonly id?: string;
  readonly description?: string;
  readonly examples?: unknown[];
  readonly pattern?: string;
}

/** Tells readers of the document what a schema stands for. */
export function described<Schema extends z.core.$ZodType>(schema: Schema, meta: Meta): Schema {
  z.globalRegistry.add(schema, { ...meta });
  return schema;
}

/**
 * A text of a pattern. A pattern says nothing to most people, so `text` says what to write in place of a text that does
 * not match.
 */
export const matching = (
  pattern: RegExp,
  { text, ...meta }: Meta & { readonly text: { readonly pl: string; readonly en: string } },
) =>
  described(z.string().check(z.refine((given) => pattern.test(given), { params: { text } })), {
    ...meta,
    pattern: pattern.source,
  });

/** A text as people read it, in both languages. */
export const Bilingual = described(z.object({ pl: z.string(), en: z.string() }), {
  id: 'Bilingual',
  description: 'A text in Polish and in English.',
});

/** A moment, ISO 8601 in UTC. */
export const Moment = described(z.iso.datetime(), {
  id: 'Moment',
  description: 'ISO 8601, in UTC, with milliseconds.',
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
/** Ids in paths: one that nothing has is not found, whatever it looks like. */
export const accountParams = z.object({ accountId: id('Of the account.') });
/** `form:ID`, or `deal:ID` while no live form holds the deal. Ids of marketplaces are opaque texts without blanks. */
export const ORDER_ID = /^(form|deal):(\S{1,200})$/;
export const orderIdText = matching(ORDER_ID, {
  description: 'Of an order.',
  text: {
    pl: `Podaj identyfikator zamówienia z listy (${ROUTES['orders.list'].route}), np. form:123.`,
    en: `Give the id of an order as the list has it (${ROUTES['orders.list'].route}), e.g. form:123.`,
  },
});
export const orderParams = z.extend(accountParams, {
  orderId: id('`form:ID`, or `deal:ID` while no live form holds the deal.'),
});
export const webhookParams = z.object({ webhookId: id('Of the webhook.') });

const limit = described(z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 50), {
  description: 'How many at most, 1 to 100.',
});

/** Asks for one page of a list. */
export const PageQuery = z.strictObject({
  limit,
  cursor: described(z.optional(z.string()), {
    description: 'Of the page before, unchanged; without one the list begins.',
  }),
});

/** Asks for the next changes of a feed. */
export const ChangesQuery = z.strictObject({
  after: described(z.optional(z.string()), {
    description: 'The `position` of an earlier answer; without one the feed begins.',
  }),
  limit,
  wait: described(z._default(z.coerce.number().check(z.minimum(0), z.maximum(20)), 0), {
    description: 'For how many seconds to wait for news, 0 to 20.',
  }),
});

/** In answers with pages: the `cursor` of the next page. */
export const NextCursor = described(z.nullable(z.string()), {
  description: 'Ask with it for the next page; null at the end.',
});

export const Position = described(z.string(), {
  description: 'How far a reader has come. Opaque; hand it back unchanged.',
});

export const Day = described(z.iso.date(), { description: "A day of the marketplace's own calendar." });
export const MomentWithOffset = z.iso.datetime({ offset: true });

/** A moment, or null where there is none, so that the field is always there. */
export const maybeMoment = z.nullable(Moment);
