import { together } from '../base/batches.ts';
import type { FeedReader } from '../orders/store.ts';
import { markOf, type Position, type Positions } from './positions.ts';

/** The positions behind the newest entries of these feeds, for a reader that wants later changes only. */
export async function endPositions(
  feed: Pick<FeedReader, 'lastPage'>,
  accountIds: readonly string[],
): Promise<Positions> {
  return new Map(
    await together(accountIds, async (accountId) => [accountId, await endPosition(feed, accountId)] as const),
  );
}

async function endPosition(feed: Pick<FeedReader, 'lastPage'>, accountId: string): Promise<Position> {
  const page = await feed.lastPage(accountId);
  const last = page?.entries.at(-1);
  return last === undefined ? { number: 0 } : { number: last.number, mark: markOf(last) };
}
