import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';

/*
 * Only this code writes the items, so their types are asserted, not checked: here and in batch.ts, once for
 * each way to read, and nowhere in the stores.
 */

export interface Table {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}

/** Reads an item consistently; undefined if there is none. */
export async function readItem<Item>(
  { dynamo, table }: Table,
  key: Readonly<Record<string, unknown>>,
): Promise<Item | undefined> {
  const command = new GetCommand({ TableName: table, Key: { ...key }, ConsistentRead: true });
  return (await dynamo.send(command)).Item as Item | undefined;
}

/** All items that a query finds, page by page. */
export async function* queryPages<Item>(
  { dynamo, table }: Table,
  query: Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey'>,
): AsyncGenerator<Item[]> {
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const answer = await dynamo.send(new QueryCommand({ ...query, TableName: table, ExclusiveStartKey }));
    yield (answer.Items ?? []) as Item[];
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
