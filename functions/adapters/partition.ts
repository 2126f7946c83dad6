import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';

const BATCH_WRITE = 25;
const BATCHES_AT_ONCE = 10;

/** Deletes the items of one account from a table: all, or those whose sort key begins so. */
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
        Limit: BATCH_WRITE * BATCHES_AT_ONCE,
      }),
    );
    const requests = (answer.Items ?? []).map((item) => ({
      DeleteRequest: { Key: { accountId, [sortKey]: item[sortKey] } },
    }));
    if (requests.length === 0) return;
    const batches = Array.from({ length: Math.ceil(requests.length / BATCH_WRITE) }, (_, index) =>
      requests.slice(index * BATCH_WRITE, (index + 1) * BATCH_WRITE),
    );
    // What is left unprocessed is found by the next query.
    await Promise.all(
      batches.map((batch) => dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: batch } }))),
    );
  }
}

/** One page of one account's items, by sort key. `next` is the sort key to go on after. Consistent. */
export async function queryPage<Item>(
  { dynamo, table }: { dynamo: DynamoDBDocumentClient; table: string },
  query: {
    accountId: string;
    sortKey: string;
    limit: number;
    after?: string | undefined;
    newestFirst?: boolean;
    filter?: Pick<QueryCommandInput, 'FilterExpression' | 'ExpressionAttributeNames'> & {
      readonly values: Readonly<Record<string, unknown>>;
    };
  },
): Promise<{ items: Item[]; next?: string | undefined }> {
  const { accountId, sortKey, limit, after, newestFirst = false } = query;
  const { values, ...filter } = query.filter ?? { values: {} };
  const answer = await dynamo.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'accountId = :accountId',
      ...filter,
      ExpressionAttributeValues: { ...values, ':accountId': accountId },
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      Limit: limit,
      ...(after !== undefined && { ExclusiveStartKey: { accountId, [sortKey]: after } }),
    }),
  );
  const next = answer.LastEvaluatedKey?.[sortKey] as string | undefined;
  return { items: (answer.Items ?? []) as Item[], next };
}
