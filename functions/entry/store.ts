import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamo } from '../adapters/dynamo.ts';

let client: DynamoDBDocumentClient | undefined;

/** The DynamoDB client of this process. One for all its stores, so that a cold function opens one connection. */
export function processDynamo(): DynamoDBDocumentClient {
  client ??= createDynamo();
  return client;
}
