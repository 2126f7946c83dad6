import type { Money } from '../base/money.ts';
import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { EventPage } from './journal.ts';
import type { CallOptions } from './settings.ts';

/** The offers of the seller that a session belongs to. */
export interface OfferSource {
  /**
   * Hints of changed offers that follow a position, or all kept ones if it is undefined. Throws
   * MarketplaceFault `journal-stuck`.
   */
  offerEvents(
    handle: Secret,
    after: string | undefined,
    options: CallOptions,
  ): Promise<EventPage<OfferEvent>>;
  /** The offers in a list. An offer that is not in the list is missing from the answer. */
  offersIn(handle: Secret, query: OfferQuery, options: CallOptions): Promise<OfferPage>;
}

/** An entry of the offer journal: a hint that the offer should be read again. */
export interface OfferEvent {
  readonly id: string;
  readonly offerId: string;
  /** Undefined if the time cannot be read. */
  readonly atSeconds: EpochSeconds | undefined;
}

/**
 * Lists of offers. An offer that has ended leaves `for-sale`; an offer that sold a piece is in `sold` from
 * then on.
 */
export type OfferList = 'for-sale' | 'sold' | 'not-sold';

/**
 * Asks for these offers, at most `settings.saleBatchSize`, or for a page of all. Pages are numbered from 0; a
 * marketplace may number them from 1, and make them smaller than asked.
 */
export type OfferQuery = { readonly list: OfferList } & (
  | { readonly ids: readonly string[] }
  | { readonly page: number }
);

export interface OfferPage {
  readonly offers: readonly Offer[];
  /** For each offer without a readable id the name of that field, never its value. */
  readonly unreadable: readonly string[];
  /** Number of offers on all pages; undefined if the marketplace does not tell. */
  readonly count: number | undefined;
}

/** An offer as a list of the marketplace shows it; a part that could not be read is undefined. */
export interface Offer {
  readonly id: string;
  readonly title: string | undefined;
  /** Buy Now price if there is one, else the current bid, else the starting price. */
  readonly price: { readonly amount: Money; readonly kind: OfferPriceKind } | undefined;
  readonly startQuantity: number | undefined;
  readonly soldQuantity: number | undefined;
  readonly startedAtSeconds: EpochSeconds | undefined;
  /** Time of the end, past or planned; undefined if none is set. */
  readonly endsAtSeconds: EpochSeconds | undefined;
}

export type OfferPriceKind = 'buy-now' | 'current' | 'starting';
