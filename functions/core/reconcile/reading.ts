import { dayOf } from '../base/days.ts';
import type { EpochMillis } from '../base/time.ts';
import type { SettleDeps, Tally } from '../ingest/settle.ts';
import type { FormLists } from '../marketplace/lists.ts';
import type { Form } from '../marketplace/sales.ts';
import type { ListedBook } from './book.ts';
import type { ListedForm, ListedStore, Listing } from './store.ts';

export interface ListingDeps extends SettleDeps {
  readonly listed: ListedStore;
  readonly lists: FormLists;
  /** A form that was readable lately. */
  readonly goodFormId?: string | undefined;
}

/** What a reading of lists is about. */
export interface Policy {
  /** Of an id that was named before: that nothing is to be done about it. */
  readonly isSettled: (known: ListedForm) => boolean;
  /** What to do with a form that is not stored. */
  readonly verdict: (form: Form) => 'land' | 'earlier' | 'outside';
  /** Whether what we did not have counts as lost by the journal, once it was read up to there. */
  readonly losses: { readonly toldUntil: EpochMillis | undefined } | undefined;
}

/** One reading of lists, under way. */
export interface Reading {
  listing: Listing;
  readonly book: ListedBook;
  readonly policy: Policy;
  readonly tally: Tally;
  /** Forms that were read in this run. */
  readonly looked: Set<string>;
  /**
   * Ids that forms have named as their surcharges in this run, with the days of those forms, and those that were read
   * and have no goods.
   */
  readonly named: Map<string, string>;
  readonly goodless: Set<string>;
}

/** The marketplace's own day of this moment, or of now. */
export const dayFor = (deps: ListingDeps, moment: EpochMillis | undefined): string =>
  dayOf(moment ?? deps.clock(), deps.marketplace.settings.timeZone);
