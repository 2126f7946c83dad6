import { CreateTableCommand, DynamoDBClient, type KeyType } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startDynamoDb } from '../../infra/local/stack/dynamodb.ts';
import { LOCAL } from './tables.ts';

/**
 * The embedded store with a table of a partition key and a sort key of text, and with indexes by other partition keys
 * and the same sort key; requests are counted.
 */
export async function startOneTable(
  sortKey: string,
  partitionKey = 'accountId',
  { indexes = [] }: { indexes?: readonly string[] } = {},
) {
  const server = await startDynamoDb({});
  const client = new DynamoDBClient({ endpoint: server.url, ...LOCAL });
  const table = 'items';
  const key = (AttributeName: string, KeyType: KeyType) => ({ AttributeName, KeyType });
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [key(partitionKey, 'HASH'), key(sortKey, 'RANGE')],
      AttributeDefinitions: [partitionKey, sortKey, ...indexes].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S' as const,
      })),
      ...(indexes.length > 0 && {
        GlobalSecondaryIndexes: indexes.map((IndexName) => ({
          IndexName,
          KeySchema: [key(IndexName, 'HASH'), key(sortKey, 'RANGE')],
          Projection: { ProjectionType: 'ALL' as const },
        })),
      }),
    }),
  );
  const dynamo = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  let requests = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      requests += 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  return {
    dynamo,
    table,
    requests: () => requests,
    async putAll(items: readonly Record<string, unknown>[]) {
      // The store accepts 25 items and 16 MB at a time.
      for (let start = 0; start < items.length; start += 25) {
        const puts = items.slice(start, start + 25).map((Item) => ({ PutRequest: { Item } }));
        await dynamo.send(new BatchWriteCommand({ RequestItems: { [table]: puts } }));
      }
    },
    async close() {
      dynamo.destroy();
      client.destroy();
      await server.close();
    },
  };
}
