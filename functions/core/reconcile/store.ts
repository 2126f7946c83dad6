import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { OrderId, OrderState } from '../orders/order.ts';

/**
 * What became of an id that one of the marketplace's lists named. `open` is live and still to be paid;
 * `earlier` has not changed since the first connect and is not ours unless imported, `earlier-open` neither,
 * and is still to be paid; `unread` has not landed yet.
 */
export type ListedKind = 'live' | 'open' | 'cancelled' | 'surcharge' | 'earlier' | 'earlier-open' | 'unread';

export interface ListedForm {
  readonly id: string;
  readonly kind: ListedKind;
  /** The marketplace's own calendar day of its earliest deal, e.g. `2026-11-22`; of the first look while that is unknown. */
  readonly day: string;
  /** A check found it though the journal had passed it. */
  readonly lost?: boolean;
  /** States that a check found though the journal had not told of them. */
  readonly untold?: readonly OrderState[];
}

/** The forms of one day, or a part of them: an item of the store has its limits. */
export interface ListedPart {
  readonly day: string;
  readonly part: number;
  readonly list: ListKind;
  readonly writtenAtMillis: EpochMillis;
  readonly forms: readonly ListedForm[];
}

/** One reading of the marketplace's lists, as far as it has come: a check, an import, or the filling of a gap. */
export interface Listing {
  readonly id: string;
  readonly kind: 'check' | 'import' | 'gap';
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly askedAtMillis: EpochMillis;
  /** Sales of this stretch of time are asked for. */
  readonly fromMillis: EpochMillis;
  readonly toMillis: EpochMillis;
  /** Lists to read: the first is being read. */
  readonly lists: readonly ListKind[];
  /** Lists that named nothing, though they should have: they count as not read. */
  readonly blind?: readonly ListKind[] | undefined;
  /** How many ids the list under way has named so far. */
  readonly namedSoFar?: number | undefined;
  /** Lists that were read to their end. */
  readonly read: readonly ListKind[];
  /** The others are read only where one is missing; otherwise all of them are. */
  readonly firstOnly: boolean;
  readonly position?: string | undefined;
  /** Of a check: the orders were restored to an earlier day, so that their rows are looked for though the index has them. */
  readonly isOfRestored?: boolean | undefined;
  /** How much of the list is read, from 0 to 1. */
  readonly share: number;
  readonly startedAtMillis?: EpochMillis | undefined;
  readonly finishedAtMillis?: EpochMillis | undefined;
  readonly counts: ListingCounts;
  /** Counted as imported, and perhaps not landed yet. */
  readonly landing?: readonly string[] | undefined;
  /** Of the page under way: read, and none of ours. */
  readonly passed?: readonly string[] | undefined;
  /** Attempts in a row that met trouble with the list, and when to try again. */
  readonly tries?: number | undefined;
  readonly againAtMillis?: EpochMillis | undefined;
  /** Why it has failed; absent where the marketplace has no such list. */
  readonly why?: FaultReason | undefined;
}

/** Ids, each counted once a page that named it. */
export interface ListingCounts {
  readonly named: number;
  readonly imported: number;
  readonly surcharges: number;
  /** Outside of the stretch of time that was asked for. */
  readonly outside: number;
  readonly unread: number;
}

export interface ListedStore {
  /** The parts of these days, both included; consistent. */
  parts(accountId: string, days: { from: string; to: string }): Promise<ListedPart[]>;
  putPart(accountId: string, part: ListedPart): Promise<void>;
  /** Consistent. */
  listing(accountId: string, id: string): Promise<Listing | undefined>;
  /** Replaces what is there. */
  putListing(accountId: string, listing: Listing): Promise<void>;
  removeListing(accountId: string, id: string): Promise<void>;
  /** Imports and fillings of gaps, newest first. */
  listings(accountId: string, limit: number): Promise<Listing[]>;
}

/** What reads the marketplace's own lists. */
export interface Lists {
  readonly listed: ListedStore;
}

/** Of orders, whether they are stored and how far the feed has told of them. */
export interface OrderMarks {
  marks(
    accountId: string,
    orderIds: readonly OrderId[],
  ): Promise<Map<OrderId, { readonly fedNumber?: number }>>;
}
