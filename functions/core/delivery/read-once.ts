import { endOf } from '../feed/place.ts';
import type { FeedPage, FeedReader } from '../orders/store.ts';

/** So many pages are kept in memory. */
const KEPT = 8;

type Range = Parameters<FeedReader['pages']>[1];

/**
 * The feed of one account for one turn: bus and webhooks that stand near each other read a page once. Pages never change,
 * and where the feed has ended in a turn it has ended for all of it: news that come later bring a turn of their own.
 */
export function readOnce(feed: FeedReader, accountId: string): FeedReader {
  /** They follow each other. */
  let kept: readonly FeedPage[] = [];
  /** There was nothing behind them. */
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
      // One after the other, so that whoever asks for the same finds it read.
      const mine = turn.then(() => read(range));
      turn = mine.catch(() => undefined);
      return mine;
    },
  };
}
