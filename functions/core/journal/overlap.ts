import type { Account } from '../account/account.ts';
import type { Overlap } from '../account/sync-facts.ts';
import { DAY, type EpochMillis, HOUR, latestTrueTime, plus, toMillis } from '../base/time.ts';
import { isDue, type PeriodicTask, type TaskFacts } from '../ingest/periodic-task.ts';
import { type ProcessDeps, processEvents, retryQuarantined, type Tally } from '../ingest/process-orders.ts';
import type { JournalStore } from '../ingest/store.ts';
import type { Journal, SaleEvent } from '../marketplace/journal.ts';
import { isBehindIn } from '../marketplace/positions.ts';
import { readPage, seenOf } from './page.ts';
import { hasCursor, isCursor, startAnew } from './start.ts';

/**
 * Reads the journal again behind the cursor. Before that, orders that were quarantined are tried again: hourly
 * for a day, then daily.
 */
export const overlap: PeriodicTask = async (deps, { account, cursor, toldUntil, tally, save }) => {
  const due = overlapDue(account, { now: deps.clock(), journal: deps.marketplace.sales });
  if (due === undefined) return undefined;
  const { sinceMillis = deps.clock() } = due;
  if (account.overlap === undefined)
    await retryQuarantined(deps, tally, { which: due.kind === 'daily' ? 'all' : 'recent' });
  const isBehind = isBehindIn(deps.marketplace.sales);
  let isThere = false;
  let previous: SaleEvent | undefined;
  let beforeLeap: SaleEvent | undefined;
  const met = (events: readonly SaleEvent[]): void => {
    isThere ||= events.some((event) => isCursor(event, { cursor, toldUntil }));
    for (const event of events) {
      if (event.isLeap === true && !isBehind(cursor, event.id)) beforeLeap = newerOf(beforeLeap, previous);
      previous = event;
    }
  };
  const { leap = cursor } = account;
  const until = isBehind(cursor, leap) ? leap : cursor;
  const rest = await rereadOverlap(deps, { overlap: due, cursor: until, met }, tally);
  if (rest === undefined && !isThere && !(await hasCursor(deps, { cursor, toldUntil })))
    return await startAnew(deps, { account, cursor, save });
  const facts = overlapFacts({ ...due, sinceMillis }, rest);
  const back = rest === undefined ? backTo(beforeLeap, { cursor, toldUntil }) : undefined;
  if (back !== undefined) {
    await save(back);
    deps.log.warn('leap-taken-back', { accountId: deps.accountId, from: cursor, to: back.cursor });
  }
  return {
    outcome: rest === undefined ? 'done' : 'interrupted',
    facts: { ...facts, ...back },
    moved: rest?.after !== account.overlap?.after || tally.ordersChanged > 0,
  };
};

/** The later of two events that stand before leaps. */
const newerOf = (one: SaleEvent | undefined, other: SaleEvent | undefined): SaleEvent | undefined =>
  (one?.atSeconds ?? 0) > (other?.atSeconds ?? 0) ? one : other;

/**
 * The position to which the cursor goes back if it has followed ids that leapt while events still come with
 * ordinary ids, all of which would be behind it. Undefined if the event before the leap is no newer than the
 * cursor's event.
 */
function backTo(
  beforeLeap: SaleEvent | undefined,
  { cursor, toldUntil }: { cursor: string; toldUntil?: EpochMillis | undefined },
) {
  if (beforeLeap?.atSeconds === undefined || toldUntil === undefined) return undefined;
  const cursorEventAtMillis = toMillis(beforeLeap.atSeconds);
  if (cursorEventAtMillis <= toldUntil) return undefined;
  return { cursor: beforeLeap.id, cursorEventAtMillis, leap: cursor };
}

/** The facts after an overlap; reading all of the journal includes reading its last day. */
function overlapFacts({ kind, sinceMillis, requestMillis }: Overlap, rest: Overlap | undefined): TaskFacts {
  if (rest !== undefined) return { overlap: { ...rest, sinceMillis } };
  return {
    overlap: undefined,
    hourlyOverlapAtMillis: sinceMillis,
    ...(kind === 'daily' && { dailyOverlapAtMillis: sinceMillis, dailyOverlapRequestMillis: requestMillis }),
  };
}

/**
 * The overlap to read now, if any: an interrupted one first; then, once a day or when a check is asked for,
 * all of the journal since the first connect; then, once an hour, the part after the cursor of a day ago.
 */
export function overlapDue(
  account: Account,
  { now, journal }: { now: EpochMillis; journal: Pick<Journal, 'sortKey'> },
): Overlap | undefined {
  if (account.overlap !== undefined) return account.overlap;
  const { firstCursor } = account;
  if (firstCursor === undefined) return undefined;
  const { connectedAtMillis = now, dailyOverlapAtMillis: daily = connectedAtMillis } = account;
  const { dailyOverlapRequestMillis: answered, checkAskedAtMillis: requestMillis } = account;
  if (isDue(account, { doneAtMillis: daily, answered, every: DAY, now }))
    return { kind: 'daily', after: firstCursor, requestMillis };
  const { hourlyOverlapAtMillis: hourly = connectedAtMillis } = account;
  if (now >= plus(hourly, HOUR) || hourly > latestTrueTime(now))
    return { kind: 'hourly', after: cursorADayAgo(account, { now, journal }) ?? firstCursor };
  return undefined;
}

/**
 * The cursor of a day ago. One that is not behind the present cursor is from before the journal's ids began
 * anew.
 */
function cursorADayAgo(
  { hours = [], cursor }: Account,
  { now, journal }: Parameters<typeof overlapDue>[1],
): string | undefined {
  const mark = hours.findLast(({ atMillis }) => plus(atMillis, DAY) <= now)?.cursor;
  return mark !== undefined && cursor !== undefined && isBehindIn(journal)(cursor, mark) ? undefined : mark;
}

/**
 * Reads the journal again up to the cursor, which does not move, and stores the orders of events that are not
 * known as seen: they came late. A page of known events costs its call and no more. Returns the rest when the
 * time is up.
 */
export async function rereadOverlap(
  deps: ProcessDeps & { journal: JournalStore },
  {
    overlap,
    cursor,
    met,
  }: { overlap: Overlap; cursor: string; met?: (events: readonly SaleEvent[]) => void },
  tally: Tally,
): Promise<Overlap | undefined> {
  const isBehind = isBehindIn(deps.marketplace.sales);
  let { after } = overlap;
  while (isBehind(after, cursor)) {
    if (deps.outOfTime()) return { ...overlap, after };
    const page = await readPage(deps, after);
    met?.(page.events);
    const isProcessed = await processLate(
      deps,
      page.events.filter(({ id }) => !isBehind(cursor, id)),
      tally,
    );
    // Events left for lack of time would otherwise wait an hour for the next overlap.
    if (!isProcessed && deps.outOfTime()) return { ...overlap, after };
    if (page.isEnd) break;
    after = page.next;
  }
  return undefined;
}

async function processLate(
  deps: ProcessDeps & { journal: JournalStore },
  events: readonly SaleEvent[],
  tally: Tally,
): Promise<boolean> {
  const { sales } = deps.marketplace;
  const range = seenOf(sales, events);
  if (range === undefined) return true;
  const seen = await deps.journal.seen(deps.accountId, range);
  const late = events.filter(({ id }) => !seen.has(id));
  if (late.length === 0) return true;
  tally.late += late.length;
  const processed = await processEvents(deps, late, tally);
  const done = late.filter(({ id }) => processed.has(id));
  const noted = seenOf(sales, done);
  if (noted !== undefined) await deps.journal.markSeen(deps.accountId, noted, { late: true });
  return done.length === late.length;
}
