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
