import type { Money } from './money.ts';
import type { Secret } from './secret.ts';
import type { EpochSeconds } from './time.ts';

/**
 * The port to a marketplace. A driver speaks one protocol (the SOAP WebAPI is the first, OAuth/REST
 * drivers fit behind the same port) and translates it to these words. Ids are decimal strings, because
 * they are 64 bits wide. Every method may throw `MarketplaceFault`, and nothing else on purpose.
 */
export interface Marketplace extends OfferSource, FormLists {
  readonly settings: MarketplaceSettings;
  /** What must be known before anybody can log in, cacheable per WebAPI key; absent where the protocol has none. */
  readonly fetchVersionKey?: (webapiKey: Secret, options: CallOptions) => Promise<string>;
  /**
   * The user id of the seller behind a login, asked without a session and without a password; absent where the
   * protocol has no such question. A login that nobody has is a fault too.
   */
  readonly sellerId?: (query: { login: string; webapiKey: Secret }, options: CallOptions) => Promise<string>;
  logIn(credentials: Credentials, options: CallOptions): Promise<Login>;
  /** The oldest events after `after` (exclusive; undefined = from the oldest kept), at most `settings.journalPageSize`, ascending by id. */
  dealEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<DealEvent[]>;
  /** How many events there are after `after`; a marketplace may stop counting at some thousands. */
  countDealEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<number>;
  /** The forms with these ids, at most `settings.formBatchSize`; unknown and foreign ids are missing from the answer. */
  forms(handle: Secret, ids: readonly string[], options: CallOptions): Promise<FormBatch>;
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

/**
 * Which lists of post-buy forms a marketplace keeps beside its journal: every form of the last month,
 * cancelled ones and surcharges too; forms by the time when they were filled; forms offer by offer.
 */
export type ListKind = 'form-ids' | 'filled-forms' | 'sold-offers';

/** The marketplace's own lists of forms: what there is, whatever its journal told. */
export interface FormLists {
  /** Those that this marketplace should have, the one that sees most first. */
  readonly formLists: readonly ListKind[];
  /** One page of a list, which is one call. Throws MarketplaceFault `feature-unknown` where there is no such list. */
  formPage(handle: Secret, query: FormPageQuery, options: CallOptions): Promise<FormPage>;
}

export interface FormPageQuery {
  readonly list: ListKind;
  /** Heeded by a list that knows a range of time. */
  readonly from: EpochSeconds;
  readonly to: EpochSeconds;
  /** `next` of the page before; undefined for the first. */
  readonly position?: string | undefined;
}

export interface FormPage {
  /** Forms, and surcharges where the list mixes them in. */
  readonly formIds: readonly string[];
  /** Where to go on; undefined at the end. */
  readonly next?: string | undefined;
  /** How much of the list is read with this page, from 0 to 1. */
  readonly share: number;
}

/** What distinguishes one marketplace from another; everything a driver needs that is not a secret. */
export interface MarketplaceSettings {
  readonly id: string;
  /**
   * Names the marketplace itself: equal for all entrances (endpoints, dialects) to the same sellers, so that one
   * seller is not logged in twice through two of them. Claims, login memory, shared trouble and call limits are
   * kept under it.
   */
  readonly identity: string;
  readonly name: string;
  /** Where the protocol is spoken. HTTPS, or HTTP on a loopback address. */
  readonly endpoint: string;
  readonly countryId: number;
  /** IANA zone of dates that come without one. */
  readonly timeZone: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Longest password that the marketplace reads to its end. */
  readonly passwordMaxLength: number;
  /** How long a session handle is used after login, in milliseconds. */
  readonly sessionLifeMillis: number;
  readonly journalPageSize: number;
  /** A page of a journal that is not full is its last: known of a marketplace only where it was recorded. */
  readonly fillsJournalPages: boolean;
  readonly formBatchSize: number;
}

export interface CallOptions {
  /** The whole call, connection to last byte, in milliseconds. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal;
}

export interface Credentials {
  readonly login: string;
  readonly applicationPassword: Secret;
  readonly webapiKey: Secret;
  /** From `fetchVersionKey`, where the marketplace has it. */
  readonly versionKey: string | undefined;
}

export interface Login {
  readonly sessionHandle: Secret;
  readonly userId: string;
  /** The marketplace's clock at login, to measure skew; not a source of expiry. */
  readonly serverTimeSeconds: EpochSeconds;
}

export type DealEventKind =
  | 'deal-created'
  | 'form-created'
  | 'form-cancelled'
  | 'payment-finished'
  | 'unknown';

/** One entry of the deal journal: a hint that something happened, not a fact about its state. */
export interface DealEvent {
  /** Of an event whose id cannot be read, the id of the event before it: where the cursor goes once it has passed. */
  readonly id: string;
  readonly kind: DealEventKind;
  /** Undefined where it cannot be read. */
  readonly atSeconds: EpochSeconds | undefined;
  /** This and the ids below are empty where they cannot be read. */
  readonly dealId: string;
  /** Absent on `deal-created`. */
  readonly formId: string | undefined;
  readonly offerId: string;
  readonly buyerId: string;
  readonly quantity: number;
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

/** A post-buy form: what the buyer chose, and how far the payment is. Unused addresses are undefined. */
export interface Form {
  readonly id: string;
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
  readonly surchargeIds: readonly string[];
  /** What the driver could read only in part, or does not know the meaning of. */
  readonly flags?: readonly OrderFlag[];
  /** The marketplace's names of the fields that are missing or cannot be read. */
  readonly unread?: readonly string[];
}

/** What came back for a batch of ids. One form that cannot be read never hides the others. */
export interface FormBatch {
  readonly forms: readonly Form[];
  /** Forms that came back but could not be read: which field, never its value. The id may be what is broken. */
  readonly unreadable: readonly { readonly id: string | undefined; readonly why: string }[];
}

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

/** The offers of the seller that a session belongs to. */
export interface OfferSource {
  /** Hints that offers have changed: the oldest after `after` (exclusive; undefined = from the oldest kept), at most `settings.journalPageSize`, ascending by id. */
  offerEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<OfferEvent[]>;
  /** What is in one list of offers; an offer that is not there is missing from the answer. */
  offersIn(handle: Secret, query: OfferQuery, options: CallOptions): Promise<OfferPage>;
}

/** One entry of the offer journal: only a hint that the offer is to be read again. */
export interface OfferEvent {
  readonly id: string;
  readonly offerId: string;
  /** Undefined where it cannot be read. */
  readonly atSeconds: EpochSeconds | undefined;
}

/** An offer that has ended leaves `for-sale`; one that sold a piece is in `sold` from then on. */
export type OfferList = 'for-sale' | 'sold' | 'not-sold';

/**
 * These offers, at most `settings.formBatchSize`, or a page of all. Pages are counted from 0; a marketplace
 * may count from 1, and make its pages smaller than it is asked to.
 */
export type OfferQuery = { readonly list: OfferList } & (
  | { readonly ids: readonly string[] }
  | { readonly page: number }
);

export interface OfferPage {
  readonly offers: readonly Offer[];
  /** Of offers that came back without a readable id: which field, never its value. */
  readonly unreadable: readonly string[];
  /** How many offers all pages hold; undefined where nobody can tell. */
  readonly count: number | undefined;
}

/** An offer as a list of the marketplace shows it; what could not be read is undefined. */
export interface Offer {
  readonly id: string;
  readonly title: string | undefined;
  /** Buy Now where it has one, else the current bid, else the starting price. */
  readonly price: { readonly amount: Money; readonly kind: OfferPriceKind } | undefined;
  readonly startQuantity: number | undefined;
  readonly soldQuantity: number | undefined;
  readonly startedAtSeconds: EpochSeconds | undefined;
  /** When it ended or will end; undefined too while no end is set. */
  readonly endsAtSeconds: EpochSeconds | undefined;
}

export type OfferPriceKind = 'buy-now' | 'current' | 'starting';

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

/** Event ids are 64 bits wide. */
export const isBehind = (id: string, other: string): boolean => BigInt(id) < BigInt(other);
