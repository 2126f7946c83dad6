import { divideMoney } from '../base/money.ts';
import type { Purchase, SaleEvent } from '../marketplace/journal.ts';
import type { Sale, SaleLine, SalePurchase } from '../marketplace/sales.ts';
import { type OrderContent, purchasesOf } from '../orders/order.ts';

/** The purchases that events name together with a sale, by the sale's id. */
export type NamedPurchases = ReadonlyMap<string, readonly Purchase[]>;

export function purchasesNamedBy(events: readonly SaleEvent[]): NamedPurchases {
  const named = new Map<string, Purchase[]>();
  for (const { saleId, purchases } of events) {
    if (saleId === undefined || purchases.length === 0) continue;
    named.set(saleId, [...(named.get(saleId) ?? []), ...purchases]);
  }
  return named;
}

/**
 * The sale with the purchases that its lines lack, because production showed sales without any. The purchases are
 * those that events name with the sale, and those that its row had before. Without them the purchases would be
 * orders of their own beside the sale's.
 */
export function withNamedPurchases(
  sale: Sale,
  { before, named }: { named: readonly Purchase[] | undefined; before: OrderContent | undefined },
): Sale {
  if (sale.lines.every(({ purchases }) => purchases.length > 0)) return sale;
  const shown = new Set(sale.lines.flatMap(({ purchases }) => purchases.map(({ purchaseId }) => purchaseId)));
  const known = [...(before === undefined ? [] : purchasesOf(before)), ...(named ?? [])];
  const missing = new Map(
    known.filter(({ purchaseId }) => !shown.has(purchaseId)).map((one) => [one.purchaseId, one]),
  );
  const bare = sale.lines.filter(({ purchases }) => purchases.length === 0);
  const lineOf = ({ offerId }: Purchase) => bare.find((line) => line.offerId === offerId) ?? bare[0];
  const byLine = Map.groupBy(missing.values(), lineOf);
  const lines = sale.lines.map((line) => {
    const purchases = byLine.get(line);
    return purchases === undefined
      ? line
      : { ...line, purchases: purchases.map((purchase) => pricedPurchase(line, purchase)) };
  });
  return { ...sale, lines };
}

/** A purchase at the average price of its line, without a time, which no source tells. */
function pricedPurchase(
  { amount, quantity: pieces = 0 }: SaleLine,
  { purchaseId, quantity }: Purchase,
): SalePurchase {
  const unitPrice = amount && pieces > 0 ? divideMoney(amount, pieces) : amount;
  return {
    purchaseId,
    quantity,
    ...(unitPrice !== undefined && { unitPrice }),
    discounted: false,
    boughtAt: { iso: '', text: '' },
  };
}
