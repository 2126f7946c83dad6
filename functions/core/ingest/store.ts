import type { EpochMillis } from '../base/time.ts';
import type { Purchase } from '../marketplace/sales.ts';
import type { OrderId } from '../orders/order.ts';

/**
 * Why an order could not be stored, or is stored in doubt (`unconfirmed`), or why nobody can tell which order an
 * event is about (`event-unreadable`); an outage is none of these.
 */
export type BadOrderReason =
  | 'form-missing'
  | 'form-unreadable'
  | 'refused'
  | 'row-too-large'
  | 'unconfirmed'
  | 'event-unreadable';

/** An order, or an event of the journal that names none. */
export type HintId = OrderId | `event:${string}`;

/** What the reading of an order has to show: a form's goods, payment and end, a deal's price and buyer. */
export type Tell = 'goods' | 'paid' | 'cancelled' | 'price' | 'buyer';

/** What one and the same reading of an order has to show, and what the last one lacked of it. */
export interface Doubt {
  readonly told: readonly Tell[];
  readonly lacks: readonly Tell[];
}

/** An order that could not be stored, and how often that was tried. */
export interface BadOrder {
  readonly orderId: HintId;
  readonly reason: BadOrderReason;
  /** Which field, or the marketplace's code; never a value. */
  readonly detail: string;
  /** Of a deal: what to ask for. */
  readonly purchase?: Purchase;
  /** Of one whose reading lacked something: all that one reading has to show, and what the last one lacked. */
  readonly doubt?: Doubt;
  readonly firstAtMillis: EpochMillis;
  readonly lastAtMillis: EpochMillis;
  /** Runs in which it failed. */
  readonly tries: number;
  /** From then on the cursor moves over it. */
  readonly setAsideAtMillis?: EpochMillis;
}

/** Events that follow each other, with the sort keys of the first and the last. */
export interface SeenEvents {
  readonly ids: readonly string[];
  readonly first: string;
  readonly last: string;
}

/** What became of the journal's events beside the orders: those that failed, and those that are done with. */
export interface JournalStore {
  /** Consistent. */
  badOrders(accountId: string): Promise<BadOrder[]>;
  putBadOrder(accountId: string, bad: BadOrder): Promise<void>;
  removeBadOrder(accountId: string, orderId: HintId): Promise<void>;
  /** Notes events as done with. Kept for as long as any journal is. `late`: they stood between others. */
  markSeen(accountId: string, events: SeenEvents, options?: { late: boolean }): Promise<void>;
  /** Of the events from `first` to `last` (sort keys), those that are done with; one left out costs a reading, no more. */
  seen(accountId: string, range: { first: string; last: string }): Promise<ReadonlySet<string>>;
  /** Forgets all of them, because their ids belong to other events now. */
  forgetSeen(accountId: string): Promise<void>;
  removeAll(accountId: string): Promise<void>;
}
