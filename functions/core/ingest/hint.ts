import type { SaleEvent } from '../marketplace/journal.ts';
import { orderIdOfPurchase, orderIdOfSale } from '../orders/order.ts';
import type { HintId } from './store.ts';

type Named = Pick<SaleEvent, 'id' | 'saleId' | 'purchases'>;

/** The orders that an event hints at, or the event itself if it names none. */
export function hintsOf({ id, saleId, purchases }: Named): readonly HintId[] {
  if (saleId !== undefined) return [orderIdOfSale(saleId)];
  return purchases.length === 0
    ? [`event:${id}`]
    : purchases.map(({ purchaseId }) => orderIdOfPurchase(purchaseId));
}
