import { chunks } from '../base/batches.ts';
import type { FeedReader } from '../orders/store.ts';
import { markOf, type Position, type Positions } from './positions.ts';

/** Most feeds whose end is read at the same time. */
const READS_AT_ONCE = 16;

/** The positions behind the newest entries of these feeds, for a reader that wants later changes only. */
export async function endPositions(
  feed: Pick<FeedReader, 'lastPage'>,
  accountIds: readonly string[],
): Promise<Positions> {
  const ends = new Map<string, Position>();
  for (const some of chunks(accountIds, READS_AT_ONCE)) {
    const read = await Promise.all(some.map((accountId) => endPosition(feed, accountId)));
    for (const [place, accountId] of some.entries()) ends.set(accountId, read[place] ?? { number: 0 });
  }
  return ends;
}

async function endPosition(feed: Pick<FeedReader, 'lastPage'>, accountId: string): Promise<Position> {
  const page = await feed.lastPage(accountId);
  const last = page?.entries.at(-1);
  return last === undefined ? { number: 0 } : { number: last.number, mark: markOf(last) };
}
