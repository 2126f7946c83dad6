import type { EpochMillis } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';
import type { Fed, OrderHistory, OrderStore } from '../orders/store.ts';
import { type Feed, openFeed } from './open-feed.ts';

/** Orders sent again by one call, at most. */
export const RESEND_LIMIT = 500;
const ROWS_PER_READ = 250;

export interface ResendDeps {
  readonly orders: OrderStore;
  readonly history: OrderHistory;
  /** True when the call has to answer soon. */
  readonly outOfTime: () => boolean;
}

export interface Resent {
  readonly resent: number;
  /** Ids that are no orders of this account. */
  readonly unknown: readonly OrderId[];
  /** The last order looked at, where a window has more. */
  readonly next?: string | undefined;
}

/** Appends these orders to the feed again, as they are now. */
export async function resendOrders(
  deps: Pick<ResendDeps, 'orders'>,
  use: { accountId: string; orderIds: readonly OrderId[] },
): Promise<Resent> {
  const orderIds = [...new Set(use.orderIds)];
  const rows = await deps.orders.readMany(use.accountId, orderIds);
  const feed = feedOnly(deps.orders, use.accountId);
  const unknown: OrderId[] = [];
  for (const orderId of orderIds) {
    const row = rows.get(orderId);
    if (row?.content === undefined) unknown.push(orderId);
    else await feed.append(again(row));
  }
  return { resent: orderIds.length - unknown.length, unknown };
}

/** Appends the orders that last changed in this window to the feed again, up to the limit of one call. */
export async function resendWindow(
  deps: ResendDeps,
  use: { accountId: string; fromMillis: EpochMillis; toMillis: EpochMillis; after?: string | undefined },
): Promise<Resent> {
  const { accountId, fromMillis, toMillis } = use;
  const feed = feedOnly(deps.orders, accountId);
  let resent = 0;
  let next = use.after;
  do {
    const window = { fromMillis, toMillis, limit: ROWS_PER_READ, after: next };
    const page = await deps.history.changedBetween(accountId, window);
    for (const order of page.orders) await feed.append(again(order));
    resent += page.orders.length;
    next = page.next;
  } while (next !== undefined && resent + ROWS_PER_READ <= RESEND_LIMIT && !deps.outOfTime());
  return { resent, unknown: [], next };
}

const again = (row: Fed): Fed => ({ ...row, changes: ['sent-again'] });

/** Sending again tells nothing new about a row, so rows are left alone. */
const feedOnly = (orders: OrderStore, accountId: string): Feed =>
  openFeed({ ...orders, markFed: async () => undefined }, accountId);
