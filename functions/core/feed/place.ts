import type { FeedEntry, FeedPage, FeedPlace, FeedReader } from '../orders/store.ts';

/**
 * The entries after one that a reader knows, which must still be there: a position of another feed, or of a table that
 * was since restored to an earlier day, would otherwise wait in silence, or pass over what took the same numbers.
 * Undefined where it is not there; as many as were asked for, and what shares their last page, where there are so many.
 */
export async function entriesAfter(
  feed: Pick<FeedReader, 'pages'>,
  use: {
    accountId: string;
    after: number;
    limit: number;
    /** Whether the entry that stands there is the one that is known. */
    isKnown: (entry: FeedEntry | undefined) => boolean;
  },
): Promise<FeedEntry[] | undefined> {
  const { accountId, after, limit, isKnown } = use;
  const entries = (await feed.pages(accountId, { after, limit })).flatMap((page) => page.entries);
  if (after > 0 && !isKnown(entries.find(({ number }) => number === after))) return undefined;
  return entries.filter(({ number }) => number > after);
}

/** The entry of this number; undefined where the feed has none. */
export async function entryAt(
  feed: Pick<FeedReader, 'pages'>,
  accountId: string,
  number: number,
): Promise<FeedEntry | undefined> {
  if (number === 0) return undefined;
  const pages = await feed.pages(accountId, { after: number, limit: 0 });
  return pages.flatMap(({ entries }) => entries).find((entry) => entry.number === number);
}

/** Whether a place names this entry; one without a time names any of its number. */
export const isPlaceOf = ({ number, atMillis }: FeedPlace, entry: FeedEntry | undefined): boolean =>
  entry?.number === number && (atMillis === undefined || atMillis === entry.atMillis);

/** Whether the feed still has the entry of a place; the beginning is always there. */
export const isStillThere = async (
  feed: Pick<FeedReader, 'pages'>,
  accountId: string,
  place: FeedPlace,
): Promise<boolean> => place.number === 0 || isPlaceOf(place, await entryAt(feed, accountId, place.number));

/** The number of a page's last entry, which is never void; 0 where there is no page. */
export const endOf = (page: Pick<FeedPage, 'first' | 'count'> | undefined): number =>
  page === undefined ? 0 : page.first + page.count - 1;

/**
 * How many entries a reader that stands at this place has before it: all of them where the feed was restored to an earlier
 * day and lacks its entry, because the reader has to begin again. The end is read last, so that it is never behind.
 */
export async function lagOf(
  feed: Pick<FeedReader, 'pages' | 'lastPage'>,
  accountId: string,
  place: FeedPlace,
): Promise<number> {
  const isThere = await isStillThere(feed, accountId, place);
  const end = endOf(await feed.lastPage(accountId));
  return isThere ? end - place.number : end;
}
