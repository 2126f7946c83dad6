import type { Money } from '../base/money.ts';
import type { Secret } from '../base/secret.ts';
import type { EpochMillis, EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** A page of the journal, oldest event first. */
export interface EventPage<Event = SaleEvent> {
  readonly events: readonly Event[];
  /** Position from which the next page is read; the position asked for if no more is known. */
  readonly next: string;
  /** Whether the journal ends with this page. */
  readonly isEnd: boolean;
}

/**
 * Result of one step of a search, and the driver's own text from which the next step continues or finds the
 * same again.
 */
export interface Search<Found> {
  readonly found?: Found;
  readonly resume: string;
}

/**
 * The list of changes of sales, in the order in which the marketplace wrote them. A position is an opaque
 * text: the id of an event, for the place right after it, or another text of the driver. The core stores
 * positions (the cursor, the overlap), compares them by `sortKey`, and asks for: the end, to begin there; a
 * page; whether a position still means the same event, because a journal forgets events and may begin anew;
 * and, if the driver can find it, a position of a day ago. How these are found (by counting, by time, by a
 * call of its own) is up to the driver.
 */
export interface Journal {
  /**
   * A text that sorts as the journal does, of ASCII letters and digits, because stores use it in keys. Makes
   * no call.
   */
  sortKey(position: string): string;
  /**
   * The events after a position, or from the oldest kept if it is undefined. Throws MarketplaceFault
   * `journal-stuck` if the page does not move on.
   */
  page(handle: Secret, after: string | undefined, options: CallOptions): Promise<EventPage>;
  /**
   * A step of the search for the newest events, less than a page of them. No events are found in an empty
   * journal.
   */
  newest(
    handle: Secret,
    resume: string | undefined,
    options: CallOptions,
  ): Promise<Search<readonly SaleEvent[]>>;
  /** Whether the event of a position is still in the journal with this time, as far as either is known. */
  remembers(
    handle: Secret,
    event: { position: string; atSeconds: EpochSeconds | undefined },
    options: CallOptions,
  ): Promise<boolean>;
  /**
   * A step of the search for an earlier position, behind which everything older than `sinceMillis` lies.
   * Absent if the journal cannot be searched backwards; then nothing from before a first connect is read
   * again.
   */
  readonly before?: (
    handle: Secret,
    query: { position: string; sinceMillis: EpochMillis; resume: string | undefined },
    options: CallOptions,
  ) => Promise<Search<string>>;
}

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

export type SaleEventKind = 'purchased' | 'sale-created' | 'released' | 'payment-finished' | 'unknown';

/** A purchase: one act of buying one offer. */
export interface Purchase {
  readonly purchaseId: string;
  readonly offerId: string;
  readonly buyerId: string;
  readonly quantity: number;
}

/**
 * An entry of the journal of sales: a hint that a sale changed. The state itself is read with the sale
 * or the purchase.
 */
export interface SaleEvent {
  /**
   * Opaque, and a position. An event without a readable id has that of the event before it, so that the
   * cursor can pass it.
   */
  readonly id: string;
  readonly kind: SaleEventKind;
  /** Undefined if the time cannot be read. */
  readonly atSeconds: EpochSeconds | undefined;
  /** The order of the event; absent while there is none. */
  readonly saleId: string | undefined;
  /** The purchases that the event names. An offer or a buyer that cannot be read is an empty text. */
  readonly purchases: readonly Purchase[];
  /**
   * Whether the id is far beyond that of the event before it. The cursor does not follow such a leap unless
   * further events do.
   */
  readonly isLeap?: boolean;
  /** Name of the unreadable field without which neither a sale nor a purchase can be asked for. */
  readonly unreadable?: string;
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
