import type { Account } from '../account/account.ts';
import { checkAsked } from '../account/requests.ts';
import type { JournalGap, SyncFacts } from '../account/sync-facts.ts';
import { dayAfter, dayOf } from '../base/days.ts';
import { DAY, type EpochMillis, epochMillis, plus } from '../base/time.ts';
import type { TaskDeps, TaskDone } from '../ingest/periodic-task.ts';
import type { Tally } from '../ingest/process-orders.ts';
import { hasCursor } from '../journal/start.ts';
import { BEGINNING } from '../marketplace/positions.ts';
import { changedAt } from '../orders/sale-times.ts';
import { isOver } from './imports.ts';
import { openListed } from './listed-index.ts';
import { LISTED_DAYS, listsFor } from './lists.ts';
import { isPutOff, NOTHING_COUNTED, readLists } from './read-lists.ts';
import type { ListingDeps, Policy } from './reading.ts';
import type { Listing, Lists } from './store.ts';

/** Pause below which no journal has forgotten events. */
const PAUSE = DAY;
/** Longest delay between a change and its event. */
const MARGIN = DAY;
/** Longest time between a purchase and the filling of its sale. */
const KNOWN_BEFORE_DAYS = 14;

interface GapRun {
  /** The account as it was when it was claimed. */
  readonly account: Account;
  readonly cursor: string;
  readonly tally: Tally;
  readonly save: (facts: Pick<SyncFacts, 'gap' | 'checkAskedAtMillis'>) => Promise<void>;
}

/**
 * Checks after a pause whether the journal still has the cursor's own event. If not, it may have forgotten
 * others that were not read: the sales since then are brought in from the marketplace's own lists before the
 * drain goes on; while every list is in trouble, the drain goes on without them. The check that follows reads
 * known orders again, and decides whether the gap is filled. Throws MarketplaceFault for trouble that is not
 * the list's own.
 */
export async function mendGap(deps: TaskDeps & Lists, run: GapRun): Promise<TaskDone | undefined> {
  const gap = await findGap(deps, run);
  if (gap === undefined || gap.listedAtMillis !== undefined) return undefined;
  const { lists } = deps.marketplace;
  if (lists === undefined) {
    await run.save({ gap: { lookedAtMillis: deps.clock(), found: { ...gap, state: 'unfilled' } } });
    return undefined;
  }
  const { listing, moved } = await fill({ ...deps, lists }, { ...run, gap });
  if (listing.againAtMillis !== undefined) return undefined;
  if (!isOver(listing)) return { outcome: 'interrupted', facts: {}, moved };
  const now = deps.clock();
  deps.log.warn('journal-gap', { accountId: deps.accountId, lists: listing.state, from: gap.fromMillis });
  const found = { ...gap, listedAtMillis: now, isRead: listing.state === 'done' };
  await run.save({ gap: { lookedAtMillis: now, found }, ...checkAsked(run.account, now) });
  return undefined;
}

/** The gap whose lists were read and whose check is still to be done. */
export function gapToCheck({ gap }: Account): (Found & { readonly listedAtMillis: EpochMillis }) | undefined {
  const found = gap?.found;
  if (found?.state !== 'filling' || found.listedAtMillis === undefined) return undefined;
  return { ...found, listedAtMillis: found.listedAtMillis };
}

type Found = NonNullable<JournalGap['found']>;

/** The gap that is being filled, or a new one. */
async function findGap(deps: TaskDeps & Lists, run: GapRun): Promise<Found | undefined> {
  const { account, cursor, save } = run;
  if (account.gap?.found?.state === 'filling') return account.gap.found;
  const now = deps.clock();
  const readAt = account.lastSuccessAtMillis ?? account.connectedAtMillis ?? now;
  const since = epochMillis(Math.max(readAt, account.gap?.lookedAtMillis ?? 0));
  if (cursor === BEGINNING || now < plus(since, PAUSE)) return undefined;
  if (await hasCursor(deps, { cursor })) {
    await save({ gap: { lookedAtMillis: now, found: account.gap?.found } });
    return undefined;
  }
  const found: Found = {
    atMillis: now,
    fromMillis: plus(readAt, -MARGIN),
    state: 'filling',
    importId: `gap-${cursor}`,
  };
  await save({ gap: { lookedAtMillis: now, found } });
  return found;
}

async function fill(
  deps: ListingDeps,
  { gap, tally }: GapRun & { gap: Found },
): Promise<{ listing: Listing; moved: boolean }> {
  const { listed, accountId } = deps;
  const before = await listed.listing(accountId, gap.importId);
  const begun = before?.askedAtMillis === gap.atMillis ? before : newListing(deps, gap);
  if (isOver(begun)) return { listing: begun, moved: true };
  if (isPutOff(begun, { now: deps.clock() })) return { listing: begun, moved: false };
  const { timeZone } = deps.marketplace.settings;
  const from = dayAfter(dayOf(gap.fromMillis, timeZone), -KNOWN_BEFORE_DAYS);
  const to = dayAfter(dayOf(deps.clock(), timeZone));
  const index = await openListed(deps, { accountId, from, to });
  const policy = gapPolicy(gap.fromMillis);
  const { listing, looked } = await readLists(deps, { listing: begun, index, policy, tally });
  if (isOver(listing)) await listed.putListing(accountId, { ...listing, toStore: undefined });
  return { listing, moved: listing.position !== begun.position || looked.size > 0 };
}

function newListing(
  { lists: { saleLists } }: ListingDeps,
  { importId, atMillis, fromMillis }: Found,
): Listing {
  const ageMillis = atMillis - fromMillis;
  // Within a month the most complete list is the best; for older sales a list with times is.
  const lists =
    ageMillis <= LISTED_DAYS * DAY
      ? { lists: saleLists, firstOnly: true }
      : listsFor(saleLists, { ageMillis });
  return {
    id: importId,
    kind: 'gap',
    state: 'running',
    askedAtMillis: atMillis,
    fromMillis,
    toMillis: atMillis,
    ...lists,
    read: [],
    share: 0,
    counts: NOTHING_COUNTED,
  };
}

const gapPolicy = (from: EpochMillis): Policy => ({
  isProcessed: ({ kind }) => kind !== 'unread',
  verdict: (sale) => ((changedAt(sale) ?? from) >= from ? 'storeOrder' : 'outside'),
  losses: undefined,
});
