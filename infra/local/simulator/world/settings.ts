/** Settings that can be changed while the simulator runs. */
export interface Settings {
  /** Seconds between a purchase and its event of type 1 in the journal. */
  journalDelaySeconds: number;
  /** Seconds from the creation of a session to its end. */
  sessionSeconds: number;
  /** Most sessions of one seller; a further one ends the oldest silently. */
  sessionCap: number;
  /** HTTP status of faults. */
  faultStatus: number;
  /** Days for which the journal keeps its events. */
  retentionDays: number;
  /** Probability that the event of a sale's creation comes after those of its payment or cancellation. */
  outOfOrder: number;
  /** Probability that an event is written behind the newest one of its seller. */
  behindCursor: number;
  /** Probability that an event is written again some seconds later, under a new id. */
  duplicates: number;
  /** Probability that an event that names a sale is never written. */
  lossy: number;
  /** Whether doGetUserID answers; if not, the method is out of service. */
  answersUserId: boolean;
  /** Probability that a reading of a sale, a purchase or a buyer shows less than the journal has told. */
  contradicts: number;
  /** Probability that a sale is shown with another sale, or itself, among its surcharges. */
  misnames: number;
  /** Probability that one of several purchases leaves its sale when the sale is paid. */
  leaves: number;
  /** Probability that an event of the journal is shown with a field that cannot be read. */
  unreadableEvents: number;
  /** Most events in a page of the journal; a service may answer with fewer than it has. */
  journalPage: number;
  /** Compresses replies for clients that accept it. */
  gzip: boolean;
  /** Variants of the wire: see `Variants`. */
  acceptsCountryId: boolean;
  faultPrefix: string;
  longestList: number;
  extraElements: boolean;
  lenient: boolean;
}

export const DEFAULT_SETTINGS: Readonly<Settings> = {
  journalDelaySeconds: 0,
  sessionSeconds: 3600,
  sessionCap: 10,
  faultStatus: 500,
  retentionDays: 30,
  outOfOrder: 0.2,
  behindCursor: 0,
  duplicates: 0,
  lossy: 0,
  answersUserId: true,
  contradicts: 0,
  journalPage: 100,
  misnames: 0,
  leaves: 0,
  unreadableEvents: 0,
  gzip: false,
  acceptsCountryId: false,
  faultPrefix: '',
  longestList: 0,
  extraElements: false,
  lenient: false,
};
