/** What a marketplace may be without; its driver leaves the same part of the port out. */
export type OptionalCapability = 'lists' | 'offers';

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
  /** So that the API can tell without a driver; absent where nothing is lacking. */
  readonly lacks?: readonly OptionalCapability[];
}

export interface CallOptions {
  /** The whole call, connection to last byte, in milliseconds. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal;
}
