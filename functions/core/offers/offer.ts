import type { Money } from '../base/money.ts';
import { type EpochMillis, toMillis } from '../base/time.ts';
import type { Offer, OfferList, OfferPriceKind } from '../marketplace/offers.ts';

/** `gone`: it was active, and no list of the marketplace shows it any more. */
export const OFFER_STATES = ['active', 'sold-out', 'ended', 'gone'] as const;
export type OfferState = (typeof OFFER_STATES)[number];

/** What is odd about an offer that is stored all the same. */
export type OfferFlag =
  | 'broken-text'
  | 'long-title'
  | 'negative-price'
  | 'price-unknown'
  | 'quantity-mismatch'
  | 'quantity-unknown'
  | 'title-unknown';

/** What an ERP needs to match an offer with its symbols. */
export interface OfferContent {
  readonly title: string;
  /** Of one piece: Buy Now where there is one, else what `priceKind` says. */
  readonly price?: Money;
  readonly priceKind?: OfferPriceKind;
  readonly state: OfferState;
  readonly startQuantity?: number;
  readonly soldQuantity?: number;
  /** Pieces that are not sold. */
  readonly quantityLeft?: number;
  readonly startedAtMillis?: EpochMillis;
  /** When it ends or has ended; absent while no end is set. */
  readonly endsAtMillis?: EpochMillis;
  readonly flags?: readonly OfferFlag[];
}

/** No marketplace lets a title be nearly as long. */
const LONG_TITLE = 1_000;
/** What is kept of one that is longer still, so that the row fits into the store. */
const KEPT_OF_TITLE = 20_000;

/** An offer as we keep it; what could not be read is absent and flagged. */
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

/** In the order of their names. */
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
