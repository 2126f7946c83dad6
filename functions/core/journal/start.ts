import type { OpenSession } from '../access/session.ts';
import type { Account } from '../account/account.ts';
import { checkAsked } from '../account/requests.ts';
import type { SyncChanges } from '../account/store.ts';
import type { SyncFacts } from '../account/sync-facts.ts';
import { type Clock, DAY, type EpochMillis, epochMillis, plus, toMillis, toSeconds } from '../base/time.ts';
import type { TaskDeps, TaskDone } from '../ingest/periodic-task.ts';
import type { JournalStore } from '../ingest/store.ts';
import type { SaleEvent } from '../marketplace/journal.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import { BEGINNING, isBehindIn } from '../marketplace/positions.ts';
import { newestPage, searchOn, Unfinished } from './first-connect.ts';
import { readPage, seenOf } from './page.ts';

interface StartDeps {
  readonly accountId: string;
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly journal: JournalStore;
  readonly clock: Clock;
  readonly outOfTime: () => boolean;
}

type Start = Pick<SyncFacts, 'cursor' | 'firstCursor' | 'cursorEventAtMillis' | 'leap'>;
export type FirstStart = Start & Pick<SyncFacts, 'firstEventAtMillis'>;

/**
 * Where a first connect begins: at the journal's newest event. Events of the day before are noted as seen, so
 * that an event which comes later, behind the cursor, is told from them when the journal is read again.
 * Without time for that, nothing from before the cursor is read again. Throws MarketplaceFault.
 */
export async function firstStart(deps: StartDeps, account: Account): Promise<FirstStart | Unfinished> {
  const newest = await newestPage(deps, { search: account.search, isLate: deps.outOfTime });
  if (newest instanceof Unfinished) return newest;
  const last = newest.found.at(-1);
  if (last === undefined) return { cursor: BEGINNING, firstCursor: BEGINNING };
  // A clock that is ahead would put the day before the connect behind the newest event.
  const firstEventAtMillis = newestTime(newest.found);
  const since = plus(epochMillis(Math.min(deps.clock(), firstEventAtMillis ?? Infinity)), -DAY);
  const after = await dayBefore(deps, { newest: last.id, since });
  const standing = after === undefined ? undefined : await noteStanding(deps, { after, until: last.id });
  if (after === undefined || standing === undefined)
    return { ...startAt(last), firstCursor: last.id, firstEventAtMillis };
  const isBehind = isBehindIn(deps.marketplace.sales);
  const before = standing.findLast(({ id }) => isBehind(id, last.id));
  const isLeap = standing.some((event) => event.id === last.id && event.isLeap === true);
  const first = { firstCursor: after, firstEventAtMillis };
  if (before !== undefined && isLeap) return { ...startAt(before), ...first, leap: last.id };
  return { ...startAt(last), ...first };
}

/** The latest time of these events, which need not stand in the order of their times. */
function newestTime(events: readonly SaleEvent[]): EpochMillis | undefined {
  const times = events.flatMap(({ atSeconds }) => (atSeconds === undefined ? [] : toMillis(atSeconds)));
  return times.length === 0 ? undefined : epochMillis(Math.max(...times));
}

const startAt = ({ id, atSeconds }: SaleEvent): Start => ({
  cursor: id,
  cursorEventAtMillis: atSeconds === undefined ? undefined : toMillis(atSeconds),
});

/**
 * A position behind which all events are older than `since`; undefined when the time is up, and if the
 * journal cannot be searched backwards.
 */
async function dayBefore(
  { marketplace: { sales }, session, outOfTime }: StartDeps,
  { newest, since }: { newest: string; since: EpochMillis },
): Promise<string | undefined> {
  const { before } = sales;
  if (before === undefined) return undefined;
  const query = { position: newest, sinceMillis: since };
  const found = await searchOn(
    (resume) => session.call((handle, options) => before(handle, { ...query, resume }, options)),
    { isLate: outOfTime },
  );
  return found instanceof Unfinished ? undefined : found.found;
}

/** Notes the events in this range as seen; with `before`, only older ones. Undefined when the time is up. */
async function noteStanding(
  deps: StartDeps,
  { after, until, before }: { after: string; until: string; before?: EpochMillis },
): Promise<SaleEvent[] | undefined> {
  const { sales } = deps.marketplace;
  const isBehind = isBehindIn(sales);
  const standing: SaleEvent[] = [];
  for (let from = after; isBehind(from, until); ) {
    if (deps.outOfTime()) return undefined;
    const page = await readPage(deps, from);
    const known = page.events.filter(({ id }) => !isBehind(until, id));
    const isNoted = ({ atSeconds }: SaleEvent) =>
      before === undefined || (atSeconds !== undefined && toMillis(atSeconds) < before);
    const events = seenOf(sales, known.filter(isNoted));
    if (events !== undefined) await deps.journal.markSeen(deps.accountId, events);
    standing.push(...known);
    if (page.isEnd) break;
    from = page.next;
  }
  return standing;
}

/**
 * Whether the journal still has the cursor's own event. If not, its ids have begun anew, and no later event
 * would ever be behind the cursor.
 */
export async function hasCursor(
  { marketplace, session }: Pick<StartDeps, 'marketplace' | 'session'>,
  { cursor, toldUntil }: { cursor: string; toldUntil?: EpochMillis | undefined },
): Promise<boolean> {
  if (cursor === BEGINNING) return true;
  const event = { position: cursor, atSeconds: toldUntil === undefined ? undefined : toSeconds(toldUntil) };
  return await session.call((handle, options) => marketplace.sales.remembers(handle, event, options));
}

/** Whether this is the event of the cursor. A reused id belongs to an event of another time. */
export function isCursor(
  { id, atSeconds }: SaleEvent,
  { cursor, toldUntil }: { cursor: string; toldUntil?: EpochMillis | undefined },
): boolean {
  if (id !== cursor) return false;
  return atSeconds === undefined || toldUntil === undefined || toMillis(atSeconds) === toldUntil;
}

/**
 * Goes to the newest event of a journal whose ids began anew. The events noted as seen are forgotten, because
 * their ids belong to others now. The journal is read again from a day before it was last known to be well,
 * and the sales since then are filled in from the lists. Throws MarketplaceFault.
 */
export async function startAnew(
  deps: TaskDeps,
  { account, cursor, save }: { account: Account; cursor: string; save: (facts: Restart) => Promise<void> },
): Promise<TaskDone> {
  const { accountId } = deps;
  const now = deps.clock();
  const newest = await newestPage(deps, { search: account.search, isLate: deps.outOfTime });
  const later = (search: Account['search']): TaskDone => ({
    outcome: 'interrupted',
    facts: { search },
    moved: true,
  });
  if (newest instanceof Unfinished) return later(newest.search);
  const last = newest.found.at(-1);
  const wellAt = epochMillis(
    Math.min(now, account.hourlyOverlapAtMillis ?? account.connectedAtMillis ?? now),
  );
  const since = plus(wellAt, -DAY);
  // A journal that cannot be searched backwards is read again from its new beginning.
  const isWhole = last === undefined || deps.marketplace.sales.before === undefined;
  const firstCursor = isWhole ? BEGINNING : await dayBefore(deps, { newest: last.id, since });
  if (firstCursor === undefined) return later(newest.resume);
  await deps.journal.forgetSeen(accountId);
  const { connectedAtMillis = since } = account;
  // Sales from before the connect are stored only by an import.
  if (last !== undefined && since < connectedAtMillis)
    await noteStanding(deps, { after: firstCursor, until: last.id, before: connectedAtMillis });
  const found = { atMillis: now, fromMillis: since, state: 'filling', importId: `gap-${cursor}` } as const;
  const facts: Restart = {
    ...(last === undefined ? { cursor: BEGINNING, cursorEventAtMillis: undefined } : startAt(last)),
    firstCursor,
    leap: undefined,
    // A journal without events may only have forgotten them, so the lists are compared in any case.
    ...(last === undefined ? checkAsked(account, now) : { gap: { lookedAtMillis: now, found } }),
  };
  await save(facts);
  deps.log.warn('journal-began-anew', { accountId, from: cursor, to: facts.cursor });
  const over = { search: undefined, overlap: undefined, backlog: undefined };
  return { outcome: 'interrupted', facts: { ...facts, ...over }, moved: true };
}

type Restart = Start & SyncChanges<'gap' | 'checkAskedAtMillis'>;
