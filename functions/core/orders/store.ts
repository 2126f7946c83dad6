import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type { OrderChange } from './changes.ts';
import type { OrderContent, OrderId } from './order.ts';

/** A stored order. A purchase that was first seen in a sale, before its own event, has holders but no content. */
export interface OrderRow {
  readonly orderId: OrderId;
  readonly revision: number;
  /** Batch that wrote the row last. Sealing a row keeps it; a row of an earlier version, without batches, has none. */
  readonly batchId?: string;
  /** Number of the feed entry for the last change that readers have to see. */
  readonly fedNumber?: number;
  /** For a row of an earlier version, without batches: the latest revision in the feed. */
  readonly fedRevision?: number;
  /** Changes of the last revision that was told, kept for the feed entry in case a crash comes before it. */
  readonly changes?: readonly OrderChange[];
  readonly content?: OrderContent;
  /** For a purchase: the live sales that hold it; empty or absent while none does. */
  readonly heldBy?: readonly string[];
  /**
   * For a sale: purchases that it held before and no longer holds, until the next reader of the sale has released
   * them.
   */
  readonly letGo?: readonly Purchase[];
  /** Time when the data of the buyer were erased. They stay erased, whatever is read later. */
  readonly erasedAtMillis?: EpochMillis;
  /** Whether they were erased because of their age, and not because the buyer asked for it. */
  readonly erasedByAge?: boolean;
  readonly createdAtMillis: EpochMillis;
  readonly changedAtMillis: EpochMillis;
}

/** Whether a row is empty, because it was sealed before its first content was written. */
export const isBlank = ({ content, heldBy = [] }: OrderRow): boolean =>
  content === undefined && heldBy.length === 0;

/**
 * Rows that a worker is about to write, with the numbers of their feed entries. Stored on the account before anything
 * else, so that the next worker that claims the account after a crash can end the batch.
 */
export interface RowBatch {
  readonly id: string;
  /** Number of the page's first entry. */
  readonly first: number;
  /** Orders with an entry in the page, in the order of their numbers. */
  readonly orderIds: readonly OrderId[];
  /** Rows without a feed entry, because readers neither saw them nor will see them now. */
  readonly silentIds: readonly OrderId[];
  /** Set if no row is written, because the orders are only sent again. */
  readonly again?: boolean;
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
export interface OrderStore extends FeedReader {
  /** A page of all rows, by id, read consistently. A page may be short and have a next one. */
  page(
    accountId: string,
    page: { limit: number; after?: OrderId | undefined },
  ): Promise<{ rows: OrderRow[]; next?: OrderId | undefined }>;
  /** The rows with these ids, read consistently; missing rows are missing from the map. */
  readMany(accountId: string, orderIds: readonly OrderId[]): Promise<Map<OrderId, OrderRow>>;
  /**
   * Writes the row if the stored revision is still `ifRevision` (undefined: if there is no such row). False
   * otherwise.
   */
  put(accountId: string, row: OrderRow, ifRevision: number | undefined): Promise<boolean>;
  /**
   * Marks the feed for `send`. Called before the first batch of a run, so that its page is sent even if the run
   * dies.
   */
  announce(accountId: string): Promise<void>;
  /** Puts a page; false if its number is taken by the page of another batch. */
  putPage(accountId: string, page: FeedPage): Promise<boolean>;
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

/**
 * Entries that are stored as one item, under the number of the first. A page never changes, and the pages of a feed
 * follow each other without a gap.
 */
export interface FeedPage {
  readonly first: number;
  /** Count of numbers, at most PAGE_ENTRIES. Numbers of rows that were not written have no entry; the last has one. */
  readonly count: number;
  /** Entries in ascending order. */
  readonly entries: readonly FeedEntry[];
  /** Batch of the page's rows; absent for an entry that an earlier version appended alone. */
  readonly batchId?: string;
}

export const PAGE_ENTRIES = 100;

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
  /**
   * The page with the entry `after`, if the feed has it, and the pages with the next `limit` entries, or as many as
   * there are, ascending. Read consistently, in one request.
   */
  pages(accountId: string, range: { after: number; limit: number }): Promise<FeedPage[]>;
  /** The last page, read consistently; undefined while the feed is empty. */
  lastPage(accountId: string): Promise<FeedPage | undefined>;
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
