import type { Money } from '../base/money.ts';
import { type EpochMillis, toMillis } from '../base/time.ts';
import type { Offer, OfferList, OfferPriceKind } from '../marketplace/offers.ts';

/** States of an offer. `gone`: the offer was active, and no list of the marketplace shows it any more. */
export const OFFER_STATES = ['active', 'sold-out', 'ended', 'gone'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** Oddities of an offer that is stored all the same. */
export type OfferFlag =
  | 'broken-text'
  | 'long-title'
  | 'negative-price'
  | 'price-unknown'
  | 'quantity-mismatch'
  | 'quantity-unknown'
  | 'title-unknown';

/** The content of an offer, by which an ERP matches it with its own products. */
export interface OfferContent {
  readonly title: string;
  /** Price of a piece: Buy Now if there is one, else the price named by `priceKind`. */
  readonly price?: Money;
  readonly priceKind?: OfferPriceKind;
  readonly state: OfferState;
  readonly startQuantity?: number;
  readonly soldQuantity?: number;
  /** Number of unsold pieces. */
  readonly quantityLeft?: number;
  readonly startedAtMillis?: EpochMillis;
  /** Time of the end, past or planned; absent if none is set. */
  readonly endsAtMillis?: EpochMillis;
  readonly flags?: readonly OfferFlag[];
}

/** Length of a title beyond what any marketplace allows. */
const LONG_TITLE = 1_000;
/** Number of characters kept of a still longer title, so that the row fits into the store. */
const KEPT_OF_TITLE = 20_000;

/** An offer as stored; a part that could not be read is absent and flagged. */
export function offerContent(offer: Offer, list: OfferList): OfferContent {
  const { title = '', price, startQuantity, soldQuantity, startedAtSeconds, endsAtSeconds } = offer;
  const counted = startQuantity !== undefined && soldQuantity !== undefined;
  const flags = flagsOf(offer);
  return {
    title: title.slice(0, KEPT_OF_TITLE).toWellFormed(),
    ...(price !== undefined && { price: price.amount, priceKind: price.kind }),
    state: stateOf(offer, list),
    ...(startQuantity !== undefined && { startQuantity }),
    ...(soldQuantity !== undefined && { soldQuantity }),
    ...(counted && { quantityLeft: Math.max(0, startQuantity - soldQuantity) }),
    ...(startedAtSeconds !== undefined && { startedAtMillis: toMillis(startedAtSeconds) }),
    ...(endsAtSeconds !== undefined && { endsAtMillis: toMillis(endsAtSeconds) }),
    ...(flags.length > 0 && { flags }),
  };
}

function stateOf({ startQuantity, soldQuantity }: Offer, list: OfferList): OfferState {
  if (list === 'for-sale') return 'active';
  const soldOut = startQuantity !== undefined && soldQuantity !== undefined && soldQuantity >= startQuantity;
  return soldOut ? 'sold-out' : 'ended';
}

/** The flags of an offer, sorted by name. */
function flagsOf({ title, price, startQuantity, soldQuantity }: Offer): OfferFlag[] {
  const flags: Record<OfferFlag, boolean> = {
    'broken-text': title?.includes('\uFFFD') === true,
    'long-title': (title?.length ?? 0) > LONG_TITLE,
    'negative-price': (price?.amount.minor ?? 0) < 0,
    'price-unknown': price === undefined,
    'quantity-mismatch': (soldQuantity ?? 0) > (startQuantity ?? Infinity),
    'quantity-unknown': startQuantity === undefined || soldQuantity === undefined,
    'title-unknown': title === undefined,
  };
  return (Object.keys(flags) as OfferFlag[]).filter((flag) => flags[flag]);
}
