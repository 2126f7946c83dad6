import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/**
 * Lists of post-buy forms that a marketplace may keep beside its journal: all forms of the last month,
 * cancelled ones and surcharges included; forms by the time of filling; forms offer by offer.
 */
export type ListKind = 'form-ids' | 'filled-forms' | 'sold-offers';

/** The marketplace's own lists of forms, which show forms that its journal never told. */
export interface FormLists {
  /** The lists of this marketplace, the most complete one first. */
  readonly formLists: readonly ListKind[];
  /**
   * A page of a list, by a single call. Throws MarketplaceFault `feature-unknown` if there is no such list.
   */
  formPage(handle: Secret, query: FormPageQuery, options: CallOptions): Promise<FormPage>;
}

export interface FormPageQuery {
  readonly list: ListKind;
  /** Start and end of a range of time; ignored by lists without times. */
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** `next` of the page before; undefined for the first page. */
  readonly position?: string | undefined;
}

export interface FormPage {
  /** Ids of forms, and of surcharges in a list that mixes both. */
  readonly formIds: readonly string[];
  /** Position of the next page; undefined at the end. */
  readonly next?: string | undefined;
  /** Share of the list that has been read with this page, from 0 to 1. */
  readonly share: number;
}
