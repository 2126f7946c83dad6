import { divideMoney } from '../base/money.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type { OfferBuyer, OpenPurchase } from '../marketplace/sales.ts';
import { withFlags } from './flags.ts';
import type { OrderContent, OrderLine } from './order.ts';

/**
 * The order for a purchase that no live sale holds. The price comes from the marketplace's list of unpaid purchases,
 * never from the offer, whose price may have changed; without that list the order has no total.
 */
export function orderOfPurchase(
  purchase: Purchase,
  known: { unpaid?: OpenPurchase | undefined; contact?: OfferBuyer | undefined },
): OrderContent {
  const { unpaid, contact } = known;
  return withFlags({
    state: 'awaiting-details',
    buyer: contact?.buyer ?? { id: purchase.buyerId, login: '', email: '' },
    lines: unpaid === undefined ? [] : [purchaseLine(purchase, unpaid)],
    ...(unpaid !== undefined && { total: unpaid.amount }),
    ...(contact?.contactAddress !== undefined && { contactAddress: contact.contactAddress }),
    ...(contact?.shipmentAddress !== undefined && { shipmentAddress: contact.shipmentAddress }),
    invoiceWanted: false,
    message: '',
    surchargeIds: [],
    replaces: [],
    ...(contact?.unread !== undefined && { unread: contact.unread }),
  });
}

function purchaseLine(
  { offerId, purchaseId }: Purchase,
  { quantity, amount, boughtAtSeconds, discounted }: OpenPurchase,
): OrderLine {
  const unitPrice = divideMoney(amount, Math.max(quantity, 1));
  const boughtAt = new Date(boughtAtSeconds * 1_000).toISOString();
  return {
    offerId,
    quantity,
    unitPrice,
    amount,
    purchases: [{ purchaseId, quantity, unitPrice, discounted, boughtAt }],
  };
}
