import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, type PutCommandInput } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { StoreBusy } from '../core/base/store-busy.ts';
import { PATIENCE } from './patience.ts';

/** Names of the store's errors for requests beyond its capacity, after the client's own repetitions. */
const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/** The document client adds settings of its own to the object that it gets. */
const marshalling = () => ({ removeUndefinedValues: true });

/**
 * A client for DynamoDB. Undefined attributes are not stored. Throws StoreBusy when the store is short of capacity.
 */
export const createDynamo = (): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(prepared(new DynamoDBClient(PATIENCE)), { marshallOptions: marshalling() });

function prepared(client: DynamoDBClient): DynamoDBClient {
  // The SDK's log, which nobody reads, would copy every order that is sent or received.
  client.middlewareStack.remove('loggerMiddleware');
  client.middlewareStack.add(
    (next) => async (command) => {
      try {
        return await next(command);
      } catch (error) {
        throw error instanceof Error && THROTTLED.has(error.name) ? new StoreBusy(error.name) : error;
      }
    },
    { step: 'initialize', name: 'storeBusy' },
  );
  return client;
}

/** Puts an item. Throws as the client does. */
export type PutItem = (
  put: Pick<PutCommandInput, 'TableName' | 'Item' | 'ConditionExpression' | 'ExpressionAttributeValues'>,
) => Promise<unknown>;

/**
 * Puts items over the connections of a client, with its time limits, for a quarter less processor time: the document
 * client puts the steps of a request together anew each time, and does not allow that they are kept. For rows, which
 * are most of all requests.
 */
export function putterOf({ config }: DynamoDBDocumentClient): PutItem {
  let client: DynamoDBClient | undefined;
  const marshalled = (values: Record<string, unknown> = {}) => marshall(values, marshalling());
  return ({ Item, ExpressionAttributeValues: values, ...put }) => {
    const { region, credentials, endpoint, requestHandler } = config;
    const own = { region, credentials, requestHandler, ...(endpoint !== undefined && { endpoint }) };
    client ??= prepared(new DynamoDBClient({ ...own, cacheMiddleware: true }));
    const command = new PutItemCommand({
      ...put,
      Item: marshalled(Item),
      ...(values !== undefined && { ExpressionAttributeValues: marshalled(values) }),
    });
    return client.send(command);
  };
}

/**
 * Carries out a conditional write. Undefined if its condition does not hold; the caller then reads again,
 * because the SDK may have repeated a write whose reply was lost.
 */
export async function ifCondition<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
