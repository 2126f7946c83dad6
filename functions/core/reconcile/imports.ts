import { dayAfter, dayOf } from '../base/days.ts';
import type { EpochMillis } from '../base/time.ts';
import type { PeriodicTask } from '../ingest/periodic-task.ts';
import type { Sale } from '../marketplace/sales.ts';
import { boughtAt } from '../orders/sale-times.ts';
import { openListed } from './listed-index.ts';
import { listsFor } from './lists.ts';
import { isPutOff, readLists } from './read-lists.ts';
import type { Policy } from './reading.ts';
import type { ListedKind, Listing, Lists } from './store.ts';

/** Brings in the sales of a range of time that was asked for. The cursor does not move. */
export const runImport: PeriodicTask<Lists> = async (given, { account, tally }) => {
  const { listed } = given;
  const { importing } = account;
  if (importing === undefined) return undefined;
  const now = given.clock();
  const over = { outcome: 'done', facts: { importing: undefined }, moved: true } as const;
  const before = await listed.listing(given.accountId, importing);
  if (before === undefined || isOver(before)) return over;
  const { settings, lists } = given.marketplace;
  if (lists === undefined) {
    await listed.putListing(given.accountId, { ...before, state: 'failed', finishedAtMillis: now });
    return over;
  }
  const deps = { ...given, lists };
  if (isPutOff(before, { now })) return undefined;
  const dayAt = (moment: EpochMillis) => dayOf(moment, settings.timeZone);
  const days = { from: dayAt(before.fromMillis), to: dayAt(before.toMillis) };
  const known = { from: dayAfter(days.from, -1), to: dayAfter(dayAt(now)) };
  const index = await openListed(deps, { ...known, accountId: deps.accountId });
  const wanted = listsFor(lists.saleLists, { ageMillis: now - before.fromMillis });
  const listing = before.state === 'waiting' ? { ...before, ...wanted } : before;
  const policy = importPolicy(before, days);
  const reading = await readLists(deps, { listing, index, policy, tally });
  const { listing: after } = reading;
  if (isOver(after)) {
    await listed.putListing(deps.accountId, { ...after, toStore: undefined });
    return over;
  }
  const moved = after.position !== before.position || reading.looked.size > 0;
  return { outcome: after.againAtMillis === undefined ? 'interrupted' : 'done', facts: {}, moved };
};

export const isOver = ({ state }: Listing): boolean => state === 'done' || state === 'failed';

const BEFORE_CONNECT: ReadonlySet<ListedKind> = new Set(['earlier', 'earlier-open']);

/** Imports sales within the range of time, and sales whose date cannot be read. */
function importPolicy(
  { fromMillis, toMillis }: Listing,
  days: { readonly from: string; readonly to: string },
): Policy {
  const isWithin = (at: EpochMillis) => at >= fromMillis && at < toMillis;
  return {
    isProcessed: ({ kind, day }) =>
      kind !== 'unread' && (!BEFORE_CONNECT.has(kind) || day < days.from || day > days.to),
    verdict: (sale: Sale) => (isWithin(boughtAt(sale) ?? fromMillis) ? 'storeOrder' : 'outside'),
    losses: undefined,
  };
}
