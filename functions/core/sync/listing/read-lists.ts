import { type FaultReason, MarketplaceFault } from '../../faults.ts';
import type { FormPage, ListKind } from '../../marketplace.ts';
import type { Listing } from '../../ports/listed.ts';
import { OwnStop } from '../../session/faults.ts';
import { DAY, epochMillis, HOUR, plus, toSeconds } from '../../time.ts';
import type { Tally } from '../settle.ts';
import type { ListedBook } from './book.ts';
import { type ListingDeps, lookAt, type Policy, type Reading, takeIn } from './take-in.ts';

/** Trouble of one list: it stops this list, not the orders. */
const OF_THE_LIST: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'feature-unknown',
  'bad-input',
  'business',
  'unknown-answer',
  'no-readable-reply',
]);

const TRIES = 5;

/** A form may be filled so long after its deals; a list by time is asked so much further. */
const FILLED_LATER = 7 * DAY;

export const NOTHING_COUNTED = { named: 0, imported: 0, surcharges: 0, outside: 0, unread: 0 } as const;

/**
 * Goes on reading the lists of a listing page by page, lands what they name and we do not have, and saves
 * after each page how far it has come, so that a killed worker repeats one page at most. Answers with the
 * listing as it stands: still running when time was up or the list is in trouble. Throws MarketplaceFault for
 * trouble that is not the list's own.
 */
export async function readLists(
  deps: ListingDeps,
  use: { listing: Listing; book: ListedBook; policy: Policy; tally: Tally },
): Promise<Reading> {
  const { listing } = use;
  const begun = { state: 'running', startedAtMillis: listing.startedAtMillis ?? deps.clock() } as const;
  const reading: Reading = { ...use, listing: { ...listing, ...begun }, looked: new Set() };
  try {
    if (await takeUp(deps, reading)) await readOn(deps, reading);
  } finally {
    await use.book.save(listing.lists[0] ?? 'form-ids');
  }
  return reading;
}

/** What a worker was landing when it was killed may be half done, though its row is there. */
export const takeUp = (deps: ListingDeps, reading: Reading): Promise<boolean> =>
  lookAt(deps, reading, reading.listing.landing ?? []);

async function readOn(deps: ListingDeps, reading: Reading): Promise<void> {
  for (;;) {
    const [list] = reading.listing.lists;
    if (list === undefined || deps.outOfTime()) break;
    const page = await pageOrTrouble(deps, reading, list);
    if (page === undefined) {
      if (reading.listing.againAtMillis !== undefined) return;
      continue;
    }
    if (!(await takeIn(deps, reading, page.formIds))) {
      await deps.listed.putListing(deps.accountId, reading.listing);
      return;
    }
    await reading.book.save(list);
    reading.listing = afterPage(reading, page);
    await deps.listed.putListing(deps.accountId, reading.listing);
  }
  if (reading.listing.lists.length > 0) return;
  const isRead = reading.listing.read.length > 0;
  const end = isRead ? { state: 'done' as const, share: 1 } : { state: 'failed' as const };
  reading.listing = { ...reading.listing, ...end, finishedAtMillis: deps.clock() };
}

/** Undefined where the list is in trouble; the listing says then what is to become of it. */
async function pageOrTrouble(
  deps: ListingDeps,
  reading: Reading,
  list: ListKind,
): Promise<FormPage | undefined> {
  const { fromMillis, toMillis, position } = reading.listing;
  const until = epochMillis(Math.min(deps.clock(), plus(toMillis, FILLED_LATER)));
  const query = { list, from: toSeconds(fromMillis), to: toSeconds(until), position };
  try {
    return await deps.session.call((handle, options) => deps.marketplace.formPage(handle, query, options));
  } catch (error) {
    if (!isOfTheList(error)) throw error;
    const { accountId } = deps;
    deps.log.warn('list-refused', { accountId, list, reason: error.reason, code: error.code });
    reading.listing = afterTrouble(reading.listing, { why: error.reason, now: deps.clock() });
    await deps.listed.putListing(accountId, reading.listing);
    return undefined;
  }
}

const isOfTheList = (error: unknown): error is MarketplaceFault =>
  error instanceof MarketplaceFault && !(error instanceof OwnStop) && OF_THE_LIST.has(error.reason);

/** A list that there is not gives way to the next; another trouble is waited for, and then does so too. */
function afterTrouble(
  listing: Listing,
  use: { why: FaultReason; now: ReturnType<ListingDeps['clock']> },
): Listing {
  const tries = (listing.tries ?? 0) + 1;
  if (use.why !== 'feature-unknown' && tries < TRIES)
    return { ...listing, tries, why: use.why, againAtMillis: plus(use.now, HOUR) };
  const why = use.why === 'feature-unknown' ? listing.why : use.why;
  return { ...listing, ...FRESH, why, lists: listing.lists.slice(1) };
}

const FRESH = { passed: undefined, position: undefined, tries: undefined, againAtMillis: undefined } as const;

function afterPage({ listing, book }: Reading, page: FormPage): Listing {
  const ids = [...new Set(page.formIds)];
  const count = (...kinds: readonly (string | undefined)[]) =>
    ids.filter((id) => kinds.includes(book.get(id)?.kind)).length;
  const { counts } = listing;
  const after = {
    ...listing,
    ...FRESH,
    why: undefined,
    position: page.next,
    share: page.share,
    landing: undefined,
    counts: {
      named: counts.named + ids.length,
      imported: counts.imported,
      surcharges: counts.surcharges + count('surcharge'),
      outside: counts.outside + count('earlier', undefined),
      unread: counts.unread + count('unread'),
    },
  };
  if (page.next !== undefined) return after;
  const [list, ...rest] = listing.lists;
  return {
    ...after,
    read: [...listing.read, ...(list === undefined ? [] : [list])],
    lists: listing.firstOnly ? [] : rest,
  };
}
