/** What can be changed while the simulator runs. */
export interface Settings {
  /** How much later than the purchase a type 1 event is written. */
  journalDelaySeconds: number;
  /** Life of a session, from its creation. */
  sessionSeconds: number;
  /** Sessions that one seller may have; one more ends the oldest silently. */
  sessionCap: number;
  /** HTTP status of faults. */
  faultStatus: number;
  /** How long the journal keeps its entries. */
  retentionDays: number;
  /** Probability that a form's own events come after those of its payment or cancellation. */
  outOfOrder: number;
  /** Probability that an event is written behind the newest one of its seller. */
  behindCursor: number;
  /** Probability that an event is written again some seconds later, under a new id. */
  duplicates: number;
  /** Probability that an event that names a form is never written. */
  lossy: number;
  /** doGetUserID tells who has a login; off, it is out of service. */
  answersUserId: boolean;
  /** Probability that a reading of a form, a purchase or a buyer shows less than the journal has told. */
  contradicts: number;
  /** Probability that a form is shown with another form, or itself, among its surcharges. */
  misnames: number;
  /** Probability that one of several purchases leaves its form when that is paid. */
  leaves: number;
  /** Probability that an event of the journal is shown with a field that cannot be read. */
  unreadableEvents: number;
  /** Events in a page of the journal at most; a service may answer with fewer than it has. */
  journalPage: number;
  /** Replies are compressed for clients that accept it. */
  gzip: boolean;
  /** Variants of the wire; see `Variants` there. */
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
