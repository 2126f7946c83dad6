import type { Account, HourMark, Overlap } from '../account.ts';
import type { JournalStore } from '../ports/journal.ts';
import { DAY, type EpochMillis, HOUR, plus } from '../time.ts';
import { isBehind, readPage } from './journal.ts';
import { type SettleDeps, settleEvents, type Tally } from './settle.ts';

/**
 * Which overlap is to be read now, if any: what was interrupted first, then all of the journal since the
 * first connect once a day, then what was written after the cursor of a day ago once an hour.
 */
export function overlapDue(account: Account, now: EpochMillis): Overlap | undefined {
  if (account.overlap !== undefined) return account.overlap;
  const { firstCursor } = account;
  if (firstCursor === undefined) return undefined;
  const isDue = (at: EpochMillis | undefined, every: number) => now >= plus(at ?? now, every);
  const connectedAt = account.connectedAtMillis;
  if (isDue(account.dailyOverlapAtMillis ?? connectedAt, DAY)) return { kind: 'daily', after: firstCursor };
  if (isDue(account.hourlyOverlapAtMillis ?? connectedAt, HOUR))
    return { kind: 'hourly', after: cursorADayAgo(account.hours, now) ?? firstCursor };
  return undefined;
}

const cursorADayAgo = (hours: readonly HourMark[] = [], now: EpochMillis): string | undefined =>
  hours.findLast(({ atMillis }) => plus(atMillis, DAY) <= now)?.cursor;

/**
 * Reads the journal again up to the cursor, which stays where it is, and lands what is not known as seen: an
 * event that came late. What is known costs its page and no more. Answers with what is left when time is up.
 */
export async function rereadOverlap(
  deps: SettleDeps & { journal: JournalStore },
  use: { overlap: Overlap; cursor: string },
  tally: Tally,
): Promise<Overlap | undefined> {
  const { overlap, cursor } = use;
  let { after } = overlap;
  while (isBehind(after, cursor)) {
    if (deps.outOfTime()) return { ...overlap, after };
    const page = await readPage(deps, after);
    await settleLate(
      deps,
      page.filter(({ id }) => !isBehind(cursor, id)),
      tally,
    );
    if (page.length < deps.marketplace.settings.journalPageSize) break;
    after = page.at(-1)?.id ?? cursor;
  }
  return undefined;
}

async function settleLate(
  deps: SettleDeps & { journal: JournalStore },
  events: Awaited<ReturnType<typeof readPage>>,
  tally: Tally,
): Promise<void> {
  const [first, last] = [events.at(0), events.at(-1)];
  if (first === undefined || last === undefined) return;
  const seen = await deps.journal.seen(deps.accountId, { first: first.id, last: last.id });
  const late = events.filter(({ id }) => !seen.has(id));
  if (late.length === 0) return;
  tally.late += late.length;
  const settled = await settleEvents(deps, late, tally);
  const done = late.map(({ id }) => id).filter((id) => settled.has(id));
  if (done.length > 0) await deps.journal.markSeen(deps.accountId, done, { late: true });
}
