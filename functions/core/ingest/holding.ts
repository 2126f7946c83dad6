import type { RowWrite } from '../feed/row-write.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type { Sale } from '../marketplace/sales.ts';
import { erasedWith } from '../orders/erasure.ts';
import {
  heldIn,
  holdsPurchases,
  type OrderContent,
  type OrderId,
  orderIdOfPurchase,
  orderIdOfSale,
  parseOrderId,
  purchasesOf,
} from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import type { Applied, ApplyDeps, Rows } from './applied.ts';

/** A sale that is to be stored. */
export interface Holder {
  readonly sale: Pick<Sale, 'id' | 'surchargeIds'>;
  readonly content: OrderContent;
  /** Purchases that the sale held before and no longer holds. */
  readonly letGo: readonly Purchase[];
}

/**
 * Purchases that the sale's row held and that this reading lacks. The row keeps them, because after a crash
 * between the row and its purchases a purchase that no sale holds would stay closed for ever.
 */
export function letGoBy(row: OrderRow | undefined, content: OrderContent): Purchase[] {
  const before = [...(row?.letGo ?? []), ...(row?.content === undefined ? [] : purchasesOf(row.content))];
  const byId = new Map(before.map((purchase) => [purchase.purchaseId, purchase]));
  for (const purchaseId of content.replaces) byId.delete(purchaseId);
  // An erased row does not know the buyer, who is the same for all purchases of a sale.
  return [...byId.values()].map((one) => ({ ...one, buyerId: one.buyerId || content.buyer.id }));
}

/** The rows of all orders that these sales hold, held, or name as surcharges; no other worker writes them meanwhile. */
export async function heldRows(deps: ApplyDeps, holders: readonly Holder[]): Promise<Rows> {
  const orderIds = holders.flatMap(({ sale, content, letGo }) => [
    ...content.replaces.map(orderIdOfPurchase),
    ...letGo.map(({ purchaseId }) => orderIdOfPurchase(purchaseId)),
    ...sale.surchargeIds.map(orderIdOfSale),
  ]);
  return await deps.orders.readMany(deps.accountId, [...new Set(orderIds)]);
}

/**
 * The writes that close the purchases of these sales and note the holders of their surcharges; each is written after
 * its sales. Holders are a set, so that sales may come in any order. A sale with goods is an order even if another sale
 * names it as a surcharge; its row does not change.
 */
export function holdWrites(holders: readonly Holder[], rows: Rows): RowWrite[] {
  const orders = new Set(holders.map(({ sale }) => orderIdOfSale(sale.id)));
  const byId = new Map<OrderId, Set<string>>();
  for (const { sale, content } of holders) {
    const purchases = heldIn(content).map(({ purchaseId }) => orderIdOfPurchase(purchaseId));
    for (const orderId of [...purchases, ...sale.surchargeIds.map(orderIdOfSale)])
      byId.set(orderId, (byId.get(orderId) ?? new Set()).add(sale.id));
  }
  const isOrder = (orderId: OrderId) =>
    orders.has(orderId) ||
    (parseOrderId(orderId)?.kind === 'order' && rows.get(orderId)?.content !== undefined);
  return [...byId]
    .filter(([orderId]) => !isOrder(orderId))
    .map(([orderId, saleIds]) => ({
      row: rows.get(orderId),
      next: heldBy(orderId, { row: rows.get(orderId), saleIds: [...saleIds] }),
      behind: [...saleIds].map(orderIdOfSale),
    }));
}

/** The content of a row that these sales hold too, besides earlier holders; it is not an order of its own. */
export function heldBy(
  orderId: OrderId,
  { row, saleIds }: { row: OrderRow | undefined; saleIds: readonly string[] },
): RowWrite['next'] {
  const content =
    row?.content === undefined ? {} : { content: { ...row.content, state: 'replaced' as const } };
  return { orderId, heldBy: [...new Set([...(row?.heldBy ?? []), ...saleIds])], ...content };
}

/**
 * The erasure that a sale which is new takes over, because its purchases are those of erased orders. The erasure of old
 * data is not taken over: a new order is young.
 */
export function erasureOf(row: OrderRow | undefined, content: OrderContent, rows: Rows): RowErasure {
  if (row?.content !== undefined) return {};
  const erasedAtMillis = erasedWith(content, (purchaseId) => {
    const purchase = rows.get(orderIdOfPurchase(purchaseId));
    return purchase?.erasedByAge === true ? undefined : purchase?.erasedAtMillis;
  });
  return erasedAtMillis === undefined ? {} : { erasedAtMillis };
}

type RowErasure = Pick<OrderRow, 'erasedAtMillis'>;

/** The result for the purchases of a stored sale: held, or to be opened. */
export function holdingOf({ sale, content, letGo }: Holder, rows: Rows): Partial<Applied> {
  const isHeld = ({ purchaseId }: Purchase) =>
    rows.get(orderIdOfPurchase(purchaseId))?.heldBy?.includes(sale.id) ?? false;
  const opened = [...letGo.filter(isHeld), ...(holdsPurchases(content.state) ? [] : purchasesOf(content))];
  return {
    fates: new Map(heldIn(content).map(({ purchaseId }) => [orderIdOfPurchase(purchaseId), 'held'])),
    opened: opened.map((purchase) => ({ ...purchase, releasedBy: [sale.id] })),
  };
}

/**
 * Other stored sales that hold a purchase of these sales too, by the id of the sale given. Appends their missing feed
 * entries as well, because no event names a sale that was merged away.
 */
export async function rivalsOf(
  deps: Pick<ApplyDeps, 'orders' | 'accountId' | 'rows'>,
  { holders, holds }: { holders: readonly Holder[]; holds: readonly RowWrite[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const heldBy = new Map(holds.map(({ next }) => [next.orderId, next.heldBy ?? []]));
  const othersOf = ({ sale, content }: Holder): [purchaseId: string, saleIds: string[]][] =>
    heldIn(content).map(({ purchaseId }) => [
      purchaseId,
      (heldBy.get(orderIdOfPurchase(purchaseId)) ?? []).filter((saleId) => saleId !== sale.id),
    ]);
  const others = new Map(holders.map((holder) => [holder.sale.id, othersOf(holder)]));
  const saleIds = new Set([...others.values()].flatMap((byPurchase) => byPurchase.flatMap(([, ids]) => ids)));
  if (saleIds.size === 0) return new Map();
  const rows = await deps.orders.readMany(deps.accountId, [...saleIds].map(orderIdOfSale));
  await tellOwed(deps, rows.values());
  const rivalsIn = (byPurchase: ReturnType<typeof othersOf>) =>
    byPurchase.flatMap(([purchaseId, ids]) =>
      ids.filter((id) => isHolding(rows.get(orderIdOfSale(id)), purchaseId)),
    );
  return new Map([...others].map(([saleId, byPurchase]) => [saleId, [...new Set(rivalsIn(byPurchase))]]));
}

/** Appends missing feed entries of rows that do not change now. */
export async function tellOwed({ rows }: Pick<ApplyDeps, 'rows'>, of: Iterable<OrderRow>): Promise<void> {
  const shown = [...of].filter(({ content }) => content !== undefined);
  await rows.write(shown.map((row): RowWrite => ({ row, next: nextAsItIs(row) })));
}

/** The content of a row, to be written once more. */
export const nextAsItIs = ({ orderId, content, heldBy, letGo }: OrderRow): RowWrite['next'] => ({
  orderId,
  ...(content !== undefined && { content }),
  ...(heldBy !== undefined && { heldBy }),
  ...(letGo !== undefined && { letGo }),
});

/** Whether the stored sale holds this purchase. */
export const isHolding = (sale: OrderRow | undefined, purchaseId: string): boolean =>
  sale?.content !== undefined &&
  holdsPurchases(sale.content.state) &&
  sale.content.replaces.includes(purchaseId);

/**
 * Stored sales of which a killed worker has left out a purchase that they hold. They are to be stored again, because no
 * event may tell of them any more.
 */
export async function leftBehind(
  { orders, accountId }: Pick<ApplyDeps, 'orders' | 'accountId'>,
  sales: readonly OrderRow[],
): Promise<ReadonlySet<OrderId>> {
  const holds = sales.flatMap(({ orderId, content }) => {
    const saleId = parseOrderId(orderId)?.id;
    const held = content === undefined ? [] : heldIn(content);
    return held.map(({ purchaseId }) => ({
      orderId,
      saleId,
      orderIdOfPurchase: orderIdOfPurchase(purchaseId),
    }));
  });
  const purchases = await orders.readMany(
    accountId,
    holds.map((one) => one.orderIdOfPurchase),
  );
  const isOpen = (one: (typeof holds)[number]) =>
    !purchases.get(one.orderIdOfPurchase)?.heldBy?.some((saleId) => saleId === one.saleId);
  return new Set(holds.filter(isOpen).map(({ orderId }) => orderId));
}
