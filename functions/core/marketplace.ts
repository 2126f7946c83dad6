import type { OrderFlag } from './flags.ts';
import type { Money } from './money.ts';
import type { Secret } from './secret.ts';
import type { EpochSeconds } from './time.ts';

/**
 * The port to a marketplace. A driver speaks one protocol (the SOAP WebAPI is the first, OAuth/REST
 * drivers fit behind the same port) and translates it to these words. Ids are decimal strings, because
 * they are 64 bits wide. Every method may throw `MarketplaceFault`, and nothing else on purpose.
 */
export interface Marketplace {
  readonly settings: MarketplaceSettings;
  /** What must be known before anybody can log in, cacheable per WebAPI key; absent where the protocol has none. */
  readonly fetchVersionKey?: (webapiKey: Secret, options: CallOptions) => Promise<string>;
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

/** What distinguishes one marketplace from another; everything a driver needs that is not a secret. */
export interface MarketplaceSettings {
  readonly id: string;
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
  readonly id: string;
  readonly kind: DealEventKind;
  readonly atSeconds: EpochSeconds;
  readonly dealId: string;
  /** Absent on `deal-created`. */
  readonly formId: string | undefined;
  readonly offerId: string;
  readonly buyerId: string;
  readonly quantity: number;
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

export interface FormDeal {
  readonly dealId: string;
  readonly quantity: number;
  /** Price of one piece after discount. */
  readonly unitPrice: Money;
  readonly discounted: boolean;
  readonly boughtAt: MarketplaceTime;
  readonly variant?: { readonly name: string; readonly value: string };
}

export interface FormLine {
  readonly offerId: string;
  readonly title: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly amount: Money;
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

/** A post-buy form: what the buyer chose, and how far the payment is. Unused addresses are undefined. */
export interface Form {
  readonly id: string;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly lines: readonly FormLine[];
  /** Goods and delivery. */
  readonly total: Money;
  readonly deliveryCost: Money;
  readonly paidOnline: Money;
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
  readonly shipmentMethodId: number;
  readonly shipmentAddress: Address | undefined;
  readonly pickupPoint: Address | undefined;
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
