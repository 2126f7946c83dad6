import { type EpochSeconds, SECOND } from '../base/time.ts';
import { isStop, type Stop } from '../faults/own-stop.ts';
import { dealsNamedBy } from '../ingest/named-deals.ts';
import { type FormsRead, readWithRows } from '../ingest/read-forms.ts';
import {
  CALLS_A_BATCH,
  emptyTally,
  forgetReadable,
  type SettleDeps,
  settleDeals,
  settleForms,
  settleUnreadable,
  type Tally,
} from '../ingest/settle.ts';
import type { JournalStore } from '../ingest/store.ts';
import { toldBy } from '../ingest/unconfirmed.ts';
import { isBehindIn } from '../marketplace/positions.ts';
import type { DealEvent } from '../marketplace/sales.ts';
import { Outstanding } from './outstanding.ts';
import { readPage, seenOf } from './page.ts';

/**
 * So many events are read ahead at most, and for so long, so that a form may be read before its deals are
 * looked up one by one, and once for all its events.
 */
const READ_AHEAD = 5_000;
const READ_AHEAD_MILLIS = 15 * SECOND;

/** Deals are looked up after so many batches of forms, so that they do not hold back the cursor for long. */
const BATCHES_BEFORE_DEALS = 2;

/** What a killed worker has to read again, at most, of what has landed. */
const SAVE_EVERY = 100;

export interface DrainDeps extends SettleDeps {
  readonly journal: JournalStore;
  readonly saveCursor: (reached: Reached) => Promise<void>;
  /** An event beyond a leap of ids that an earlier run has stored. */
  readonly leap?: string | undefined;
  /** In events. */
  readonly readAhead?: number;
}

export interface Drained extends Tally {
  readonly cursor: string;
  readonly outcome: 'done' | 'interrupted';
  /** Every event that was read is settled. */
  readonly clean: boolean;
  /** An event that is stored and stands beyond a leap of ids, where the cursor does not follow. */
  readonly leap?: string | undefined;
  /** When the oldest event was written that was read and is not settled. */
  readonly openSinceSeconds?: EpochSeconds | undefined;
  /** When the event at the cursor was written, where the cursor has moved. */
  readonly cursorEventAtSeconds?: EpochSeconds | undefined;
}

/**
 * Reads the deal journal from the cursor to its end and lands what its events hint at. The cursor moves only
 * over the leading run of settled events and is written after them and after they are noted as seen. An
 * event that is not settled stops the cursor, not the others. When time is up, one more step is made, so
 * that every run gets somewhere. Throws Stop, with what has landed saved.
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
      // A slow call more could outlive the function, and with it what has landed would be unknown.
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
    // Nothing is left behind that still asks.
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
  /** The batch of forms that is being read ahead. */
  next?: { readonly formIds: readonly string[]; readonly read: Promise<FormsRead> } | undefined;
  /** So many events are kept in view. */
  ahead: number;
  /** Spent on pages. */
  readMillis: number;
  /** Of forms, since deals were looked up. */
  batches: number;
  /** What has stopped a reading of which some is stored. */
  stop?: Stop | undefined;
}

/**
 * Reads ahead, or lands a batch of forms, or the deals of a batch of offers; full batches where there is a
 * choice, because each is one call. False when there is nothing left to do.
 */
async function step(deps: DrainDeps, reading: Reading, { last }: { last: boolean }): Promise<boolean> {
  const { outstanding, tally } = reading;
  const size = deps.marketplace.settings.formBatchSize;
  const mayRead = !reading.ended && outstanding.size < reading.ahead;
  if (mayRead && (!last || outstanding.size === 0)) {
    await readOn(deps, reading);
    if (!last) return true;
  }
  const formIds = outstanding.nextForms(CALLS_A_BATCH * size);
  const deals = outstanding.nextDeals(size);
  const isFull = new Set(deals.map(({ offerId }) => offerId)).size === size;
  const dealsFirst =
    formIds.length === 0 || (formIds.length < size && isFull) || reading.batches >= BATCHES_BEFORE_DEALS;
  if (deals.length > 0 && dealsFirst) {
    reading.batches = 0;
    outstanding.dealsRead(deals, await settleDeals(deps, deals, tally));
  } else if (formIds.length > 0) {
    reading.batches += 1;
    const read = await readNow(deps, reading, formIds);
    if (!last) readNext(deps, reading);
    const events = outstanding.eventsOfForms(formIds);
    const hints = { told: toldBy(events), named: dealsNamedBy(events) };
    const settled = await settleForms(deps, formIds, { tally, read, ...hints });
    outstanding.formsRead(formIds, settled);
    reading.stop = settled.stop;
  } else if (outstanding.unreadable().length > 0) {
    const events = outstanding.unreadable();
    outstanding.unreadableNoted(events, await settleUnreadable(deps, events, tally));
  } else return !reading.ended;
  return true;
}

/** These forms, which are mostly there already. */
async function readNow(deps: DrainDeps, reading: Reading, formIds: readonly string[]): Promise<FormsRead> {
  const { next } = reading;
  if (next === undefined || next.formIds.join() !== formIds.join()) return await readWithRows(deps, formIds);
  reading.next = undefined;
  return await next.read;
}

/** Asks for the batch after this one while this one lands; only for one that does not change any more. */
function readNext(deps: DrainDeps, reading: Reading): void {
  const size = CALLS_A_BATCH * deps.marketplace.settings.formBatchSize;
  const formIds = reading.outstanding.nextForms(2 * size).slice(size);
  const isSettled = formIds.length === size || (formIds.length > 0 && reading.ended);
  if (!isSettled || reading.next !== undefined) return;
  const read = readWithRows(deps, formIds);
  // Whoever waits for it hears of its failure.
  read.catch(() => undefined);
  reading.next = { formIds, read };
}

/** A form that was read before its newest event is read again. */
async function forgetIfOlder(reading: Reading, page: readonly DealEvent[]): Promise<void> {
  const { next } = reading;
  const isNamed = ({ formId }: DealEvent) => formId !== undefined && next?.formIds.includes(formId);
  if (next === undefined || !page.some(isNamed)) return;
  await next.read.catch(() => undefined);
  reading.next = undefined;
}

async function readOn(deps: DrainDeps, reading: Reading): Promise<void> {
  const startedAtMillis = deps.clock();
  const read = await readPage(deps, reading.after);
  const isBehind = isBehindIn(deps.marketplace.sales);
  // What is stored and stands beyond a leap is not read again, as long as nothing follows it.
  const page = withoutStored(read.events, { leap: deps.leap, isBehind });
  reading.readMillis += deps.clock() - startedAtMillis;
  await forgetIfOlder(reading, page);
  reading.outstanding.add(page);
  reading.tally.events += page.filter(({ id }) => isBehind(reading.after, id)).length;
  reading.ended = read.isEnd || (page.length === 0 && read.events.length > 0);
  reading.after = read.next;
  // A slow marketplace: what was read is enough to go on with.
  if (reading.readMillis >= READ_AHEAD_MILLIS) {
    reading.ahead = Math.max(1, Math.min(reading.ahead, reading.outstanding.size));
  }
}

/** The page without the events that stand beyond a leap and are stored, up to the last such one; overlaps read these again. */
function withoutStored(
  page: readonly DealEvent[],
  { leap, isBehind }: { leap: string | undefined; isBehind: ReturnType<typeof isBehindIn> },
): readonly DealEvent[] {
  const first = page.findIndex(({ id, isLeap }) => isLeap === true || id === leap);
  if (leap === undefined || first < 0) return page;
  return page.filter(({ id }, place) => place < first || isBehind(leap, id));
}

/** How far the cursor may go, and when that event was written. */
export interface Reached {
  readonly cursor: string;
  readonly atSeconds?: EpochSeconds | undefined;
}

/** Keeps the cursor behind what has landed, and writes it now and then; what has landed is noted as seen first. */
function openProgress(deps: DrainDeps, from: string) {
  let reached: Reached = { cursor: from };
  let { leap } = deps;
  let moved = false;
  let unseen: DealEvent[] = [];
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
    await deps.saveCursor(reached);
  };
  const pass = ({ id, atSeconds, isLeap = false }: DealEvent): void => {
    // An id that is misplaced never takes the cursor back.
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
    add: async (run: readonly DealEvent[]): Promise<void> => {
      unseen.push(...run);
      for (const event of run) pass(event);
      moved ||= run.length > 0;
      if (unseen.length >= SAVE_EVERY) await save();
    },
    /** The cursor is left to whoever concludes the run. */
    end: async (): Promise<Pick<Drained, 'cursor' | 'cursorEventAtSeconds' | 'leap'>> => {
      await markSeen();
      return { cursor: reached.cursor, cursorEventAtSeconds: reached.atSeconds, leap };
    },
  };
}
