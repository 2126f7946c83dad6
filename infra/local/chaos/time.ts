import { setTimeout } from 'node:timers/promises';
import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  GetCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { REGION } from '../stack/resources.ts';
import type { Stack } from '../stack/stack.ts';
import { patiently } from './patience.ts';

const DAY = 24 * 60 * 60_000;

/**
 * Skips waiting times. The functions know no moved clock, so times in their tables are moved instead, as
 * tests do: a killed worker's claim would end only after two minutes, a budget of logins after an hour.
 */
export interface TimePasses {
  /** Ends the claim and the lease that a dead worker has left on an account. */
  endClaim(accountId: string): Promise<void>;
  /** Makes the account's last logins and lost sessions hours old, and lets its marketplace be tried again. */
  passHours(account: { accountId: string; marketplace: string }): Promise<void>;
  /** Makes the account's unlocks and unanswered logins a day old. */
  passDay(accountId: string): Promise<void>;
}

export function timePasses(stack: Stack): TimePasses {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: stack.endpoints.dynamodb, region: REGION, credentials });
  const tables = DynamoDBDocumentClient.from(client);
  const accounts = stack.resource('AccountsTable').name;
  const registry = stack.resource('RegistryTable').name;
  const exists = 'attribute_exists(accountId)';
  return {
    endClaim: (accountId) =>
      update(tables, {
        TableName: accounts,
        Key: { accountId },
        UpdateExpression: 'SET claimUntilMillis = :past, leaseUntilMillis = :past',
        ConditionExpression: exists,
        ExpressionAttributeValues: { ':past': 0 },
      }),
    passHours: async ({ accountId, marketplace }) => {
      await update(tables, {
        TableName: accounts,
        Key: { accountId },
        UpdateExpression: 'SET recentAttemptsMillis = :none, earlyDeathsMillis = :none ADD revision :one',
        ConditionExpression: exists,
        ExpressionAttributeValues: { ':none': [], ':one': 1 },
      });
      await update(tables, {
        TableName: registry,
        Key: { kind: 'marketplace', name: marketplace },
        UpdateExpression: 'SET trouble.probeAtMillis = :past',
        ConditionExpression: 'attribute_exists(trouble)',
        ExpressionAttributeValues: { ':past': 0 },
      });
    },
    passDay: async (accountId) => {
      const query = new GetCommand({ TableName: accounts, Key: { accountId }, ConsistentRead: true });
      const { Item } = await patiently(() => tables.send(query));
      const unclear = (Item?.unclearAttempts ?? []) as { atMillis: number }[];
      await update(tables, {
        TableName: accounts,
        Key: { accountId },
        UpdateExpression: 'SET recentUnlocksMillis = :none, unclearAttempts = :older ADD revision :one',
        // A run that has changed the account meanwhile is not overwritten; the next help tries again.
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: {
          ':none': [],
          ':older': unclear.map((attempt) => ({ ...attempt, atMillis: attempt.atMillis - DAY })),
          ':one': 1,
          ':seen': Item?.revision ?? 0,
        },
      });
    },
  };
}

const AGAIN_MILLIS = 50;

/** Updates an item, repeating until the store answers: the store may be in trouble on purpose. */
async function update(tables: DynamoDBDocumentClient, input: UpdateCommandInput): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await tables.send(new UpdateCommand(input));
      return;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return;
      if (tries === 100) throw error;
      await setTimeout(AGAIN_MILLIS);
    }
  }
}
