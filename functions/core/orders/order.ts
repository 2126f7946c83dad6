import type { Money } from '../base/money.ts';
import type { Purchase } from '../marketplace/journal.ts';
import type {
  Address,
  MarketplaceTime,
  NamedId,
  OrderFlag,
  PickupPoint,
  Sale,
  SaleState,
} from '../marketplace/sales.ts';

/** `order:ID`, or `purchase:ID` while no live sale holds that purchase. */
export type OrderId = `order:${string}` | `purchase:${string}`;

export const orderIdOfSale = (saleId: string): OrderId => `order:${saleId}`;
export const orderIdOfPurchase = (purchaseId: string): OrderId => `purchase:${purchaseId}`;

/** Ids of marketplaces are opaque texts without blanks. */
export const ORDER_ID = /^(order|purchase):(\S{1,200})$/;

/** The parts of an order's id; undefined for a text that is not such an id. */
export function parseOrderId(
  text: string,
): { orderId: OrderId; kind: 'order' | 'purchase'; id: string } | undefined {
  const [, kind, id] = ORDER_ID.exec(text) ?? [];
  if ((kind !== 'order' && kind !== 'purchase') || id === undefined) return undefined;
  return { orderId: `${kind}:${id}`, kind, id };
}

/**
 * State of an order. `replaced` (a live sale holds this purchase, or another order has replaced this one) and
 * `released` are not live, because the sale goes on under another order id. `cancelled` is not live,
 * because the sale is over.
 */
export type OrderState = SaleState | 'replaced';

/** Whether the order keeps its purchases from becoming orders of their own. */
export const holdsPurchases = (state: OrderState): boolean => state !== 'replaced' && state !== 'released';

export const isLive = (state: OrderState): boolean => holdsPurchases(state) && state !== 'cancelled';

/** A purchase within an order. Amounts and numbers that cannot be read are absent, never zero. */
export interface OrderPurchase {
  readonly purchaseId: string;
  readonly quantity?: number;
  /** Price of one piece, after discount. */
  readonly unitPrice?: Money;
  readonly discounted: boolean;
  readonly boughtAt: string;
  readonly variant?: { readonly name: string; readonly value: string };
}

export interface OrderLine {
  readonly offerId: string;
  /** Absent while there is no sale. */
  readonly title?: string;
  readonly quantity?: number;
  readonly unitPrice?: Money;
  readonly amount?: Money;
  readonly purchases: readonly OrderPurchase[];
}

export interface OrderPayment {
  readonly method: Sale['payment']['method'];
  readonly status: Sale['payment']['status'];
  /** The marketplace's own texts. */
  readonly methodText: string;
  readonly statusText: string;
  readonly id: string;
  readonly paidOnline?: Money;
  readonly startedAt?: MarketplaceTime;
  readonly receivedAt?: MarketplaceTime;
}

export interface OrderDelivery {
  readonly method?: NamedId;
  readonly cost?: Money;
  readonly pickupInfo: string;
  readonly sentBySeller: boolean;
  readonly parcels: Sale['parcels'];
}

/** An extra payment that the seller asked for; only its id is known if the marketplace does not show it. */
export interface OrderSurcharge {
  readonly id: string;
  readonly amount?: Money;
  readonly payment?: OrderPayment;
  readonly cancelledAt?: MarketplaceTime;
}

/** The content of an order for ERPs. Money in minor units, ids as strings, times with their zone. */
export interface OrderContent {
  readonly state: OrderState;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly lines: readonly OrderLine[];
  /**
   * Sum of goods, delivery and additional services, without surcharges; absent only if no source tells the
   * price.
   */
  readonly total?: Money;
  readonly additionalServices?: Money;
  /** Address of the buyer while there is no sale. */
  readonly contactAddress?: Address;
  readonly shipmentAddress?: Address;
  readonly pickupPoint?: PickupPoint;
  readonly invoiceWanted: boolean;
  readonly invoiceAddress?: Address;
  readonly message: string;
  readonly payment?: OrderPayment;
  readonly delivery?: OrderDelivery;
  readonly cancelledAt?: MarketplaceTime;
  readonly surchargeIds: readonly string[];
  /** Surcharges as read together with the sale; absent if there are none. */
  readonly surcharges?: readonly OrderSurcharge[];
  /** Ids of the purchases whose orders this sale's order replaces. */
  readonly replaces: readonly string[];
  /** Oddities of the order; absent if there are none. */
  readonly flags?: readonly OrderFlag[];
  /** The marketplace's names of missing or unreadable fields. */
  readonly unread?: readonly string[];
}

/**
 * Whether a sale is a surcharge: it is read like a sale, but has no goods. A surcharge belongs to the sale
 * that names it in `surchargeIds`, and is never an order of its own.
 */
export const isSurcharge = ({ lines }: Pick<Sale, 'lines'>): boolean => lines.length === 0;

export const purchaseIdsOf = (sale: Sale): string[] =>
  sale.lines.flatMap((line) => line.purchases.map((purchase) => purchase.purchaseId));

/** The purchase that its own order was made from; undefined while its offer is not known. */
export function purchaseOf(purchaseId: string, { lines, buyer }: OrderContent): Purchase | undefined {
  const [line] = lines;
  if (line === undefined) return undefined;
  return { purchaseId, offerId: line.offerId, buyerId: buyer.id, quantity: line.quantity ?? 1 };
}

/** The purchases that a sale's order holds. */
export const purchasesOf = ({ lines, buyer }: OrderContent): Purchase[] =>
  lines.flatMap(({ offerId, purchases }) =>
    purchases.map(({ purchaseId, quantity = 1 }) => ({ purchaseId, quantity, offerId, buyerId: buyer.id })),
  );

/** The purchases that the order keeps from becoming orders of their own. */
export const heldIn = (content: OrderContent): Purchase[] =>
  holdsPurchases(content.state) ? purchasesOf(content) : [];
