import { plus, SECOND } from '../time.ts';
import { newestPage, Unfinished } from './first-connect.ts';
import { isBehind, readPage } from './journal.ts';
import { type SettleDeps, settleEvents, type Tally } from './settle.ts';

/** What one run reads at the head, at most, before it goes on with the backlog. */
const PAGES = 3;

/** The journal's end is looked for no longer than this: the drain comes first. */
const SEARCH_MILLIS = 15 * SECOND;

/**
 * Lands the newest orders while a backlog is being worked off from its oldest end, so that today's buyers
 * do not wait for yesterday's. `headAfter` is the newest event that was read so; without one the journal's end
 * is looked for. Answers with the new one, or undefined where the end was not found in time. It never moves the cursor, and counts nothing as read: the drain
 * comes to these events in its turn. Throws MarketplaceFault.
 */
export async function readHead(
  deps: SettleDeps,
  use: { headAfter?: string | undefined; cursor: string },
  tally: Tally,
): Promise<string | undefined> {
  const { cursor } = use;
  let { headAfter } = use;
  if (headAfter === undefined) {
    const giveUpAtMillis = plus(deps.clock(), SEARCH_MILLIS);
    const newest = await newestPage(deps, { isLate: () => deps.clock() >= giveUpAtMillis });
    if (newest instanceof Unfinished) return undefined;
    await settleEvents(
      deps,
      newest.filter(({ id }) => isBehind(cursor, id)),
      tally,
    );
    return newest.at(-1)?.id ?? cursor;
  }
  for (let pages = 0; pages < PAGES && !deps.outOfTime(); pages += 1) {
    const page = await readPage(deps, headAfter);
    await settleEvents(deps, page, tally);
    headAfter = page.at(-1)?.id ?? headAfter;
    if (page.length < deps.marketplace.settings.journalPageSize) break;
  }
  return headAfter;
}
