import type { FeedEntry, FeedPlace, FeedReader } from '../orders/store.ts';

/**
 * The entries after one that a reader knows, which must still be there: a position of another feed, or of a table that
 * was since restored to an earlier day, would otherwise wait in silence, or pass over what took the same numbers.
 * Undefined where it is not there.
 */
export async function entriesAfter(
  feed: FeedReader,
  use: {
    accountId: string;
    after: number;
    limit: number;
    /** Whether the entry that stands there is the one that is known. */
    isKnown: (entry: FeedEntry | undefined) => boolean;
  },
): Promise<FeedEntry[] | undefined> {
  const { accountId, after, limit, isKnown } = use;
  if (after === 0) return await feed.entries(accountId, { from: 1, limit });
  const [first, ...rest] = await feed.entries(accountId, { from: after, limit: limit + 1 });
  return isKnown(first) ? rest : undefined;
}

/** Whether a place names this entry; one without a time names any of its number. */
export const isPlaceOf = ({ number, atMillis }: FeedPlace, entry: FeedEntry | undefined): boolean =>
  entry?.number === number && (atMillis === undefined || atMillis === entry.atMillis);
