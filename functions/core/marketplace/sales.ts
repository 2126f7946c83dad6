import type { Money } from '../base/money.ts';
import type { Secret } from '../base/secret.ts';
import type { EpochMillis, EpochSeconds } from '../base/time.ts';
import type { CallOptions } from './settings.ts';

/** A page of the journal, oldest event first. */
export interface EventPage<Event = DealEvent> {
  readonly events: readonly Event[];
  /** Where the journal is read on; where nothing more is known, the position that was asked for. */
  readonly next: string;
  /** Nothing follows. */
  readonly isEnd: boolean;
}

/** What a search has found, and from where it goes on or finds the same again: a text of the driver's own. */
export interface Search<Found> {
  readonly found?: Found;
  readonly resume: string;
}

/**
 * The list of what happened to sales, in the order in which it was written. A position is an opaque text: the id of an
 * event, behind which it stands, or what the driver gives as one. The core keeps positions (the cursor, the overlap)
 * and compares them by `sortKey`, and asks for no more than it needs of a journal: its end, to begin there; a page;
 * whether a position still means what it meant, because a journal forgets and may begin anew; and, where the driver
 * can find it, a position of a day ago. How to find them (by counting, by time, by a call of its own) is the driver's.
 */
export interface Journal {
  /** Sorts as the journal goes, in ASCII letters and digits: stores have it in their keys. Asks nobody. */
  sortKey(position: string): string;
  /** What follows a position; undefined: from the oldest event kept. Throws MarketplaceFault `journal-stuck` for a page that does not move. */
  page(handle: Secret, after: string | undefined, options: CallOptions): Promise<EventPage>;
  /** One step of the search for the newest events, less than a page of them; none where the journal is empty. */
  newest(
    handle: Secret,
    resume: string | undefined,
    options: CallOptions,
  ): Promise<Search<readonly DealEvent[]>>;
  /** Whether the event of a position is still there and was written then, as far as either is known. */
  remembers(
    handle: Secret,
    event: { position: string; atSeconds: EpochSeconds | undefined },
    options: CallOptions,
  ): Promise<boolean>;
  /** One step of the search for a position, before this one, behind which everything older than `sinceMillis` lies. Absent where a journal cannot be searched backwards: then nothing is read again from before a first connect. */
  readonly before?: (
    handle: Secret,
    query: { position: string; sinceMillis: EpochMillis; resume: string | undefined },
    options: CallOptions,
  ) => Promise<Search<string>>;
}

/** What was sold, and the journal that tells when it changes. */
export interface Sales extends Journal {
  /** What became of the orders with these ids, at most `settings.formBatchSize`: an answer for each of them. */
  read(handle: Secret, ids: readonly string[], options: CallOptions): Promise<readonly SaleRead[]>;
}

/** Purchases that no order of the marketplace holds yet: where a protocol has such. */
export interface OpenPurchases {
  /** The unpaid purchases of one buyer in one offer. */
  unpaidDeals(
    handle: Secret,
    purchase: { offerId: string; buyerId: string },
    options: CallOptions,
  ): Promise<UnpaidDeal[]>;
  /** Contact data of these buyers in these offers, at most `settings.formBatchSize` offers. */
  buyers(
    handle: Secret,
    query: { offerIds: readonly string[]; buyerIds: readonly string[] },
    options: CallOptions,
  ): Promise<OfferBuyer[]>;
}

export type DealEventKind =
  | 'deal-created'
  | 'form-created'
  | 'form-cancelled'
  | 'payment-finished'
  | 'unknown';

/** One act of buying one offer. */
export interface Purchase {
  readonly dealId: string;
  readonly offerId: string;
  readonly buyerId: string;
  readonly quantity: number;
}

/** One entry of the deal journal: a hint that something happened, not a fact about its state. */
export interface DealEvent {
  /** Opaque, and a position. Of an event whose id cannot be read, that of the event before it: where the cursor goes once it has passed. */
  readonly id: string;
  readonly kind: DealEventKind;
  /** Undefined where it cannot be read. */
  readonly atSeconds: EpochSeconds | undefined;
  /** The order that it is about; absent while there is none. */
  readonly formId: string | undefined;
  /** Those that it names; one whose offer or buyer cannot be read has empty texts there. */
  readonly purchases: readonly Purchase[];
  /** Far beyond the event before it, as if ids had leapt: the cursor does not follow unless further events do. */
  readonly isLeap?: boolean;
  /** Which field keeps anybody from telling what to read: neither a form nor a purchase can be asked for. */
  readonly unreadable?: string;
}

/** A moment as the marketplace wrote it and as we read it. The text stays, for one hour each autumn is ambiguous. */
export interface MarketplaceTime {
  /** ISO 8601 with offset; empty where the text names no moment (flag `impossible-date`). */
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

/** What cannot be read of a number or an amount is absent, never zero; `Form.unread` names it. */
export interface FormDeal {
  readonly dealId: string;
  readonly quantity?: number;
  /** Price of one piece after discount. */
  readonly unitPrice?: Money;
  readonly discounted: boolean;
  readonly boughtAt: MarketplaceTime;
  readonly variant?: { readonly name: string; readonly value: string };
}

export interface FormLine {
  readonly offerId: string;
  readonly title: string;
  readonly quantity?: number;
  readonly unitPrice?: Money;
  readonly amount?: Money;
  readonly deals: readonly FormDeal[];
}

export interface Address {
  readonly fullName: string;
  readonly company: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly countryId: number;
  readonly phone: string;
  readonly taxId: string;
}

/** Where a parcel waits for its buyer: a locker or a shop. */
export interface PickupPoint extends Address {
  /** The carrier's id of the point, which labels need; absent where the marketplace does not tell it. */
  readonly pointId?: string;
}

/**
 * Where an order stands, as its driver knows from the words of the protocol. Two ends differ: after `form-cancelled` its
 * purchases live on, each on its own or in another order; after `cancelled` the sale is over for good.
 */
export type SaleState =
  | 'awaiting-form'
  | 'awaiting-payment'
  | 'awaiting-manual-payment'
  | 'paid'
  | 'ready-to-ship'
  | 'payment-withdrawn'
  | 'form-cancelled'
  | 'cancelled';

/** A post-buy form: what the buyer chose, and how far the payment is. Unused addresses are undefined. */
export interface Form {
  readonly id: string;
  readonly state: SaleState;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly lines: readonly FormLine[];
  /** Goods, delivery and additional services. */
  readonly total?: Money;
  readonly deliveryCost?: Money;
  /** What is done for the buyer beside, such as wrapping; absent where there is none. */
  readonly additionalServices?: Money;
  readonly paidOnline?: Money;
  readonly payment: {
    readonly method: PaymentMethod;
    readonly status: PaymentStatus;
    /** The marketplace's own words, kept as they came. */
    readonly methodText: string;
    readonly statusText: string;
    readonly id: string;
    readonly startedAt: MarketplaceTime | undefined;
    readonly receivedAt: MarketplaceTime | undefined;
  };
  readonly cancelledAt: MarketplaceTime | undefined;
  readonly shipmentMethodId?: number;
  readonly shipmentAddress: Address | undefined;
  readonly pickupPoint: PickupPoint | undefined;
  readonly pickupInfo: string;
  readonly invoiceWanted: boolean;
  readonly invoiceAddress: Address | undefined;
  readonly message: string;
  readonly sentBySeller: boolean;
  readonly parcels: readonly {
    readonly carrierId: number;
    readonly number: string;
    readonly status: string;
  }[];
  /** Extra payments that are read like orders, each by its id. */
  readonly surchargeIds: readonly string[];
  /** Extra payments that the protocol shows within the order; absent where it has them apart, or none. */
  readonly surcharges?: readonly Surcharge[];
  /** What the driver could read only in part, or does not know the meaning of. */
  readonly flags?: readonly OrderFlag[];
  /** The marketplace's names of the fields that are missing or cannot be read. */
  readonly unread?: readonly string[];
}

/** An extra payment that the seller asked for. */
export interface Surcharge extends Pick<Form, 'paidOnline' | 'payment' | 'cancelledAt'> {
  readonly id: string;
  readonly amount?: Money;
}

/** What one order turned out to be. One that cannot be read never hides the others. */
export type SaleRead = { readonly id: string } & (
  | { readonly sale: Form }
  /** Its purchases live on in these. */
  | { readonly replacedBy: readonly string[] }
  /** `why`: something came that names no order, and may be this one. */
  | { readonly absent: true; readonly why?: string }
  /** Which field, never its value. */
  | { readonly unreadable: string }
);

export interface UnpaidDeal {
  readonly dealId: string;
  readonly boughtAtSeconds: EpochSeconds;
  readonly quantity: number;
  /** For all pieces, after discount. */
  readonly amount: Money;
  readonly discounted: boolean;
}

export interface OfferBuyer {
  readonly offerId: string;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly contactAddress: Address | undefined;
  readonly shipmentAddress: Address | undefined;
}

/** What is odd about an order that is stored all the same; told to ERPs with the order. */
export type OrderFlag =
  | 'total-mismatch'
  | 'price-unknown'
  | 'negative-price'
  | 'impossible-date'
  | 'unknown-payment-word'
  /** A field is missing or cannot be read; `unread` of the order names it. */
  | 'missing-field'
  /** Text with U+FFFD in it: the marketplace sent, or has stored, bytes that are no text. */
  | 'broken-text'
  /** A text that is longer than any that is typed; it is kept whole. */
  | 'long-text'
  /** The marketplace names a surcharge and does not show it. */
  | 'surcharge-unknown';
