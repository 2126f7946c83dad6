import { CallRefused, sessionAside } from '../access/aside.ts';
import { plus, SECOND } from '../base/time.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import { type ProcessDeps, processEvents, type Tally } from '../ingest/process-orders.ts';
import type { EventPage } from '../marketplace/journal.ts';
import { isBehindIn } from '../marketplace/positions.ts';
import { newestPage, Unfinished } from './first-connect.ts';
import { readPage } from './page.ts';

/** Most pages that a run reads at the journal's end before it goes on with the backlog. */
const PAGES = 3;

/** Longest search for the journal's end, because the drain is more important. */
const SEARCH_MILLIS = 15 * SECOND;

/**
 * Stores the newest orders while a backlog is worked off from its oldest end, so that today's buyers do not
 * wait for yesterday's. `newestAfter` is the newest event that was read in this way; without one the journal's
 * end is searched for. Returns the new one, or undefined if the end was not found in time. The cursor does
 * not move and no event counts as read, because the drain comes to these events later; for the same reason
 * trouble of the journal is only logged. Throws MarketplaceFault for trouble of the session and for an outage
 * of sales.
 */
export async function readNewestFirst(
  deps: ProcessDeps,
  positions: { newestAfter?: string | undefined; cursor: string },
  tally: Tally,
): Promise<string | undefined> {
  const { cursor } = positions;
  const isBehind = isBehindIn(deps.marketplace.sales);
  let { newestAfter } = positions;
  if (newestAfter === undefined) {
    const newest = await notedOnly(deps, (journal) => findNewest(deps, journal));
    if (newest === undefined || newest instanceof Unfinished) return undefined;
    await processEvents(
      deps,
      newest.found.filter(({ id }) => isBehind(cursor, id)),
      tally,
    );
    return newest.found.at(-1)?.id ?? cursor;
  }
  for (let pages = 0; pages < PAGES && !deps.outOfTime(); pages += 1) {
    const after: string = newestAfter;
    const page: EventPage | undefined = await notedOnly(deps, (journal) => readPage(journal, after));
    if (page === undefined) break;
    await processEvents(deps, page.events, tally);
    newestAfter = page.next;
    if (page.isEnd) break;
  }
  return newestAfter;
}

function findNewest({ clock }: ProcessDeps, journal: Journal): ReturnType<typeof newestPage> {
  const giveUpAtMillis = plus(clock(), SEARCH_MILLIS);
  return newestPage(journal, { isLate: () => clock() >= giveUpAtMillis });
}

type Journal = Pick<ProcessDeps, 'marketplace' | 'session'>;

/** The journal's answer; undefined, with a note in the log, if the journal is in trouble. */
async function notedOnly<T>(
  { accountId, log, marketplace, session }: ProcessDeps,
  read: (journal: Journal) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read({ marketplace, session: sessionAside(session) });
  } catch (error) {
    const fault = error instanceof CallRefused ? error.fault : error;
    const isTrouble =
      error instanceof CallRefused || (error instanceof MarketplaceFault && error.reason === 'journal-stuck');
    if (!isTrouble || !(fault instanceof MarketplaceFault)) throw error;
    log.warn('newest-first-refused', {
      accountId,
      operation: fault.operation,
      reason: fault.reason,
      code: fault.code,
    });
    return undefined;
  }
}
