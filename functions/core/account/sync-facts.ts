import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { FlagCounts } from '../orders/flags.ts';
import type { FeedPlace, RowBatch } from '../orders/store.ts';

/** The outcome of reading an order that was not stored yet, for which the request waits. */
export interface Repaired {
  readonly orderId: string;
  /** Time of the request, by which the request finds its outcome. */
  readonly askedAtMillis: EpochMillis;
  /** `unnamed`: the marketplace answered, and does not name the order. */
  readonly outcome: 'done' | 'failed' | 'unnamed';
}

export interface LastRun {
  readonly startedAtMillis: EpochMillis;
  readonly finishedAtMillis: EpochMillis;
  readonly outcome: 'done' | 'interrupted' | 'failed' | 'stopped';
  readonly events: number;
  readonly ordersChanged: number;
  /** Number of changed orders with a flag. */
  readonly flagged?: number;
  /** Number of changed orders with each flag. */
  readonly flags?: FlagCounts;
  /** Number of events found behind the cursor. */
  readonly late?: number;
  readonly reason?: FaultReason;
}

/** Counts of the runs within one hour, and the cursor at the end of the first of them. */
export interface HourMark {
  readonly atMillis: EpochMillis;
  readonly cursor: string;
  readonly events: number;
  readonly ordersChanged: number;
  readonly flagged: number;
  /** Number of orders with each flag; absent if none has any. */
  readonly flags?: FlagCounts;
  readonly late: number;
}

/** A re-reading of the journal behind the cursor: a day of it every hour, all of it every day. */
export interface Overlap {
  readonly kind: 'hourly' | 'daily';
  /** Position after which events are still to be read again. */
  readonly after: string;
  /** Start of the re-reading: an event written later may stand in the part that was read before. */
  readonly sinceMillis?: EpochMillis | undefined;
  /** For a daily one: the request for a check that was known at its start, and that it answers. */
  readonly requestMillis?: EpochMillis | undefined;
}

/** Trouble for which a part of the offers is not read for now. */
export interface OfferTrouble {
  readonly reason: FaultReason;
  readonly operation: string;
  readonly code?: string | undefined;
  readonly atMillis: EpochMillis;
  /** The last request for a check that was known; a later one does not wait for the trouble to pass. */
  readonly requestMillis?: EpochMillis | undefined;
}

/** Progress of the snapshot of offers. */
export interface OfferFacts {
  /** The last entry of the offer journal whose offer was read again. */
  readonly cursor?: string | undefined;
  /** Time when that journal was last read to its end, and the request for a check that this answered. */
  readonly readAtMillis?: EpochMillis | undefined;
  readonly readRequestMillis?: EpochMillis | undefined;
  /** Start of the first complete listing; older entries of the journal are skipped. */
  readonly firstListedAtMillis?: EpochMillis | undefined;
  /** Start of the last complete listing, and the request for a check that it answered. */
  readonly listedAtMillis?: EpochMillis | undefined;
  readonly listedRequestMillis?: EpochMillis | undefined;
  /** Time since which an offer is announced that no list has shown yet. */
  readonly announcedAtMillis?: EpochMillis | undefined;
  readonly journalTrouble?: OfferTrouble | undefined;
  readonly listingTrouble?: OfferTrouble | undefined;
}

/** Result of the last comparison with the marketplace's own lists. */
export interface ListCheck {
  /** Start of the check: later orders are not in it. */
  readonly atMillis: EpochMillis;
  /** The request for a check that was known at its start, and that it answered. */
  readonly requestMillis?: EpochMillis | undefined;
  /** The list that was read; absent if no list could be read. */
  readonly list?: ListKind | undefined;
  /** Lists that named nothing, although known sales should be on them. */
  readonly blind?: readonly ListKind[] | undefined;
  /** The first day of the check, in the marketplace's calendar. */
  readonly since: string;
  /** Numbers of sales that the journal lost, and of changes that it never told, within these days. */
  readonly lost: number;
  readonly untold: number;
}

/** Whether the journal still had the cursor's own event after a pause. */
export interface JournalGap {
  readonly lookedAtMillis: EpochMillis;
  /** The last gap that was found. */
  readonly found?:
    | {
        readonly atMillis: EpochMillis;
        /** Time since which sales are imported. */
        readonly fromMillis: EpochMillis;
        /**
         * `filled` only after a check has also read the orders known before again, for payments or
         * cancellations during the pause.
         */
        readonly state: 'filling' | 'filled' | 'unfilled';
        readonly importId: string;
        /**
         * Time when the lists had been read, or given up. The check that fills the gap has to begin later, and names
         * the gap by this time.
         */
        readonly listedAtMillis?: EpochMillis | undefined;
        /** Whether at least one list could be read. */
        readonly isRead?: boolean | undefined;
      }
    | undefined;
}

/** Facts of the synchronisation and its claim. */
export interface SyncFacts {
  readonly claimToken?: string | undefined;
  readonly claimUntilMillis?: EpochMillis | undefined;
  /**
   * Rows that are being written: set before the first is written, and kept until their feed page is stored and the
   * claim ends.
   */
  readonly batch?: RowBatch | undefined;
  /** Number of the last feed entry when a batch last ended; rows with numbers up to it are known to be in the feed. */
  readonly fedUntil?: number | undefined;
  /** For a removal: time until which writes of a killed worker may still arrive. */
  readonly lateWritesUntilMillis?: EpochMillis | undefined;
  /**
   * The last event up to which everything is stored; '0' before the first. Absent before the first
   * connect.
   */
  readonly cursor?: string | undefined;
  /** Time when the first connect set the cursor. Earlier sales are stored only by an import. */
  readonly connectedAtMillis?: EpochMillis | undefined;
  /**
   * Time of the journal's newest event at the first connect, by the marketplace's clock; absent if it had none. A sale
   * that has changed since is not from before the connect, even if our clock was ahead at that time.
   */
  readonly firstEventAtMillis?: EpochMillis | undefined;
  /** Progress of the search for the journal's end, as a text of the search's own. */
  readonly search?: string | undefined;
  /**
   * Position from which the journal may be read again: a day before the first connect, or before its ids
   * began anew.
   */
  readonly firstCursor?: string | undefined;
  /** A stored event far beyond the cursor, as if ids had leapt, that no event has followed yet. */
  readonly leap?: string | undefined;
  /** Time of the event at the cursor. */
  readonly cursorEventAtMillis?: EpochMillis | undefined;
  /** Time of the oldest event that was read and is not processed; absent while there is none. */
  readonly openEventAtMillis?: EpochMillis | undefined;
  /** Time when a run last reached the journal's end and left nothing open. */
  readonly lastSuccessAtMillis?: EpochMillis | undefined;
  /** Hours with events, oldest first: those of a day, and the one before. */
  readonly hours?: readonly HourMark[] | undefined;
  readonly hourlyOverlapAtMillis?: EpochMillis | undefined;
  readonly dailyOverlapAtMillis?: EpochMillis | undefined;
  /** The request for a check that the last daily overlap answered. */
  readonly dailyOverlapRequestMillis?: EpochMillis | undefined;
  /**
   * Set while the journal has more than one run can read: the newest event that was read ahead of its turn.
   */
  readonly backlog?: { readonly newestAfter?: string } | undefined;
  /**
   * The last request to do all daily work now, named by its time. Work notes the request that it answers, and the two
   * are compared for equality only: a clock that is ahead would make work later than a request that it does not answer.
   */
  readonly checkAskedAtMillis?: EpochMillis | undefined;
  /** An overlap that was interrupted. */
  readonly overlap?: Overlap | undefined;
  readonly offers?: OfferFacts | undefined;
  readonly check?: ListCheck | undefined;
  /** The import that was requested and is not over. */
  readonly importing?: string | undefined;
  readonly gap?: JournalGap | undefined;
  /** Number of orders that failed and wait, quarantined or not. They are read only while there are any. */
  readonly failedOrders?: number | undefined;
  /** A sale that could be read lately. Reading it again tells a failed order from an outage. */
  readonly goodSaleId?: string | undefined;
  /** Number of interrupted runs in a row that made no progress. */
  readonly fruitlessRuns?: number | undefined;
  readonly lastSlotMillis?: EpochMillis | undefined;
  readonly lastRepair?: Repaired | undefined;
  readonly lastRun?: LastRun | undefined;
  /** The feed entry up to which buyers' data were erased because of their age. */
  readonly retentionPlace?: FeedPlace | undefined;
  /** Time of the next entry of the feed, or an earlier one: no data that may be too old are younger. */
  readonly retentionSinceMillis?: EpochMillis | undefined;
  /** Time when `plan` sends the account to work; absent while only a person can help. */
  readonly dueAtMillis?: EpochMillis | undefined;
}
