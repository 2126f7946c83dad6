import type { Money } from '../base/money.ts';
import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { EventPage } from './sales.ts';
import type { CallOptions } from './settings.ts';

/** The offers of the seller that a session belongs to. */
export interface OfferSource {
  /** Hints that offers have changed: what follows a position; undefined: from the oldest kept. Throws MarketplaceFault `journal-stuck`. */
  offerEvents(
    handle: Secret,
    after: string | undefined,
    options: CallOptions,
  ): Promise<EventPage<OfferEvent>>;
  /** What is in one list of offers; an offer that is not there is missing from the answer. */
  offersIn(handle: Secret, query: OfferQuery, options: CallOptions): Promise<OfferPage>;
}

/** One entry of the offer journal: only a hint that the offer is to be read again. */
export interface OfferEvent {
  readonly id: string;
  readonly offerId: string;
  /** Undefined where it cannot be read. */
  readonly atSeconds: EpochSeconds | undefined;
}

/** An offer that has ended leaves `for-sale`; one that sold a piece is in `sold` from then on. */
export type OfferList = 'for-sale' | 'sold' | 'not-sold';

/**
 * These offers, at most `settings.formBatchSize`, or a page of all. Pages are counted from 0; a marketplace
 * may count from 1, and make its pages smaller than it is asked to.
 */
export type OfferQuery = { readonly list: OfferList } & (
  | { readonly ids: readonly string[] }
  | { readonly page: number }
);

export interface OfferPage {
  readonly offers: readonly Offer[];
  /** Of offers that came back without a readable id: which field, never its value. */
  readonly unreadable: readonly string[];
  /** How many offers all pages hold; undefined where nobody can tell. */
  readonly count: number | undefined;
}

/** An offer as a list of the marketplace shows it; what could not be read is undefined. */
export interface Offer {
  readonly id: string;
  readonly title: string | undefined;
  /** Buy Now where it has one, else the current bid, else the starting price. */
  readonly price: { readonly amount: Money; readonly kind: OfferPriceKind } | undefined;
  readonly startQuantity: number | undefined;
  readonly soldQuantity: number | undefined;
  readonly startedAtSeconds: EpochSeconds | undefined;
  /** When it ended or will end; undefined too while no end is set. */
  readonly endsAtSeconds: EpochSeconds | undefined;
}

export type OfferPriceKind = 'buy-now' | 'current' | 'starting';
