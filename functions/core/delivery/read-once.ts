import { endOf } from '../feed/place.ts';
import type { FeedPage, FeedReader } from '../orders/store.ts';

/** Number of pages that are kept in memory. */
const KEPT = 8;

type Range = Parameters<FeedReader['pages']>[1];

/**
 * The feed of an account for a turn, in which the bus and webhooks with near positions share the reading of a
 * page. Pages never change; an end that was reached counts for the whole turn, because later entries start
 * another turn.
 */
export function readOnce(feed: FeedReader, accountId: string): FeedReader {
  /** Pages that follow each other. */
  let kept: readonly FeedPage[] = [];
  /** Whether the feed ended with the kept pages. */
  let isEnd = false;
  let turn: Promise<unknown> = Promise.resolve();

  const isKept = (after: number): boolean => {
    const begins = kept[0]?.first ?? Number.POSITIVE_INFINITY;
    const ends = endOf(kept.at(-1));
    return begins <= Math.max(1, after) && (after < ends || (isEnd && after === ends));
  };
  const read = async (range: Range): Promise<FeedPage[]> => {
    const { after, limit } = range;
    if (isKept(after)) return kept.filter((page) => endOf(page) >= after);
    const pages = await feed.pages(accountId, range);
    const last = pages.at(-1);
    if (last === undefined) return pages;
    const ends = endOf(kept.at(-1));
    const goesOn = kept.length > 0 && pages.some(({ first }) => first <= ends + 1);
    kept = (goesOn ? [...kept, ...pages.filter(({ first }) => first > ends)] : pages).slice(-KEPT);
    isEnd = endOf(last) < after + limit;
    return pages;
  };
  return {
    ...feed,
    pages: (_, range) => {
      // Requests wait for each other, so that the second reader of a page finds it read.
      const mine = turn.then(() => read(range));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
