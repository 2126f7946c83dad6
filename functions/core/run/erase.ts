import type { EraseRequest, WorkQueue } from '../account/work-queue.ts';
import type { Clock } from '../base/time.ts';
import { nextAsItIs } from '../ingest/holding.ts';
import { buyerHash } from '../orders/erasure.ts';
import { type OrderId, orderIdOfPurchase, parseOrderId } from '../orders/order.ts';
import type { OrderRow, OrderStore } from '../orders/store.ts';
import type { Claimed } from './claimed.ts';

/** Rows that are read at a time. */
const ROWS = 250;

export interface EraseDeps {
  readonly orders: OrderStore;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly outOfTime: () => boolean;
}

/**
 * Erases the data of a buyer from all stored orders of an account, under its claim. Reads every order of the account,
 * in pages, and continues with another message when time runs out. After a crash the same message continues, because an
 * erased order is not found again. The rows of purchases are erased, or marked if they have no content, before the
 * sales that hold them, so that a new order with the same purchases is erased too.
 */
export async function eraseBuyer(
  deps: EraseDeps,
  claimed: Pick<Claimed, 'account' | 'rows'>,
  request: EraseRequest,
): Promise<void> {
  const { accountId } = claimed.account;
  const isOfBuyer = ({ content }: OrderRow) =>
    content !== undefined && buyerHash(accountId, content.buyer.id) === request.buyerHash;
  let { after } = request;
  for (;;) {
    const { rows, next } = await deps.orders.page(accountId, { after, limit: ROWS });
    const found = rows.filter(isOfBuyer);
    const held = await deps.orders.readMany(accountId, [...new Set(found.flatMap(purchasesIn))]);
    const all = new Map([...found.map((row) => [row.orderId, row] as const), ...held]);
    await eraseOrders(claimed, [...all.values()], { erasedAtMillis: deps.clock() });
    if (next === undefined) return;
    after = next;
    if (deps.outOfTime()) return await deps.queue.send({ ...request, after });
  }
}

/** Erases the buyers' data of these orders. Throws Error if a row has changed since it was read. */
export async function eraseOrders(
  { rows }: Pick<Claimed, 'rows'>,
  found: readonly OrderRow[],
  erased: Pick<OrderRow, 'erasedAtMillis' | 'erasedByAge'>,
): Promise<void> {
  const ids = new Set(found.map(({ orderId }) => orderId));
  const results = await rows.write(
    found.map((row) => ({
      row,
      next: { ...nextAsItIs(row), ...erased },
      behind: purchasesIn(row).filter((orderId) => ids.has(orderId)),
    })),
  );
  const left = [...results.values()].filter((result) => result !== 'changed' && result !== 'unchanged');
  if (left.length > 0) throw new Error(`orders have changed while they were erased: ${left.length}`);
}

/** The purchases that a sale holds, or held until they are released. */
const purchasesIn = ({ orderId, content, letGo = [] }: OrderRow): OrderId[] =>
  parseOrderId(orderId)?.kind === 'order'
    ? [...(content?.replaces ?? []), ...letGo.map(({ purchaseId }) => purchaseId)].map(orderIdOfPurchase)
    : [];
