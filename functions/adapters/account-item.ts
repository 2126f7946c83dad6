import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../core/account.ts';

export interface AccountTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}

/** The due index is spread over this many partitions. */
const DUE_SHARDS = 4;

export const DUE_INDEX = 'due';
export const ALL_DUE_SHARDS = Array.from({ length: DUE_SHARDS }, (_, shard) => `due-${shard}`);

/** Ids are random, so any of their letters spreads accounts evenly. */
export function dueShardOf(accountId: string): string {
  const shard = (accountId.codePointAt(accountId.length - 1) ?? 0) % DUE_SHARDS;
  return `due-${shard}`;
}

/** Conditions on the account item, by what they mean. */
export const condition = {
  exists: 'attribute_exists(accountId)',
  isNew: 'attribute_not_exists(accountId)',
  isActive: 'phase = :active',
  leaseIsFree: '(attribute_not_exists(leaseToken) OR leaseUntilMillis < :freeBefore)',
  leaseIsMine: 'leaseToken = :leaseToken',
  claimIsFree: '(attribute_not_exists(claimToken) OR claimUntilMillis < :now)',
  claimIsMine: 'claimToken = :claimToken',
  slotIsNews: '(attribute_not_exists(lastSlotMillis) OR lastSlotMillis < :slot OR phase = :removing)',
  nothingChanged: 'loginRevision = :loginRevision',
  attemptIsOpen: 'openAttempt.id = :attemptId',
} as const;

export const all = (...conditions: readonly string[]): string => conditions.join(' AND ');

/** Reads consistently: every decision about an account is made on its true state. */
export async function readAccount(
  { dynamo, table }: AccountTable,
  accountId: string,
): Promise<Account | undefined> {
  const { Item } = await dynamo.send(
    new GetCommand({ TableName: table, Key: { accountId }, ConsistentRead: true }),
  );
  return Item as Account | undefined;
}
