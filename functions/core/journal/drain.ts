import { type EpochSeconds, SECOND } from '../base/time.ts';
import { isStop, type Stop } from '../faults/own-stop.ts';
import { purchasesNamedBy } from '../ingest/named-purchases.ts';
import {
  emptyTally,
  forgetReadable,
  type ProcessDeps,
  processPurchases,
  processSales,
  processUnreadable,
  rowBatchSize,
  type Tally,
} from '../ingest/process-orders.ts';
import { readWithRows, type SalesRead } from '../ingest/read-sales.ts';
import type { JournalStore } from '../ingest/store.ts';
import { toldBy } from '../ingest/unconfirmed.ts';
import type { SaleEvent } from '../marketplace/journal.ts';
import { isBehindIn } from '../marketplace/positions.ts';
import { Outstanding } from './outstanding.ts';
import { readPage, seenOf } from './page.ts';

/**
 * Most events that are read ahead, and the time for it, so that a sale is read once for all its events and
 * before its purchases would be looked up one by one.
 */
const READ_AHEAD = 5_000;
const READ_AHEAD_MILLIS = 15 * SECOND;

/**
 * Number of batches of sales after which purchases are looked up, so that purchases do not hold the cursor back for
 * long.
 */
const BATCHES_BEFORE_PURCHASES = 2;

/** Most stored events that a killed worker has to read again. */
const SAVE_EVERY = 100;

export interface DrainDeps extends ProcessDeps {
  readonly journal: JournalStore;
  readonly saveReached: (reached: Reached) => Promise<void>;
  /** A stored event beyond a leap of ids, from an earlier run. */
  readonly leap?: string | undefined;
  /** Number of events to read ahead. */
  readonly readAhead?: number;
}

export interface Drained extends Tally {
  readonly cursor: string;
  readonly outcome: 'done' | 'interrupted';
  /** Whether every event that was read is processed. */
  readonly clean: boolean;
  /** A stored event beyond a leap of ids, where the cursor does not follow. */
  readonly leap?: string | undefined;
  /** Time of the oldest event that was read and is not processed. */
  readonly openSinceSeconds?: EpochSeconds | undefined;
  /** Time of the event at the cursor, if the cursor has moved. */
  readonly cursorEventAtSeconds?: EpochSeconds | undefined;
}

/**
 * Reads the journal of sales from the cursor to its end and stores the orders that its events hint at. The cursor
 * moves only over the leading run of processed events; it is written after their orders, and after they are
 * noted as seen. An event that is not processed stops the cursor, and no other event. When the time is up,
 * another step is made if none has moved the cursor, so that every run makes progress. Throws Stop, with the
 * cursor saved.
 */
export async function drain(deps: DrainDeps, from: string, tally: Tally = emptyTally()): Promise<Drained> {
  const reading: Reading = {
    outstanding: new Outstanding(),
    ahead: deps.readAhead ?? READ_AHEAD,
    after: from,
    ended: false,
    batches: 0,
    readMillis: 0,
    tally,
  };
  const progress = openProgress(deps, from);
  try {
    for (;;) {
      const last = deps.outOfTime();
      // Another slow call could outlive the function, and the progress of the run would be lost.
      if (last && progress.moved())
        return { ...(await ended(progress, reading)), outcome: 'interrupted', clean: false };
      const more = await step(deps, reading, { last });
      const passed = reading.outstanding.takeRun();
      await forgetReadable(deps, passed);
      await progress.add(passed);
      if (reading.stop !== undefined) throw reading.stop;
      if (!last && more) continue;
      const { clean } = reading.outstanding;
      const outcome = reading.ended && !more && (clean || !last) ? 'done' : 'interrupted';
      return { ...(await ended(progress, reading)), outcome, clean };
    }
  } catch (error) {
    if (isStop(error)) await progress.save();
    throw error;
  } finally {
    // Waits for the reading under way, so that nothing still makes calls afterwards.
    await reading.next?.read.catch(() => undefined);
  }
}

const ended = async (
  progress: ReturnType<typeof openProgress>,
  { tally, outstanding }: Reading,
): Promise<Omit<Drained, 'outcome' | 'clean'>> => ({
  ...tally,
  ...(await progress.end()),
  openSinceSeconds: outstanding.oldestOpen?.atSeconds,
});

interface Reading {
  readonly outstanding: Outstanding;
  readonly tally: Tally;
  after: string;
  ended: boolean;
  /** The batch of sales that is being read ahead. */
  next?: { readonly saleIds: readonly string[]; readonly read: Promise<SalesRead> } | undefined;
  /** Most events that are read ahead of their orders. */
  ahead: number;
  /** Milliseconds spent on reading pages. */
  readMillis: number;
  /** Number of batches of sales since purchases were looked up. */
  batches: number;
  /** The reason for which reading stopped; the parts that were read are stored. */
  stop?: Stop | undefined;
}

/**
 * Reads a page ahead, or stores a batch of sales, or stores the purchases of a batch of offers. Prefers full
 * batches, because each costs a call. False when nothing is left to do.
 */
async function step(deps: DrainDeps, reading: Reading, { last }: { last: boolean }): Promise<boolean> {
  const { outstanding, tally } = reading;
  const size = deps.marketplace.settings.saleBatchSize;
  const mayRead = !reading.ended && outstanding.size < reading.ahead;
  if (mayRead && (!last || outstanding.size === 0)) {
    await readNextPage(deps, reading);
    if (!last) return true;
  }
  const saleIds = outstanding.nextSales(rowBatchSize(deps));
  const purchases = outstanding.nextPurchases(size);
  const isFull = new Set(purchases.map(({ offerId }) => offerId)).size === size;
  const purchasesFirst =
    saleIds.length === 0 || (saleIds.length < size && isFull) || reading.batches >= BATCHES_BEFORE_PURCHASES;
  if (purchases.length > 0 && purchasesFirst) {
    reading.batches = 0;
    outstanding.purchasesRead(purchases, await processPurchases(deps, purchases, tally));
  } else if (saleIds.length > 0) {
    reading.batches += 1;
    const read = await readNow(deps, reading, saleIds);
    if (!last) readBatchAhead(deps, reading);
    const events = outstanding.eventsOfSales(saleIds);
    const hints = { told: toldBy(events), named: purchasesNamedBy(events) };
    const processed = await processSales(deps, saleIds, { tally, read, ...hints });
    outstanding.salesRead(saleIds, processed);
    reading.stop = processed.stop;
  } else if (outstanding.unreadable().length > 0) {
    const events = outstanding.unreadable();
    outstanding.unreadableNoted(events, await processUnreadable(deps, events, tally));
  } else return !reading.ended;
  return true;
}

/** The reading of these sales, which was mostly made ahead. */
async function readNow(deps: DrainDeps, reading: Reading, saleIds: readonly string[]): Promise<SalesRead> {
  const { next } = reading;
  if (next === undefined || next.saleIds.join() !== saleIds.join()) return await readWithRows(deps, saleIds);
  reading.next = undefined;
  return await next.read;
}

/** Reads the next batch ahead while this one is stored, if no further events can change its choice. */
function readBatchAhead(deps: DrainDeps, reading: Reading): void {
  const size = rowBatchSize(deps);
  const saleIds = reading.outstanding.nextSales(2 * size).slice(size);
  const isProcessed = saleIds.length === size || (saleIds.length > 0 && reading.ended);
  if (!isProcessed || reading.next !== undefined) return;
  const read = readWithRows(deps, saleIds);
  // The failure is thrown where the reading is awaited; until then it must not count as unhandled.
  read.catch(() => undefined);
  reading.next = { saleIds, read };
}

/** Drops a reading that was made ahead if the page has a newer event of one of its sales. */
async function forgetIfOlder(reading: Reading, page: readonly SaleEvent[]): Promise<void> {
  const { next } = reading;
  const isNamed = ({ saleId }: SaleEvent) => saleId !== undefined && next?.saleIds.includes(saleId);
  if (next === undefined || !page.some(isNamed)) return;
  await next.read.catch(() => undefined);
  reading.next = undefined;
}

async function readNextPage(deps: DrainDeps, reading: Reading): Promise<void> {
  const startedAtMillis = deps.clock();
  const read = await readPage(deps, reading.after);
  const isBehind = isBehindIn(deps.marketplace.sales);
  // Stored events beyond a leap are not read again, as long as no event follows them.
  const page = withoutStored(read.events, { leap: deps.leap, isBehind });
  reading.readMillis += deps.clock() - startedAtMillis;
  await forgetIfOlder(reading, page);
  reading.outstanding.add(page);
  reading.tally.events += page.filter(({ id }) => isBehind(reading.after, id)).length;
  reading.ended = read.isEnd || (page.length === 0 && read.events.length > 0);
  reading.after = read.next;
  // The marketplace is slow, so the run goes on with the events read so far.
  if (reading.readMillis >= READ_AHEAD_MILLIS) {
    reading.ahead = Math.max(1, Math.min(reading.ahead, reading.outstanding.size));
  }
}

/** The page without stored events beyond a leap, up to the last of them. Overlaps read these again. */
function withoutStored(
  page: readonly SaleEvent[],
  { leap, isBehind }: { leap: string | undefined; isBehind: ReturnType<typeof isBehindIn> },
): readonly SaleEvent[] {
  const first = page.findIndex(({ id, isLeap }) => isLeap === true || id === leap);
  if (leap === undefined || first < 0) return page;
  return page.filter(({ id }, place) => place < first || isBehind(leap, id));
}

/** Position of the cursor, and the time of its event. */
export interface Reached {
  readonly cursor: string;
  readonly atSeconds?: EpochSeconds | undefined;
}

/** Moves the cursor over processed events and saves it now and then, after the events were noted as seen. */
function openProgress(deps: DrainDeps, from: string) {
  let reached: Reached = { cursor: from };
  let { leap } = deps;
  let moved = false;
  let unseen: SaleEvent[] = [];
  const { sales } = deps.marketplace;
  const isBehind = isBehindIn(sales);
  const markSeen = async (): Promise<void> => {
    const events = seenOf(sales, unseen);
    if (events !== undefined) await deps.journal.markSeen(deps.accountId, events);
    unseen = [];
  };
  const save = async (): Promise<void> => {
    if (!moved || unseen.length === 0) return;
    await markSeen();
    await deps.saveReached(reached);
  };
  const pass = ({ id, atSeconds, isLeap = false }: SaleEvent): void => {
    // A misplaced id never takes the cursor back.
    if (!isBehind(reached.cursor, id) || id === leap) return;
    const isFollowed = leap !== undefined && isBehind(leap, id);
    if (!isFollowed && isLeap) {
      leap = id;
      return;
    }
    if (isFollowed) leap = undefined;
    reached = { cursor: id, atSeconds };
  };
  return {
    save,
    moved: () => moved,
    add: async (run: readonly SaleEvent[]): Promise<void> => {
      unseen.push(...run);
      for (const event of run) pass(event);
      moved ||= run.length > 0;
      if (unseen.length >= SAVE_EVERY) await save();
    },
    /** Returns the cursor unsaved, because the conclusion of the run writes it. */
    end: async (): Promise<Pick<Drained, 'cursor' | 'cursorEventAtSeconds' | 'leap'>> => {
      await markSeen();
      return { cursor: reached.cursor, cursorEventAtSeconds: reached.atSeconds, leap };
    },
  };
}
