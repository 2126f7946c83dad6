import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { StoreBusy } from '../core/base/store-busy.ts';
import { PATIENCE } from './patience.ts';

/** Names of the store's errors for requests beyond its capacity, after the client's own repetitions. */
const THROTTLED: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);

/**
 * The client of this process. Undefined attributes are not stored. Throws StoreBusy when the store is short
 * of capacity.
 */
export function createDynamo(): DynamoDBDocumentClient {
  const client = new DynamoDBClient(PATIENCE);
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
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
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
