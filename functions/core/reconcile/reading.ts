import { dayOf } from '../base/days.ts';
import type { EpochMillis } from '../base/time.ts';
import type { ProcessDeps, Tally } from '../ingest/process-orders.ts';
import type { SaleLists } from '../marketplace/lists.ts';
import type { Sale } from '../marketplace/sales.ts';
import type { ListedIndex } from './listed-index.ts';
import type { ListedSale, ListedStore, Listing } from './store.ts';

export interface ListingDeps extends ProcessDeps {
  readonly listed: ListedStore;
  readonly lists: SaleLists;
  /** A sale that could be read lately. */
  readonly goodSaleId?: string | undefined;
}

/** The rules of a reading of lists. */
export interface Policy {
  /** Whether a known id needs no further work. */
  readonly isProcessed: (known: ListedSale) => boolean;
  /** The decision about a sale that is not stored. */
  readonly verdict: (sale: Sale) => 'storeOrder' | 'earlier' | 'outside';
  /** Whether sales that were not stored count as lost by the journal, which was read up to this time. */
  readonly losses: { readonly toldUntil: EpochMillis | undefined } | undefined;
}

/** A reading of lists under way. */
export interface Reading {
  listing: Listing;
  readonly index: ListedIndex;
  readonly policy: Policy;
  readonly tally: Tally;
  /** Sales that were read in this run. */
  readonly looked: Set<string>;
  /**
   * Ids that sales have named as their surcharges in this run, with the days of those sales; and ids that
   * were read and have no goods.
   */
  readonly named: Map<string, string>;
  readonly goodless: Set<string>;
}

/** The day of this moment, or of now, in the marketplace's calendar. */
export const dayFor = (deps: ListingDeps, moment: EpochMillis | undefined): string =>
  dayOf(moment ?? deps.clock(), deps.marketplace.settings.timeZone);
