import type { Money } from '../base/money.ts';
import type { Secret } from '../base/secret.ts';
import type { EpochSeconds } from '../base/time.ts';
import type { Journal } from './journal.ts';
import type { CallOptions } from './settings.ts';

/** Sales, and the journal that tells of their changes. */
export interface Sales extends Journal {
  /**
   * Reads the orders with these ids, at most `settings.saleBatchSize`; the answer holds a result for each.
   */
  read(handle: Secret, ids: readonly string[], options: CallOptions): Promise<readonly SaleRead[]>;
}

/** Purchases that no order of the marketplace holds yet; only some protocols have such. */
export interface OpenPurchases {
  /** The unpaid purchases of a buyer in an offer. */
  unpaid(
    handle: Secret,
    purchase: { offerId: string; buyerId: string },
    options: CallOptions,
  ): Promise<OpenPurchase[]>;
  /** Contact data of these buyers in these offers, at most `settings.saleBatchSize` offers. */
  buyers(
    handle: Secret,
    query: { offerIds: readonly string[]; buyerIds: readonly string[] },
    options: CallOptions,
  ): Promise<OfferBuyer[]>;
}

/**
 * A moment as the marketplace wrote it and as we read it. The text is kept because one hour each autumn is
 * ambiguous.
 */
export interface MarketplaceTime {
  /** ISO 8601 with offset; empty if the text names no moment (flag `impossible-date`). */
  readonly iso: string;
  readonly text: string;
}

export type PaymentMethod = 'cash-on-delivery' | 'bank-transfer' | 'not-specified' | 'online';
export type PaymentStatus =
  | 'none'
  | 'started'
  | 'finished'
  | 'cancelled'
  | 'rejected'
  | 'withdrawn'
  | 'unknown';

/**
 * A purchase within a sale. A number or an amount that cannot be read is absent, never zero, and named in
 * `Sale.unread`.
 */
export interface SalePurchase {
  readonly purchaseId: string;
  readonly quantity?: number;
  /** Price of one piece after discount. */
  readonly unitPrice?: Money;
  readonly discounted: boolean;
  readonly boughtAt: MarketplaceTime;
  readonly variant?: { readonly name: string; readonly value: string };
}

export interface SaleLine {
  readonly offerId: string;
  readonly title: string;
  readonly quantity?: number;
  readonly unitPrice?: Money;
  readonly amount?: Money;
  readonly purchases: readonly SalePurchase[];
}

/** An id that only this marketplace uses, with a name where the driver knows one. */
export interface NamedId {
  readonly id: string;
  readonly name?: string;
}

export interface Address {
  readonly fullName: string;
  readonly company: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  /** ISO 3166-1 alpha-2, upper case; absent if the marketplace gives no country, or an unknown one. */
  readonly country?: string;
  readonly phone: string;
  readonly taxId: string;
}

/** Where a parcel waits for its buyer: a locker or a shop. */
export interface PickupPoint extends Address {
  /** The carrier's id of the point, which labels need; absent if the marketplace does not tell it. */
  readonly pointId?: string;
}

/**
 * State of an order, as its driver knows it from the protocol. Two ends differ: after `released` its
 * purchases live on, alone or in another order; after `cancelled` the sale is over for good.
 */
export type SaleState =
  | 'awaiting-details'
  | 'awaiting-payment'
  | 'awaiting-manual-payment'
  | 'paid'
  | 'ready-to-ship'
  | 'payment-withdrawn'
  | 'released'
  | 'cancelled';

/** A sale: the buyer's choices and the progress of the payment. Unused addresses are undefined. */
export interface Sale {
  readonly id: string;
  readonly state: SaleState;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly lines: readonly SaleLine[];
  /** Sum of goods, delivery and additional services. */
  readonly total?: Money;
  readonly deliveryCost?: Money;
  /** Services such as wrapping; absent if there are none. */
  readonly additionalServices?: Money;
  readonly paidOnline?: Money;
  readonly payment: {
    readonly method: PaymentMethod;
    readonly status: PaymentStatus;
    /** The marketplace's own texts, unchanged. */
    readonly methodText: string;
    readonly statusText: string;
    readonly id: string;
    readonly startedAt: MarketplaceTime | undefined;
    readonly receivedAt: MarketplaceTime | undefined;
  };
  readonly cancelledAt: MarketplaceTime | undefined;
  readonly deliveryMethod?: NamedId;
  readonly shipmentAddress: Address | undefined;
  readonly pickupPoint: PickupPoint | undefined;
  readonly pickupInfo: string;
  readonly invoiceWanted: boolean;
  readonly invoiceAddress: Address | undefined;
  readonly message: string;
  readonly sentBySeller: boolean;
  readonly parcels: readonly {
    readonly carrier?: NamedId;
    readonly number: string;
    readonly status: string;
  }[];
  /** Ids of extra payments that are read like orders. */
  readonly surchargeIds: readonly string[];
  /**
   * Extra payments that the protocol shows within the order; absent if they are read by id, or if there are
   * none.
   */
  readonly surcharges?: readonly Surcharge[];
  /** Oddities that the driver found: parts that could not be read, or whose meaning is unknown. */
  readonly flags?: readonly OrderFlag[];
  /** The marketplace's names of missing or unreadable fields. */
  readonly unread?: readonly string[];
}

/** An extra payment that the seller asked for. */
export interface Surcharge extends Pick<Sale, 'paidOnline' | 'payment' | 'cancelledAt'> {
  readonly id: string;
  readonly amount?: Money;
}

/** Result of reading an order. An order that cannot be read never hides the others. */
export type SaleRead = { readonly id: string } & (
  | { readonly sale: Sale }
  /** Orders in which its purchases live on. */
  | { readonly replacedBy: readonly string[] }
  /** `why`: the reply held an item that names no order, and may be this one. */
  | { readonly absent: true; readonly why?: string }
  /** Name of the unreadable field, never its value. */
  | { readonly unreadable: string }
);

export interface OpenPurchase {
  readonly purchaseId: string;
  readonly boughtAtSeconds: EpochSeconds;
  readonly quantity: number;
  /** Amount for all pieces, after discount. */
  readonly amount: Money;
  readonly discounted: boolean;
}

export interface OfferBuyer {
  readonly offerId: string;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly contactAddress: Address | undefined;
  readonly shipmentAddress: Address | undefined;
  /** The marketplace's names of the fields that cannot be read. */
  readonly unread?: readonly string[];
}

/** Oddities of an order that is stored all the same; ERPs see them with the order. */
export type OrderFlag =
  | 'total-mismatch'
  | 'price-unknown'
  | 'negative-price'
  | 'impossible-date'
  | 'unknown-payment-word'
  /** A field is missing or cannot be read; `unread` of the order names it. */
  | 'missing-field'
  /** A text contains U+FFFD: the marketplace sent, or has stored, bytes that are not text. */
  | 'broken-text'
  /** A text is longer than any that people type; it is stored whole. */
  | 'long-text'
  /** The marketplace names a surcharge but does not show it. */
  | 'surcharge-unknown'
  /** The sale is over for good, but a later reading shows it otherwise. */
  | 'cancellation-contradicted';
