import type { Place } from './people.ts';

export interface Offer {
  readonly id: number;
  readonly sellerId: number;
  readonly countryId: number;
  readonly title: string;
  /** Present Buy Now price of one piece. */
  priceMinor: number;
  readonly hasVariants: boolean;
  /** The first bid of an auction; 0 where only Buy Now is offered. */
  startingMinor: number;
  /** Reserve price; 0 for none. */
  reserveMinor: number;
  /** Pieces offered in all, sold ones included. */
  startQuantity: number;
  soldQuantity: number;
  bids: number;
  /** Id of the highest bidder; 0 before the first bid. */
  highBidderId: number;
  readonly startedAt: number;
  endedAt?: number;
  /** The newest sale. Purchases are numbered in the order in which they are made. */
  lastPurchaseId?: number;
  /** Whether the offer was listed to replace a sold-out one; buyers' plans name original offers only. */
  readonly relisted: boolean;
  successorId?: number;
}

/** A purchase: one act of buying, in one offer. */
export interface Purchase {
  readonly id: number;
  readonly offerId: number;
  readonly sellerId: number;
  readonly buyerId: number;
  readonly quantity: number;
  /** Price of one piece when it was bought, before and after discount. */
  readonly listMinor: number;
  readonly unitMinor: number;
  readonly discounted: boolean;
  readonly variant?: string | undefined;
  readonly boughtAt: number;
  /** The live sale that holds the purchase. */
  saleId?: number | undefined;
}

/** The known words of the pay type; every other code is a way to pay online. */
export type PayType = 'collect_on_delivery' | 'wire_transfer' | 'not_specified' | 'co' | 'ai' | 'm' | 'c';

export const isOnline = (payType: PayType): boolean =>
  !['collect_on_delivery', 'wire_transfer', 'not_specified'].includes(payType);

/** The buyer's choices when filling a sale. */
export interface SaleChoices {
  readonly payType: PayType;
  readonly shipmentId: number;
  readonly point?: { readonly name: string; readonly place: Place; readonly info: string } | undefined;
  readonly invoiceWanted: boolean;
  readonly message: string;
  /** Whether the price of a purchase that is alone in its line reads 0, a quirk of the real service. */
  readonly hidesPurchasePrice: boolean;
}

export const SPOILS = [
  'negative-price',
  'impossible-date',
  'missing-element',
  'long-title',
  'broken-utf8',
  'refused',
] as const;

/** A way in which a sale is shown wrong. */
export interface Spoil {
  readonly kind: (typeof SPOILS)[number];
  /** The missing element, or the code of the fault that answers every call for the sale. */
  readonly element?: string | undefined;
}

export interface Sale {
  readonly id: number;
  readonly sellerId: number;
  readonly buyerId: number;
  purchaseIds: readonly number[];
  readonly choices: SaleChoices;
  readonly filledAt: number;
  readonly postageMinor: number;
  /** Id of the online payment; 0 without one. */
  readonly paymentId: number;
  payment: 'none' | 'started' | 'finished' | 'rejected' | 'withdrawn';
  paidAt?: number;
  cancelledAt?: number;
  /** False while the sale's own events are held back. */
  announced: boolean;
  /** How the sale is shown wrong; absent once mended. */
  spoil?: Spoil | undefined;
  readonly surcharges: { readonly id: number; readonly amountMinor: number }[];
  /** Id of another sale, with goods, that is shown among this sale's surcharges. */
  misnamedId?: number | undefined;
  readonly parcels: { readonly carrierId: number; readonly number: string }[];
}

/** Whether the sale is cancelled or its payment rejected, and so holds no purchase any more. */
export const isDead = (sale: Sale): boolean => sale.cancelledAt !== undefined || sale.payment === 'rejected';

/** The sale's lines: its purchases by offer, in the order in which the purchases joined. */
export function linesOf(
  purchases: readonly Purchase[],
): { offerId: number; purchases: Purchase[]; amountMinor: number; listMinor: number; quantity: number }[] {
  return [...Map.groupBy(purchases, (purchase) => purchase.offerId)].map(([offerId, own]) => ({
    offerId,
    purchases: own,
    amountMinor: own.reduce((sum, purchase) => sum + purchase.unitMinor * purchase.quantity, 0),
    listMinor: own[0]?.listMinor ?? 0,
    quantity: own.reduce((sum, purchase) => sum + purchase.quantity, 0),
  }));
}
