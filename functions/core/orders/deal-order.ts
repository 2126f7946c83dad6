import { divideMoney } from '../base/money.ts';
import type { OfferBuyer, Purchase, UnpaidDeal } from '../marketplace/sales.ts';
import { withFlags } from './flags.ts';
import type { OrderContent, OrderLine } from './order.ts';

/**
 * The order for a deal that no live form holds. The price comes from the marketplace's list of unpaid deals,
 * never from the offer, whose price may have changed; without that list the order has no total.
 */
export function orderOfDeal(
  purchase: Purchase,
  known: { unpaid?: UnpaidDeal | undefined; contact?: OfferBuyer | undefined },
): OrderContent {
  const { unpaid, contact } = known;
  return withFlags({
    state: 'awaiting-form',
    buyer: contact?.buyer ?? { id: purchase.buyerId, login: '', email: '' },
    lines: unpaid === undefined ? [] : [dealLine(purchase, unpaid)],
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

function dealLine(
  { offerId, dealId }: Purchase,
  { quantity, amount, boughtAtSeconds, discounted }: UnpaidDeal,
): OrderLine {
  const unitPrice = divideMoney(amount, Math.max(quantity, 1));
  const boughtAt = new Date(boughtAtSeconds * 1_000).toISOString();
  return {
    offerId,
    quantity,
    unitPrice,
    amount,
    deals: [{ dealId, quantity, unitPrice, discounted, boughtAt }],
  };
}
