import { askAside } from '../access/aside.ts';
import type { Account } from '../account/account.ts';
import { type EpochMillis, HOUR, hasToWait, plus, toSeconds } from '../base/time.ts';
import { type FaultReason, MarketplaceFault } from '../faults/fault.ts';
import { isAskedAgain } from '../ingest/periodic-task.ts';
import type { Tally } from '../ingest/process-orders.ts';
import type { ListKind, SalePage } from '../marketplace/lists.ts';
import type { ListedIndex } from './listed-index.ts';
import type { ListingDeps, Policy, Reading } from './reading.ts';
import type { Listing } from './store.ts';
import { lookAt, takeIn } from './take-in.ts';
import { isBlind } from './trust.ts';

const TRIES = 5;

/** Time after which a list in trouble is read again. */
const AGAIN_AFTER = HOUR;

export const NOTHING_COUNTED = { named: 0, imported: 0, surcharges: 0, outside: 0, unread: 0 } as const;

/**
 * Continues the lists of a listing page by page, stores the sales that they name and that are not stored, and
 * saves its progress after each page, so that a killed worker repeats one page at most. Returns the listing:
 * still running when the time is up or the list is in trouble. Throws MarketplaceFault for trouble that is
 * neither the list's own nor that of one sale.
 */
export async function readLists(
  deps: ListingDeps,
  given: { listing: Listing; index: ListedIndex; policy: Policy; tally: Tally },
): Promise<Reading> {
  const { listing } = given;
  const begun = { state: 'running', startedAtMillis: listing.startedAtMillis ?? deps.clock() } as const;
  const reading: Reading = {
    ...given,
    listing: { ...listing, ...begun },
    looked: new Set(),
    named: new Map(),
    goodless: new Set(),
  };
  try {
    if (await takeUp(deps, reading)) await readListsFurther(deps, reading);
  } finally {
    await given.index.save(listing.lists[0] ?? 'all-sales');
  }
  return reading;
}

/**
 * Reads the sales again that a worker was storing when it was killed, because their purchases may be missing although
 * their rows are stored, and then the sales that a run had no time for.
 */
async function takeUp(deps: ListingDeps, reading: Reading): Promise<boolean> {
  const { toStore = [], left = [] } = reading.listing;
  const ids = [...new Set([...toStore, ...left])];
  if (ids.length === 0) return true;
  const isDone = await lookAt(deps, reading, { ids });
  await deps.listed.putListing(deps.accountId, reading.listing);
  return isDone;
}

async function readListsFurther(deps: ListingDeps, reading: Reading): Promise<void> {
  for (;;) {
    const [list] = reading.listing.lists;
    if (list === undefined || deps.outOfTime()) break;
    const page = await pageOrTrouble(deps, reading, list);
    if (page === undefined) {
      if (reading.listing.againAtMillis !== undefined) return;
      continue;
    }
    if (!(await takeIn(deps, reading, page.saleIds))) {
      await deps.listed.putListing(deps.accountId, reading.listing);
      return;
    }
    await reading.index.save(list);
    const isSilent = page.next === undefined && page.saleIds.length + (reading.listing.namedSoFar ?? 0) === 0;
    const blind = isSilent && (await isBlind(deps, reading, list));
    if (blind) deps.log.warn('list-blind', { accountId: deps.accountId, list });
    reading.listing = blind ? afterBlind(reading.listing, list) : afterPage(reading, page);
    await deps.listed.putListing(deps.accountId, reading.listing);
  }
  if (reading.listing.lists.length > 0) return;
  const isRead = reading.listing.read.length > 0;
  const end = isRead ? { state: 'done' as const, share: 1 } : { state: 'failed' as const };
  reading.listing = { ...reading.listing, ...end, finishedAtMillis: deps.clock() };
}

/** A page of the list; undefined if the list is in trouble, for which the listing is changed. */
async function pageOrTrouble(
  deps: ListingDeps,
  reading: Reading,
  list: ListKind,
): Promise<SalePage | undefined> {
  const { fromMillis, position } = reading.listing;
  // A sale may be filled weeks after its purchases, so times of filling are read up to now.
  const query = { list, from: toSeconds(fromMillis), to: toSeconds(deps.clock()), position };
  const page = await askAside(deps.session, (handle, options) => deps.lists.salePage(handle, query, options));
  if (!(page instanceof MarketplaceFault)) return page;
  const { accountId } = deps;
  deps.log.warn('list-refused', { accountId, list, reason: page.reason, code: page.code });
  reading.listing = afterTrouble(reading.listing, { why: page.reason, now: deps.clock() });
  await deps.listed.putListing(deps.accountId, reading.listing);
  return undefined;
}

/**
 * Whether the listing waits because of a list in trouble: for an hour, unless it was requested (again) since. Trouble
 * noted by a clock that was ahead is ignored, because it would hide lost orders for as long as the clock was ahead.
 */
export function isPutOff(
  { againAtMillis, knownRequestMillis }: Listing,
  { now, account = {} }: { now: EpochMillis; account?: Pick<Account, 'checkAskedAtMillis'> },
): boolean {
  if (isAskedAgain(account, knownRequestMillis)) return false;
  return hasToWait(againAtMillis, { now, atMost: AGAIN_AFTER });
}

/**
 * A missing list gives way to the next. Other trouble is waited for, an hour each time; after a gap, whose
 * orders are missing meanwhile, the other lists are tried first.
 */
function afterTrouble(
  listing: Listing,
  { why, now }: { why: FaultReason; now: ReturnType<ListingDeps['clock']> },
): Listing {
  const [list, ...others] = listing.lists;
  if (list === undefined || why === 'feature-unknown') return { ...listing, ...FRESH, lists: others };
  const tries = (listing.tries ?? 0) + 1;
  const againAtMillis = plus(now, AGAIN_AFTER);
  if (listing.kind !== 'gap')
    return tries < TRIES
      ? { ...listing, tries, why, againAtMillis }
      : { ...listing, ...FRESH, why, lists: others };
  const lists = tries < TRIES * listing.lists.length ? [...others, list] : [];
  const wereAllTried = lists.length > 0 && tries % lists.length === 0;
  return { ...listing, ...FRESH, tries, why, lists, ...(wereAllTried && { againAtMillis }) };
}

/** The listing without a list whose emptiness cannot be trusted; the next list may show the sales. */
const afterBlind = (listing: Listing, list: ListKind): Listing => ({
  ...listing,
  ...FRESH,
  blind: [...(listing.blind ?? []), list],
  lists: listing.lists.filter((other) => other !== list),
});

const FRESH = {
  passed: undefined,
  position: undefined,
  namedSoFar: undefined,
  tries: undefined,
  againAtMillis: undefined,
} as const;

function afterPage({ listing, index }: Reading, page: SalePage): Listing {
  const ids = [...new Set(page.saleIds)];
  const count = (...kinds: readonly (string | undefined)[]) =>
    ids.filter((id) => kinds.includes(index.get(id)?.kind)).length;
  const { counts } = listing;
  const after = {
    ...listing,
    ...FRESH,
    why: undefined,
    position: page.next,
    share: page.share,
    toStore: undefined,
    counts: {
      named: counts.named + ids.length,
      imported: counts.imported,
      surcharges: counts.surcharges + count('surcharge'),
      outside: counts.outside + count('earlier', 'earlier-open', undefined),
      unread: counts.unread + count('unread'),
    },
  };
  if (page.next !== undefined) return { ...after, namedSoFar: (listing.namedSoFar ?? 0) + ids.length };
  const [list, ...rest] = listing.lists;
  return {
    ...after,
    read: [...listing.read, ...(list === undefined ? [] : [list])],
    lists: listing.firstOnly ? [] : rest,
  };
}
