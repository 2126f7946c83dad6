/** Capabilities that a marketplace may lack; its driver leaves the same part of the port out. */
export type OptionalCapability = 'lists' | 'offers';

/** Facts by which a marketplace differs from others: everything that a driver needs except secrets. */
export interface MarketplaceSettings {
  readonly id: string;
  /**
   * Name of the marketplace itself, equal for all its entrances (endpoints, dialects) to the same sellers, so
   * that a seller is not logged in twice through two entrances. Claims, login memory, shared trouble and call
   * limits are kept under this name.
   */
  readonly identity: string;
  readonly name: string;
  /** URL of the protocol: HTTPS, or HTTP on a loopback address. */
  readonly endpoint: string;
  /** IANA time zone of dates that come without a zone. */
  readonly timeZone: string;
  /** Number of characters of a password that the marketplace reads; further ones are ignored. */
  readonly passwordMaxLength: number;
  /** Time for which a session handle is used after its login, in milliseconds. */
  readonly sessionLifeMillis: number;
  readonly journalPageSize: number;
  /** Whether a page of the journal that is not full is the last one. Set only where recordings show this. */
  readonly fillsJournalPages: boolean;
  readonly saleBatchSize: number;
  /** Lets the API know without a driver; absent if nothing is lacking. */
  readonly lacks?: readonly OptionalCapability[];
}

export interface CallOptions {
  /** Time limit of the whole call, from connection to last byte, in milliseconds. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal;
}
