import { type DynamoDBDocumentClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/lib-dynamodb';
import { DELETED_AT_ONCE, deleteItems } from './batch.ts';

/** Deletes the items of an account from a table: all, or those whose sort key begins with the prefix. */
export async function removePartition(
  { dynamo, table }: { dynamo: DynamoDBDocumentClient; table: string },
  from: { accountId: string; sortKey: string; prefix?: string },
): Promise<void> {
  const { accountId, sortKey, prefix } = from;
  for (;;) {
    const answer = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: `accountId = :accountId${prefix === undefined ? '' : ' AND begins_with(#sortKey, :prefix)'}`,
        ExpressionAttributeValues: {
          ':accountId': accountId,
          ...(prefix !== undefined && { ':prefix': prefix }),
        },
        ProjectionExpression: '#sortKey',
        ExpressionAttributeNames: { '#sortKey': sortKey },
        ConsistentRead: true,
        Limit: DELETED_AT_ONCE,
      }),
    );
    const keys = (answer.Items ?? []).map((item) => ({ accountId, [sortKey]: item[sortKey] }));
    if (keys.length === 0) return;
    await deleteItems(dynamo, { table, keys });
  }
}

interface PageQuery {
  /** The attribute of the partition key and its value. */
  readonly owner: readonly [attribute: string, value: string];
  readonly sortKey: string;
  readonly limit: number;
  /** Sort key after which the page begins. */
  readonly after?: string | undefined;
  /** The lowest sort key of the page. */
  readonly from?: string;
  readonly newestFirst?: boolean;
  readonly filter?: Pick<QueryCommandInput, 'FilterExpression' | 'ExpressionAttributeNames'> & {
    readonly values: Readonly<Record<string, unknown>>;
  };
}

interface Page<Item> {
  readonly items: Item[];
  /** Sort key after which the next page begins; undefined at the end. */
  readonly next?: string | undefined;
}

/**
 * Reads a page of an owner's items, by sort key, consistently. `limit` counts items that the filter hides,
 * too.
 */
export async function queryPage<Item>(
  { dynamo, table }: { dynamo: DynamoDBDocumentClient; table: string },
  query: PageQuery,
): Promise<Page<Item>> {
  const { sortKey, limit, after, from, newestFirst = false } = query;
  const [attribute, value] = query.owner;
  const { values, ...filter } = query.filter ?? { values: {} };
  const answer = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: `${attribute} = :owner${from === undefined ? '' : ` AND ${sortKey} >= :from`}`,
      ...filter,
      ExpressionAttributeValues: {
        ...values,
        ':owner': value,
        ...(from !== undefined && { ':from': from }),
      },
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ...(after !== undefined && { ExclusiveStartKey: { [attribute]: value, [sortKey]: after } }),
    }),
  );
  const next = answer.LastEvaluatedKey?.[sortKey] as string | undefined;
  return { items: (answer.Items ?? []) as Item[], next };
}

/**
 * Most requests for a page. Each looks at four times as many items as the one before, or at the megabyte that
 * the store reads at a time.
 */
const REQUESTS = 8;
const GROWTH = 4;
/** Most bytes of a page, below the six megabytes that a Lambda function may answer with. */
const PAGE_BYTES = 4_000_000;

/**
 * A page with as many items as asked for, however many hidden ones lie between them, and `next` only if there
 * is a further item. The page holds fewer items if all of its requests meet hidden items only, or if items
 * are very long.
 */
export async function fullPage<Item extends object>(
  target: { dynamo: DynamoDBDocumentClient; table: string },
  query: PageQuery,
): Promise<Page<Item>> {
  const items: Item[] = [];
  let bytes = 0;
  let { after } = query;
  let limit = query.limit + 1;
  for (let request = 0; request < REQUESTS; request += 1) {
    const page = await queryPage<Item>(target, { ...query, limit, after });
    for (const item of page.items) {
      bytes += Buffer.byteLength(JSON.stringify(item));
      const isFull = items.length === query.limit || (items.length > 0 && bytes > PAGE_BYTES);
      if (isFull) return { items, next: after };
      items.push(item);
      after = String((item as Record<string, unknown>)[query.sortKey]);
    }
    if (page.next === undefined) return { items };
    after = page.next;
    limit *= GROWTH;
  }
  return { items, next: after };
}
