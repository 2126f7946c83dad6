import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { endOf } from '../core/feed/place.ts';
import {
  type FeedEntry,
  type FeedPage,
  type FeedReader,
  type OrderStore,
  PAGE_ENTRIES,
} from '../core/orders/store.ts';
import { ifCondition } from './dynamo.ts';
import type { Table } from './read.ts';

/** A stored page; the entry of a row that was not written is null. */
interface PageItem {
  /** Number of the first entry. */
  readonly number: number;
  readonly batchId: string;
  readonly entries: readonly (Omit<FeedEntry, 'number'> | null)[];
}

/** An item of the feed; an entry that an earlier version appended alone is a page of its own. */
type Item = PageItem | FeedEntry;

export const feedReader = (feedTable: Table): FeedReader => ({
  pages: (accountId, range) => readPages(feedTable, accountId, range),
  lastPage: (accountId) => lastFeedPage(feedTable, accountId),
});

/** The feed for its writers. */
export const feedWriter = (feedTable: Table): Pick<OrderStore, 'putPage'> => ({
  async putPage(accountId, page) {
    const command = new PutCommand({
      TableName: feedTable.table,
      Item: { accountId, ...itemOf(page) },
      ConditionExpression: 'attribute_not_exists(accountId)',
    });
    if ((await ifCondition(feedTable.dynamo.send(command))) !== undefined) return true;
    if (page.batchId === undefined) return false;
    const [stands] = await readPages(feedTable, accountId, { after: page.first, limit: 0 });
    return stands?.first === page.first && stands.batchId === page.batchId;
  },
});

async function readPages(
  { dynamo, table }: Table,
  accountId: string,
  { after, limit }: { after: number; limit: number },
): Promise<FeedPage[]> {
  const answer = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'accountId = :accountId AND #number BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#number': 'number' },
      ExpressionAttributeValues: {
        ':accountId': accountId,
        // A page has at most PAGE_ENTRIES entries, so the page with an entry begins here at the earliest.
        ':from': Math.max(1, after - PAGE_ENTRIES + 1),
        ':to': after + limit,
      },
      ConsistentRead: true,
    }),
  );
  const pages = ((answer.Items ?? []) as Item[]).map(toFeedPage);
  return pages.filter((page) => endOf(page) >= after);
}

async function lastFeedPage({ dynamo, table }: Table, accountId: string): Promise<FeedPage | undefined> {
  const answer = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'accountId = :accountId',
      ExpressionAttributeValues: { ':accountId': accountId },
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: 1,
    }),
  );
  const [item] = (answer.Items ?? []) as Item[];
  return item && toFeedPage(item);
}

function toFeedPage(item: Item): FeedPage {
  if (!('entries' in item)) {
    const { number, orderId, revision, changes, atMillis } = item;
    return { first: number, count: 1, entries: [{ number, orderId, revision, changes, atMillis }] };
  }
  const { number: first, batchId, entries } = item;
  const told = entries.flatMap((entry, place) => (entry === null ? [] : { ...entry, number: first + place }));
  return { first, count: entries.length, entries: told, batchId };
}

function itemOf({ first, count, entries, batchId }: FeedPage): Item {
  const [only] = entries;
  if (batchId === undefined && only !== undefined) return only;
  const byNumber = new Map(entries.map(({ number, ...entry }) => [number, entry]));
  const places = Array.from({ length: count }, (_, place) => byNumber.get(first + place) ?? null);
  return { number: first, batchId: batchId ?? '', entries: places };
}
