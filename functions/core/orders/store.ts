import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/sales.ts';
import type { OrderChange } from './changes.ts';
import type { OrderContent, OrderId } from './order.ts';

/** An order as it is stored. A deal that a form brought before its own event came has holders but no content. */
export interface OrderRow {
  readonly orderId: OrderId;
  readonly revision: number;
  /** Up to which revision the feed has been told. */
  readonly fedRevision: number;
  /** The number of the feed entry that told of `fedRevision`. */
  readonly fedNumber?: number;
  /** What this revision brought; kept here for the entry that a crash left out. */
  readonly changes?: readonly OrderChange[];
  readonly content?: OrderContent;
  /** Of a deal: the live forms that hold it; empty or absent means that it is open. */
  readonly heldBy?: readonly string[];
  /** Of a form: purchases that it held once and holds no more; released by whoever reads the form next. */
  readonly letGo?: readonly Purchase[];
  readonly createdAtMillis: EpochMillis;
  readonly changedAtMillis: EpochMillis;
  /** Who wrote this revision: tells our own repeated write from somebody else's. */
  readonly writer: string;
}

/** What API readers may see; rows that never were an order of their own are left out. */
export interface OrderReader {
  read(accountId: string, orderId: OrderId): Promise<OrderRow | undefined>;
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ orders: OrderRow[]; next?: string | undefined }>;
}

/** Orders and their feed. */
export interface OrderStore {
  /** Consistent; missing rows are missing from the map. */
  readMany(accountId: string, orderIds: readonly OrderId[]): Promise<Map<OrderId, OrderRow>>;
  /** Writes if the stored revision is still `ifRevision` (undefined: if there is no such row). */
  put(accountId: string, row: OrderRow, ifRevision: number | undefined): Promise<boolean>;
  markFed(accountId: string, fed: { orderId: OrderId; revision: number; number: number }): Promise<void>;
  /** Before the first append of a run: makes sure that those who send on will look, whatever becomes of the run. */
  announce(accountId: string): Promise<void>;
  /** The highest number in the feed, 0 when it is empty. Consistent. */
  lastFeedNumber(accountId: string): Promise<number>;
  /** False if that number is taken. */
  appendToFeed(accountId: string, entry: FeedEntry): Promise<boolean>;
  removeAll(accountId: string): Promise<void>;
}

export interface FeedEntry {
  readonly number: number;
  readonly orderId: OrderId;
  readonly revision: number;
  readonly changes: readonly OrderChange[];
  /** When that revision was stored. */
  readonly atMillis: EpochMillis;
}

/** An entry as those who stand at it remember it. */
export interface FeedPlace {
  /** 0 is the beginning. */
  readonly number: number;
  /** Of the entry: another one may have its number in a feed that was restored. Absent from before it was kept. */
  readonly atMillis?: EpochMillis;
}

/** The feed as its readers see it. */
export interface FeedReader {
  /** Entries from this number on, ascending. Consistent. */
  entries(accountId: string, page: { from: number; limit: number }): Promise<FeedEntry[]>;
}

/** What a feed entry is made of. */
export type Fed = Pick<OrderRow, 'orderId' | 'revision' | 'changes' | 'changedAtMillis'>;

/** Which orders changed in a stretch of time; read for sending them again. */
export interface OrderHistory {
  /** One page of rows that were ever shown; `toMillis` is the first moment that is not asked for any more. */
  changedBetween(
    accountId: string,
    page: { fromMillis: EpochMillis; toMillis: EpochMillis; limit: number; after?: string | undefined },
  ): Promise<{ orders: Fed[]; next?: string | undefined }>;
}
