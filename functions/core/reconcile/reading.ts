import { dayOf } from '../base/days.ts';
import type { EpochMillis } from '../base/time.ts';
import type { ProcessDeps, Tally } from '../ingest/process-orders.ts';
import type { FormLists } from '../marketplace/lists.ts';
import type { Form } from '../marketplace/sales.ts';
import type { ListedIndex } from './listed-index.ts';
import type { ListedForm, ListedStore, Listing } from './store.ts';

export interface ListingDeps extends ProcessDeps {
  readonly listed: ListedStore;
  readonly lists: FormLists;
  /** A form that could be read lately. */
  readonly goodFormId?: string | undefined;
}

/** The rules of a reading of lists. */
export interface Policy {
  /** Whether a known id needs no further work. */
  readonly isProcessed: (known: ListedForm) => boolean;
  /** The decision about a form that is not stored. */
  readonly verdict: (form: Form) => 'storeOrder' | 'earlier' | 'outside';
  /** Whether forms that were not stored count as lost by the journal, which was read up to this time. */
  readonly losses: { readonly toldUntil: EpochMillis | undefined } | undefined;
}

/** A reading of lists under way. */
export interface Reading {
  listing: Listing;
  readonly index: ListedIndex;
  readonly policy: Policy;
  readonly tally: Tally;
  /** Forms that were read in this run. */
  readonly looked: Set<string>;
  /**
   * Ids that forms have named as their surcharges in this run, with the days of those forms; and ids that
   * were read and have no goods.
   */
  readonly named: Map<string, string>;
  readonly goodless: Set<string>;
}

/** The day of this moment, or of now, in the marketplace's calendar. */
export const dayFor = (deps: ListingDeps, moment: EpochMillis | undefined): string =>
  dayOf(moment ?? deps.clock(), deps.marketplace.settings.timeZone);
