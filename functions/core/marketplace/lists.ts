import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/**
 * Lists of sales that a marketplace may keep beside its journal: all sales of the last month,
 * cancelled ones and surcharges included; sales by the time of filling; sales offer by offer.
 */
export type ListKind = 'all-sales' | 'filled-sales' | 'sales-by-offer';

/** The marketplace's own lists of sales, which show sales that its journal never told. */
export interface SaleLists {
  /** The lists of this marketplace, the most complete one first. */
  readonly saleLists: readonly ListKind[];
  /**
   * A page of a list, by a single call. Throws MarketplaceFault `feature-unknown` if there is no such list.
   */
  salePage(handle: Secret, query: SalePageQuery, options: CallOptions): Promise<SalePage>;
}

export interface SalePageQuery {
  readonly list: ListKind;
  /** Start and end of a range of time; ignored by lists without times. */
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** `next` of the page before; undefined for the first page. */
  readonly position?: string | undefined;
}

export interface SalePage {
  /** Ids of sales, and of surcharges in a list that mixes both. */
  readonly saleIds: readonly string[];
  /** Position of the next page; undefined at the end. */
  readonly next?: string | undefined;
  /** Share of the list that has been read with this page, from 0 to 1. */
  readonly share: number;
}
