import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/sales.ts';
import type { OrderChange } from './changes.ts';
import type { OrderContent, OrderId } from './order.ts';

/** A stored order. A deal that was first seen in a form, before its own event, has holders but no content. */
export interface OrderRow {
  readonly orderId: OrderId;
  readonly revision: number;
  /** The latest revision that the feed has told. */
  readonly fedRevision: number;
  /** Number of the feed entry that told `fedRevision`. */
  readonly fedNumber?: number;
  /** Changes of this revision, kept for the feed entry in case a crash comes before it. */
  readonly changes?: readonly OrderChange[];
  readonly content?: OrderContent;
  /** For a deal: the live forms that hold it; empty or absent while none does. */
  readonly heldBy?: readonly string[];
  /**
   * For a form: purchases that it held once and holds no more, until the next reader of the form has released
   * them.
   */
  readonly letGo?: readonly Purchase[];
  readonly createdAtMillis: EpochMillis;
  readonly changedAtMillis: EpochMillis;
  /** Id of the write of this revision, which tells our own repeated write from another worker's. */
  readonly writer: string;
}

/** Orders for readers of the API; rows that never were an order of their own are left out. */
export interface OrderReader {
  read(accountId: string, orderId: OrderId): Promise<OrderRow | undefined>;
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ orders: OrderRow[]; next?: string | undefined }>;
}

/** Orders and their feed. */
export interface OrderStore {
  /** The rows with these ids, read consistently; missing rows are missing from the map. */
  readMany(accountId: string, orderIds: readonly OrderId[]): Promise<Map<OrderId, OrderRow>>;
  /**
   * Writes the row if the stored revision is still `ifRevision` (undefined: if there is no such row). False
   * otherwise.
   */
  put(accountId: string, row: OrderRow, ifRevision: number | undefined): Promise<boolean>;
  markFed(accountId: string, fed: { orderId: OrderId; revision: number; number: number }): Promise<void>;
  /**
   * Marks the feed for `send`. Called before the first append of a run, so that the entries are sent even if
   * the run dies.
   */
  announce(accountId: string): Promise<void>;
  /** The highest number in the feed, read consistently; 0 if the feed is empty. */
  lastFeedNumber(accountId: string): Promise<number>;
  /** Appends an entry; false if its number is taken. */
  appendToFeed(accountId: string, entry: FeedEntry): Promise<boolean>;
  removeAll(accountId: string): Promise<void>;
}

export interface FeedEntry {
  readonly number: number;
  readonly orderId: OrderId;
  readonly revision: number;
  readonly changes: readonly OrderChange[];
  /** Time when the revision was stored. */
  readonly atMillis: EpochMillis;
}

/** An entry as a reader's position remembers it. */
export interface FeedPlace {
  /** Number of the entry; 0 is the beginning. */
  readonly number: number;
  /**
   * Time of the entry, because another entry may have its number in a restored feed. Absent in old positions.
   */
  readonly atMillis?: EpochMillis;
}

/** The feed for its readers. */
export interface FeedReader {
  /** Entries from this number on, ascending, read consistently. */
  entries(accountId: string, page: { from: number; limit: number }): Promise<FeedEntry[]>;
}

/** The parts of a row that make its feed entry. */
export type Fed = Pick<OrderRow, 'orderId' | 'revision' | 'changes' | 'changedAtMillis'>;

/** Orders that changed within a range of time, for sending them again. */
export interface OrderHistory {
  /** A page of rows that were ever shown. `toMillis` is exclusive. */
  changedBetween(
    accountId: string,
    page: { fromMillis: EpochMillis; toMillis: EpochMillis; limit: number; after?: string | undefined },
  ): Promise<{ orders: Fed[]; next?: string | undefined }>;
}
