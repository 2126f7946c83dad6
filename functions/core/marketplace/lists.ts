import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/**
 * Which lists of post-buy forms a marketplace keeps beside its journal: every form of the last month,
 * cancelled ones and surcharges too; forms by the time when they were filled; forms offer by offer.
 */
export type ListKind = 'form-ids' | 'filled-forms' | 'sold-offers';

/** The marketplace's own lists of forms: what there is, whatever its journal told. */
export interface FormLists {
  /** Those that this marketplace should have, the one that sees most first. */
  readonly formLists: readonly ListKind[];
  /** One page of a list, which is one call. Throws MarketplaceFault `feature-unknown` where there is no such list. */
  formPage(handle: Secret, query: FormPageQuery, options: CallOptions): Promise<FormPage>;
}

export interface FormPageQuery {
  readonly list: ListKind;
  /** Heeded by a list that knows a range of time. */
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** `next` of the page before; undefined for the first. */
  readonly position?: string | undefined;
}

export interface FormPage {
  /** Forms, and surcharges where the list mixes them in. */
  readonly formIds: readonly string[];
  /** Where to go on; undefined at the end. */
  readonly next?: string | undefined;
  /** How much of the list is read with this page, from 0 to 1. */
  readonly share: number;
}
