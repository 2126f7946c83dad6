import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type { OrderId } from '../orders/order.ts';

/**
 * Reason why an order could not be stored, or is stored in doubt (`unconfirmed`), or why an event does not
 * tell its order (`event-unreadable`). An outage is none of these.
 */
export type FailureReason =
  | 'order-missing'
  | 'order-unreadable'
  | 'refused'
  | 'row-too-large'
  | 'unconfirmed'
  | 'event-unreadable';

/** An order, or an event of the journal that names none. */
export type HintId = OrderId | `event:${string}`;

/**
 * A part that the reading of an order has to show: a sale's goods, payment and end, that no other order holds its
 * purchases (`alone`), and a purchase's price and buyer.
 */
export type Tell = 'goods' | 'paid' | 'cancelled' | 'alone' | 'price' | 'buyer';

/** The parts that a reading of an order has to show together, and those that the last reading lacked. */
export interface Doubt {
  readonly told: readonly Tell[];
  readonly lacks: readonly Tell[];
}

/** A purchase to apply, and the sales that have released it, whose reading may not have been completed. */
export interface OpenedPurchase extends Purchase {
  readonly releasedBy?: readonly string[];
}

/** An order that could not be stored, with its failed tries. */
export interface FailedOrder {
  readonly orderId: HintId;
  readonly reason: FailureReason;
  /** Name of the field, or the marketplace's code; never a value. */
  readonly detail: string;
  /** For a purchase: the purchase to ask for. */
  readonly purchase?: OpenedPurchase;
  /** For an order in doubt: the parts that a reading has to show, and those that the last one lacked. */
  readonly doubt?: Doubt;
  readonly firstAtMillis: EpochMillis;
  readonly lastAtMillis: EpochMillis;
  /** Number of runs in which the order failed. */
  readonly tries: number;
  /** Time from which the cursor moves over the order's events. */
  readonly quarantinedAtMillis?: EpochMillis;
}

/** Events that follow each other, with the sort keys of the first and the last. */
export interface SeenEvents {
  readonly ids: readonly string[];
  readonly first: string;
  readonly last: string;
}

/** Records of the journal's events beside the orders: orders that failed, and events that are processed. */
export interface JournalStore {
  /** All failed orders, read consistently. */
  failedOrders(accountId: string): Promise<FailedOrder[]>;
  putFailedOrder(accountId: string, bad: FailedOrder): Promise<void>;
  removeFailedOrder(accountId: string, orderId: HintId): Promise<void>;
  /** Notes events as processed, for as long as any journal keeps them. `late`: they stood between others. */
  markSeen(accountId: string, events: SeenEvents, options?: { late: boolean }): Promise<void>;
  /**
   * The processed events between `first` and `last` (sort keys). An event that is missing here costs another
   * reading and no more.
   */
  seen(accountId: string, range: { first: string; last: string }): Promise<ReadonlySet<string>>;
  /** Forgets all processed events, because their ids belong to other events now. */
  forgetSeen(accountId: string): Promise<void>;
  removeAll(accountId: string): Promise<void>;
}
