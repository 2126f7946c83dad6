import type { DealEvent } from '../marketplace.ts';
import type { JournalStore } from '../ports/journal.ts';
import type { EpochSeconds } from '../time.ts';
import { readPage } from './journal.ts';
import { emptyTally, type SettleDeps, settleEvents, type Tally } from './settle.ts';

/** So many events are held back at most, so that a form may come before its deals are looked up one by one. */
const OUTSTANDING = 300;

export interface DrainDeps extends SettleDeps {
  readonly journal: JournalStore;
  readonly saveCursor: (cursor: string) => Promise<void>;
}

export interface Drained extends Tally {
  readonly cursor: string;
  readonly outcome: 'done' | 'interrupted';
  /** Every event that was read is settled. */
  readonly clean: boolean;
  /** When the event at the cursor was written, where the cursor has moved. */
  readonly cursorEventAtSeconds?: EpochSeconds | undefined;
}

/**
 * Reads the deal journal from the cursor to its end and lands what its events hint at. The cursor moves only
 * over the leading run of settled events and is written after them and after they are noted as seen. An
 * event that is not settled stops the cursor, not the others.
 */
export async function drain(deps: DrainDeps, from: string, tally: Tally = emptyTally()): Promise<Drained> {
  const size = deps.marketplace.settings.journalPageSize;
  let readUpTo = from;
  let reached: Pick<DealEvent, 'id' | 'atSeconds'> | undefined;
  let clean = true;
  let outstanding: DealEvent[] = [];
  for (;;) {
    const page = await readPage(deps, readUpTo);
    outstanding.push(...page);
    tally.events += page.length;
    readUpTo = page.at(-1)?.id ?? readUpTo;
    const last = page.length < size;
    const stop = last || deps.outOfTime();
    if (!stop && outstanding.length < OUTSTANDING) continue;
    const settled = await settleEvents(deps, outstanding, tally);
    const run: DealEvent[] = clean ? leadingRun(outstanding, settled) : [];
    clean &&= run.length === outstanding.length;
    outstanding = [];
    reached = run.at(-1) ?? reached;
    if (run.length > 0) {
      await deps.journal.markSeen(
        deps.accountId,
        run.map(({ id }) => id),
      );
    }
    const cursor = reached?.id ?? from;
    if (stop) {
      const outcome = last ? 'done' : 'interrupted';
      return { ...tally, cursor, outcome, clean, cursorEventAtSeconds: reached?.atSeconds };
    }
    if (run.length > 0) await deps.saveCursor(cursor);
  }
}

/** The unbroken run of settled events at the beginning. */
export function leadingRun(events: readonly DealEvent[], settled: ReadonlySet<string>): DealEvent[] {
  const firstOpen = events.findIndex(({ id }) => !settled.has(id));
  return firstOpen === -1 ? [...events] : events.slice(0, firstOpen);
}
