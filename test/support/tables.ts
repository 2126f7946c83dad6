import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../infra/local/stack/stack.ts';

export const LOCAL = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** The tables themselves, past all functions; the caller destroys the client. */
export const openTables = (stack: Stack): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: stack.endpoints.dynamodb, ...LOCAL }));

/** What minutes of waiting would do: the claim and the lease of a killed worker end. */
export async function endClaims(stack: Stack, accountId: string): Promise<void> {
  const tables = openTables(stack);
  await tables.send(
    new UpdateCommand({
      TableName: stack.resource('AccountsTable').name,
      Key: { accountId },
      UpdateExpression: 'SET claimUntilMillis = :past, leaseUntilMillis = :past',
      ExpressionAttributeValues: { ':past': 0 },
    }),
  );
  tables.destroy();
}

/** A killed worker's message comes back after this many seconds. */
export async function setVisibility(stack: Stack, seconds: number): Promise<void> {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, ...LOCAL });
  const QueueUrl = stack.resource('WorkQueue').url;
  await sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }),
  );
  sqs.destroy();
}
