import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { OrderId, OrderState } from '../orders/order.ts';

/**
 * State of an id that one of the marketplace's lists named. `open` is live and still to be paid; `earlier`
 * has not changed since the first connect and is stored only by an import, as is `earlier-open`, which is
 * still to be paid; `unread` is not stored yet; the purchases of a `replaced`
 * order live on in others.
 */
export type ListedKind =
  | 'live'
  | 'open'
  | 'cancelled'
  | 'replaced'
  | 'surcharge'
  | 'earlier'
  | 'earlier-open'
  | 'unread';

export interface ListedSale {
  readonly id: string;
  readonly kind: ListedKind;
  /**
   * Day of the sale's earliest purchase in the marketplace's calendar, e.g. `2026-11-22`; that of the first
   * reading while it is unknown.
   */
  readonly day: string;
  /** Whether a check found the sale although the journal had been read past it. */
  readonly lost?: boolean;
  /** States that a check found although the journal had not told them. */
  readonly untold?: readonly OrderState[];
}

/** The sales of a day, or a part of them, because an item of the store has a size limit. */
export interface ListedPart {
  readonly day: string;
  readonly part: number;
  readonly list: ListKind;
  readonly writtenAtMillis: EpochMillis;
  readonly sales: readonly ListedSale[];
}

/** A reading of the marketplace's lists, with its progress: a check, an import, or the filling of a gap. */
export interface Listing {
  readonly id: string;
  readonly kind: 'check' | 'import' | 'gap';
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly askedAtMillis: EpochMillis;
  /** Range of the sales that are asked for. */
  readonly fromMillis: EpochMillis;
  readonly toMillis: EpochMillis;
  /** For a check: the request that was known at its start, and that it answers. */
  readonly requestMillis?: EpochMillis | undefined;
  /** For a check: the last request that a run knew when it went on; a later one does not wait for trouble to pass. */
  readonly knownRequestMillis?: EpochMillis | undefined;
  /** For a check: the gap that it fills, by the time when the lists of the gap had been read. */
  readonly gapListedAtMillis?: EpochMillis | undefined;
  /** Lists to read; the first is being read. */
  readonly lists: readonly ListKind[];
  /** Lists that wrongly named nothing, and count as not read. */
  readonly blind?: readonly ListKind[] | undefined;
  /** Number of ids that the list under way has named. */
  readonly namedSoFar?: number | undefined;
  /** Lists that were read to their end. */
  readonly read: readonly ListKind[];
  /** Whether one list is enough, so that the others are read only if it is missing. */
  readonly firstOnly: boolean;
  readonly position?: string | undefined;
  /**
   * For a check: whether the orders were restored to an earlier day, so that rows are read although the index
   * has them.
   */
  readonly isOfRestored?: boolean | undefined;
  /** Share of the list that has been read, from 0 to 1. */
  readonly share: number;
  readonly startedAtMillis?: EpochMillis | undefined;
  readonly finishedAtMillis?: EpochMillis | undefined;
  readonly counts: ListingCounts;
  /** Sales that are counted as imported, and perhaps not completely stored yet. */
  readonly toStore?: readonly string[] | undefined;
  /** Sales that a run had no time for, which the next reads first. */
  readonly left?: readonly string[] | undefined;
  /** Sales of the page under way that were read and are not to be stored. */
  readonly passed?: readonly string[] | undefined;
  /** Number of tries in a row that met trouble with the list, and the time of the next. */
  readonly tries?: number | undefined;
  readonly againAtMillis?: EpochMillis | undefined;
  /** Reason of the failure; absent if the marketplace has no such list. */
  readonly why?: FaultReason | undefined;
}

/** Counts of ids, each once per page that named it. */
export interface ListingCounts {
  readonly named: number;
  readonly imported: number;
  readonly surcharges: number;
  /** Number of sales outside of the range of time. */
  readonly outside: number;
  readonly unread: number;
}

export interface ListedStore {
  /** The parts of these days, both included, read consistently. */
  parts(accountId: string, days: { from: string; to: string }): Promise<ListedPart[]>;
  putPart(accountId: string, part: ListedPart): Promise<void>;
  /** A listing, read consistently. */
  listing(accountId: string, id: string): Promise<Listing | undefined>;
  /** Writes a listing, replacing the stored one. */
  putListing(accountId: string, listing: Listing): Promise<void>;
  removeListing(accountId: string, id: string): Promise<void>;
  /** Imports and fillings of gaps, newest first. */
  listings(accountId: string, limit: number): Promise<Listing[]>;
}

/** The store for readings of the marketplace's own lists. */
export interface Lists {
  readonly listed: ListedStore;
}

/** For each stored order, the number of the feed entry that told it last. */
export interface OrderMarks {
  marks(
    accountId: string,
    orderIds: readonly OrderId[],
  ): Promise<Map<OrderId, { readonly fedNumber?: number }>>;
}
