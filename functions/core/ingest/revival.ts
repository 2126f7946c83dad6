import { orderIdOfPurchase, orderIdOfSale } from '../orders/order.ts';
import type { ApplyDeps, Rows } from './applied.ts';
import { isHolding } from './holding.ts';
import type { OpenedPurchase } from './store.ts';

/**
 * The purchases, each with all sales that no longer hold it: those that have just released it, and closed orders that
 * its row still names. Otherwise a purchase whose last order is cancelled would be held for ever by a closed order.
 */
export async function withClosedHolders(
  deps: ApplyDeps,
  { purchases, rows }: { purchases: readonly OpenedPurchase[]; rows: Rows },
): Promise<OpenedPurchase[]> {
  const others = ({ purchaseId, releasedBy = [] }: OpenedPurchase) =>
    releasedBy.length === 0
      ? []
      : (rows.get(orderIdOfPurchase(purchaseId))?.heldBy ?? []).filter(
          (saleId) => !releasedBy.includes(saleId),
        );
  const saleIds = [...new Set(purchases.flatMap(others))];
  if (saleIds.length === 0) return [...purchases];
  const sales = await deps.orders.readMany(deps.accountId, saleIds.map(orderIdOfSale));
  const isClosed = (saleId: string) => sales.get(orderIdOfSale(saleId))?.content?.state === 'replaced';
  return purchases.map((purchase) => {
    const closed = others(purchase).filter(isClosed);
    return closed.length === 0
      ? purchase
      : { ...purchase, releasedBy: [...(purchase.releasedBy ?? []), ...closed] };
  });
}

/**
 * The purchases without the sales that a later reading has found live again, because such sales keep their purchases.
 */
export async function stillReleased(
  deps: ApplyDeps,
  purchases: readonly OpenedPurchase[],
): Promise<OpenedPurchase[]> {
  const saleIds = [...new Set(purchases.flatMap(({ releasedBy = [] }) => releasedBy))];
  const rows = await deps.orders.readMany(deps.accountId, saleIds.map(orderIdOfSale));
  const isRevived = (saleId: string, purchaseId: string) =>
    isHolding(rows.get(orderIdOfSale(saleId)), purchaseId);
  return purchases.map((purchase) => ({
    ...purchase,
    releasedBy: (purchase.releasedBy ?? []).filter((saleId) => !isRevived(saleId, purchase.purchaseId)),
  }));
}
