import type { EpochMillis } from '../base/time.ts';
import type { OfferContent, OfferState } from './offer.ts';

/** A stored offer. */
export interface OfferRow extends OfferContent {
  readonly offerId: string;
  readonly firstSeenAtMillis: EpochMillis;
  /** Start of the reading that found the offer like this; an older reading does not replace it. */
  readonly readAtMillis: EpochMillis;
}

/** A page of a listing under way. */
export interface ListedPage {
  readonly page: number;
  /** Start of the listing. */
  readonly startedAtMillis: EpochMillis;
  /** The request for a check that was known at its start, and that it answers. */
  readonly requestMillis?: EpochMillis | undefined;
  readonly offerIds: readonly string[];
}

export interface OfferStore {
  /** Consistent; missing rows are missing from the map. */
  readMany(accountId: string, offerIds: readonly string[]): Promise<Map<string, OfferRow>>;
  /** Writes unless the stored row comes from a newer reading. */
  put(accountId: string, row: OfferRow): Promise<void>;
  /** Ids of all offers with the state `active`, in pages, read consistently. */
  active(accountId: string): AsyncIterable<readonly string[]>;
  /** The pages of an interrupted listing, in order, read consistently. */
  listing(accountId: string): Promise<ListedPage[]>;
  keepListed(accountId: string, page: ListedPage): Promise<void>;
  endListing(accountId: string): Promise<void>;
  removeAll(accountId: string): Promise<void>;
}

/** Offers for readers of the API. */
export interface OfferReader {
  read(accountId: string, offerId: string): Promise<OfferRow | undefined>;
  /** A page of at most `limit` rows; rows in another state are skipped but count. */
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined; state?: OfferState | undefined },
  ): Promise<{ offers: OfferRow[]; next?: string | undefined }>;
}
