import { BatchWriteCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';

const BATCH_WRITE = 25;

/** Deletes all items of one account from a table. */
export async function removePartition(
  { dynamo, table }: { dynamo: DynamoDBDocumentClient; table: string },
  from: { accountId: string; sortKey: string },
): Promise<void> {
  const { accountId, sortKey } = from;
  for (;;) {
    const answer = await dynamo.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'accountId = :accountId',
        ExpressionAttributeValues: { ':accountId': accountId },
        ProjectionExpression: '#sortKey',
        ExpressionAttributeNames: { '#sortKey': sortKey },
        ConsistentRead: true,
        Limit: BATCH_WRITE,
      }),
    );
    const keys = (answer.Items ?? []).map((item) => ({ accountId, [sortKey]: item[sortKey] }));
    if (keys.length === 0) return;
    // What is left unprocessed is found by the next query.
    await dynamo.send(
      new BatchWriteCommand({ RequestItems: { [table]: keys.map((Key) => ({ DeleteRequest: { Key } })) } }),
    );
  }
}
