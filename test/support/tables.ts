import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Stack } from '../../infra/local/stack/stack.ts';

export const LOCAL = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

/** Direct access to the tables, without the functions; the caller destroys the client. */
export const openTables = (stack: Stack): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: stack.endpoints.dynamodb, ...LOCAL }));

/** Ends the claim and the lease of a killed worker, which would take minutes. */
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

/** Makes the account's last logins and lost sessions history, which would take hours. */
export async function passHours(stack: Stack, accountId: string): Promise<void> {
  await changeAccount(stack, accountId, { recentAttemptsMillis: [], earlyDeathsMillis: [] });
}

/** Changes the account item directly, without the functions. */
export async function changeAccount(
  stack: Stack,
  accountId: string,
  changes: Readonly<Record<string, unknown>>,
): Promise<void> {
  const tables = openTables(stack);
  const names = Object.keys(changes);
  await tables.send(
    new UpdateCommand({
      TableName: stack.resource('AccountsTable').name,
      Key: { accountId },
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')} ADD revision :one`,
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(names.map((name) => [`:${name}`, changes[name]])),
        ':one': 1,
      },
    }),
  );
  tables.destroy();
}

/**
 * Lets the next account probe for all, which would take five minutes. Changes nothing if there is no trouble.
 */
export async function endTroubles(stack: Stack, marketplace = 'allegro'): Promise<void> {
  const tables = openTables(stack);
  await tables.send(
    new UpdateCommand({
      TableName: stack.resource('RegistryTable').name,
      Key: { kind: 'marketplace', name: marketplace },
      UpdateExpression: 'REMOVE trouble',
    }),
  );
  tables.destroy();
}

/** Sets the seconds after which a killed worker's message comes back. */
export async function setVisibility(stack: Stack, seconds: number): Promise<void> {
  const sqs = new SQSClient({ endpoint: stack.endpoints.sqs, ...LOCAL });
  const QueueUrl = stack.resource('WorkQueue').url;
  await sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }),
  );
  sqs.destroy();
}

/** Makes the only entry of a page of the feed one of long ago, past all functions. */
export async function ageEntry(
  { tables, table }: { tables: DynamoDBDocumentClient; table(logicalId: string): string },
  key: { accountId: string; number: number },
): Promise<void> {
  await tables.send(
    new UpdateCommand({
      TableName: table('FeedTable'),
      Key: key,
      UpdateExpression: 'SET entries[0].atMillis = :old',
      ExpressionAttributeValues: { ':old': 1 },
    }),
  );
}
