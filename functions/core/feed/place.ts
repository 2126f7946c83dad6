import type { FeedEntry, FeedPage, FeedPlace, FeedReader } from '../orders/store.ts';

/**
 * The entries after one that a reader knows, which has to exist: a position of another feed, or of a feed
 * that was restored to an earlier day, would otherwise wait silently, or skip entries that took the same
 * numbers. Undefined if it does not exist. As many as asked for, with the others of their last page, if there
 * are so many.
 */
export async function entriesAfter(
  feed: Pick<FeedReader, 'pages'>,
  {
    accountId,
    after,
    limit,
    isKnown,
  }: {
    accountId: string;
    after: number;
    limit: number;
    /** Whether the entry with that number is the one that the reader knows. */
    isKnown: (entry: FeedEntry | undefined) => boolean;
  },
): Promise<FeedEntry[] | undefined> {
  const entries = (await feed.pages(accountId, { after, limit })).flatMap((page) => page.entries);
  if (after > 0 && !isKnown(entries.find(({ number }) => number === after))) return undefined;
  return entries.filter(({ number }) => number > after);
}

/** The entry of this number; undefined if the feed has none. */
export async function entryAt(
  feed: Pick<FeedReader, 'pages'>,
  accountId: string,
  number: number,
): Promise<FeedEntry | undefined> {
  if (number === 0) return undefined;
  const pages = await feed.pages(accountId, { after: number, limit: 0 });
  return pages.flatMap(({ entries }) => entries).find((entry) => entry.number === number);
}

/** Whether a position names this entry; without a time, it names any entry of its number. */
export const isPlaceOf = ({ number, atMillis }: FeedPlace, entry: FeedEntry | undefined): boolean =>
  entry?.number === number && (atMillis === undefined || atMillis === entry.atMillis);

/** Whether the feed still has the entry of a position; the beginning always exists. */
export const isStillThere = async (
  feed: Pick<FeedReader, 'pages'>,
  accountId: string,
  place: FeedPlace,
): Promise<boolean> => place.number === 0 || isPlaceOf(place, await entryAt(feed, accountId, place.number));

/** The number of a page's last entry, which is never void; 0 without a page. */
export const endOf = (page: Pick<FeedPage, 'first' | 'count'> | undefined): number =>
  page === undefined ? 0 : page.first + page.count - 1;

/**
 * The number of entries after a reader's position: all of them if a restored feed lacks its entry, because
 * the reader has to start again. The end is read last, so that it is never behind the position.
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
