import * as z from 'zod/mini';
import {
  accountParams,
  Bilingual,
  described,
  Moment,
  Money,
  maybeMoment,
  NextCursor,
  PageQuery,
} from './kinds.ts';
import type { Operations } from './operation.ts';

export const OFFER_STATES = ['active', 'sold-out', 'ended', 'gone'] as const;

const offer = {
  offerId: z.string(),
  title: z.string(),
  state: described(z.enum(OFFER_STATES), {
    description: '`gone`: an active offer that the lists of the marketplace no longer show.',
  }),
  price: described(z.nullable(Money), { description: 'Price of a piece.' }),
  priceKind: z.nullable(z.enum(['buy-now', 'current', 'starting'])),
  startQuantity: z.nullable(z.int()),
  soldQuantity: z.nullable(z.int()),
  quantityLeft: z.nullable(z.int()),
  startedAt: maybeMoment,
  endsAt: maybeMoment,
  endedAt: maybeMoment,
  flags: z.optional(
    z.array(
      z.enum([
        'broken-text',
        'long-title',
        'negative-price',
        'price-unknown',
        'quantity-mismatch',
        'quantity-unknown',
        'title-unknown',
      ]),
    ),
  ),
  firstSeenAt: Moment,
  changedAt: Moment,
};

export const Offer = described(z.object(offer), {
  id: 'Offer',
  description:
    'An offer as the marketplace showed it last. A value that cannot be read is null and named in `flags`.',
});

const freshness = {
  updatedAt: maybeMoment,
  listedAt: described(maybeMoment, { description: 'Start of the last complete listing.' }),
  troubles: z.array(
    z.object({
      part: z.enum(['journal', 'listing']),
      reason: z.string(),
      code: z.nullable(z.string()),
      since: Moment,
      againAt: Moment,
      message: Bilingual,
    }),
  ),
};

export const OFFERS = {
  'offers.list': {
    summary: 'List the offers as last seen, and how fresh they are',
    params: accountParams,
    query: z.extend(PageQuery, {
      state: described(z.optional(z.enum(OFFER_STATES)), { description: 'Only offers in this state.' }),
    }),
    replies: {
      200: {
        description: 'Offers.',
        body: z.object({ offers: z.array(Offer), cursor: NextCursor, ...freshness }),
      },
    },
    problems: ['not-found', 'being-removed'],
  },
  'offers.show': {
    summary: 'Show an offer, and how fresh it is',
    params: z.extend(accountParams, { offerId: described(z.string(), { description: 'Id of the offer.' }) }),
    replies: { 200: { description: 'The offer.', body: z.object({ ...offer, ...freshness }) } },
    problems: ['not-found', 'being-removed'],
  },
} as const satisfies Operations;
