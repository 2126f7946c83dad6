import type { WorkQueue } from '../account/work-queue.ts';
import type { Clock, EpochMillis } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';
import type { OrderHistory, OrderStore } from '../orders/store.ts';
import type { RowWriter } from './row-writer.ts';

/** Most orders that a call sends again. */
export const RESEND_LIMIT = 500;
const ROWS_PER_READ = 250;

export interface ResendDeps {
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly history: OrderHistory;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  /** True when the call has to answer soon. */
  readonly outOfTime: () => boolean;
}

export interface Resent {
  /** Number of orders that will be sent again. */
  readonly resent: number;
  /** Ids that are not orders of this account. */
  readonly unknown: readonly OrderId[];
  /** The last order that was looked at, if the window has more. */
  readonly next?: string | undefined;
}

/** Requests that these orders are sent again. */
export async function resendOrders(
  deps: Omit<ResendDeps, 'history' | 'outOfTime'>,
  named: { accountId: string; orderIds: readonly OrderId[] },
): Promise<Resent> {
  const { accountId } = named;
  const orderIds = [...new Set(named.orderIds)];
  const rows = await deps.orders.readMany(accountId, orderIds);
  const isKnown = (orderId: OrderId) => rows.get(orderId)?.content !== undefined;
  const known = orderIds.filter(isKnown);
  await ask(deps, { accountId, orderIds: known });
  return { resent: known.length, unknown: orderIds.filter((orderId) => !isKnown(orderId)) };
}

/** Requests that the orders that last changed in this period are sent again, up to the limit of a call. */
export async function resendWindow(
  deps: ResendDeps,
  {
    accountId,
    fromMillis,
    toMillis,
    after,
  }: { accountId: string; fromMillis: EpochMillis; toMillis: EpochMillis; after?: string | undefined },
): Promise<Resent> {
  const orderIds: OrderId[] = [];
  let next = after;
  do {
    const window = { fromMillis, toMillis, limit: ROWS_PER_READ, after: next };
    const page = await deps.history.changedBetween(accountId, window);
    orderIds.push(...page.orders.map(({ orderId }) => orderId));
    next = page.next;
  } while (next !== undefined && orderIds.length + ROWS_PER_READ <= RESEND_LIMIT && !deps.outOfTime());
  await ask(deps, { accountId, orderIds });
  return { resent: orderIds.length, unknown: [], next };
}

/** Sends a message to `work`, because only the holder of the account's claim may write to the feed. */
async function ask(
  { queue, clock }: Pick<ResendDeps, 'queue' | 'clock'>,
  named: { accountId: string; orderIds: readonly OrderId[] },
): Promise<void> {
  if (named.orderIds.length > 0) await queue.send({ ...named, slotMillis: clock(), why: 'resend' });
}

/** Puts these orders into the feed again, in their present state. Their rows do not change. */
export async function tellAgain(
  deps: { readonly orders: Pick<OrderStore, 'readMany'>; readonly rows: RowWriter },
  { accountId, orderIds }: { accountId: string; orderIds: readonly OrderId[] },
): Promise<void> {
  const rows = await deps.orders.readMany(accountId, orderIds);
  const shown = orderIds
    .flatMap((orderId) => rows.get(orderId) ?? [])
    .filter(({ content }) => content !== undefined);
  await deps.rows.tellAgain(shown);
}
