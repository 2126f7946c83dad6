import type { EpochMillis } from '../base/time.ts';
import type { OfferContent, OfferState } from './offer.ts';

/** An offer as it is stored. */
export interface OfferRow extends OfferContent {
  readonly offerId: string;
  readonly firstSeenAtMillis: EpochMillis;
  /** When the reading began that found it so: an older reading does not replace it. */
  readonly readAtMillis: EpochMillis;
}

/** A page of a listing that is under way. */
export interface ListedPage {
  readonly page: number;
  /** When the listing began. */
  readonly startedAtMillis: EpochMillis;
  readonly offerIds: readonly string[];
}

export interface OfferStore {
  /** Consistent; missing rows are missing from the map. */
  readMany(accountId: string, offerIds: readonly string[]): Promise<Map<string, OfferRow>>;
  /** Writes unless the stored row comes from a newer reading. */
  put(accountId: string, row: OfferRow): Promise<void>;
  /** The ids of all offers that are taken for active, in pages. Consistent. */
  active(accountId: string): AsyncIterable<readonly string[]>;
  /** The pages of a listing that was interrupted, in order. Consistent. */
  listing(accountId: string): Promise<ListedPage[]>;
  keepListed(accountId: string, page: ListedPage): Promise<void>;
  endListing(accountId: string): Promise<void>;
  removeAll(accountId: string): Promise<void>;
}

/** What API readers may see. */
export interface OfferReader {
  read(accountId: string, offerId: string): Promise<OfferRow | undefined>;
  /** `limit` rows are looked at; those in another state are left out. */
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined; state?: OfferState | undefined },
  ): Promise<{ offers: OfferRow[]; next?: string | undefined }>;
}
