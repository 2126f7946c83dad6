import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

export interface AccountTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}
