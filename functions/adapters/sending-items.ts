import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { EpochMillis } from '../core/base/time.ts';
import type { DeadLetter, DeliveryCursor } from '../core/delivery/store.ts';
import { DELETED_AT_ONCE, deleteItems } from './batch.ts';
import { shardOf } from './shards.ts';

export interface SendingTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}

/**
 * Sort keys. Items of an account are its mark and its sender; items of a webhook are delivery cursors, replays and dead
 * letters by account.
 */
export const LOOK = 'look';
export const SENDER = 'sender';
/** Owner of the items of the webhooks themselves. */
export const WEBHOOKS = 'webhooks';
export const deliveryCursorKey = (accountId: string): string => `deliveryCursor#${accountId}`;
export const replayKey = (accountId: string): string => `replay#${accountId}`;
export const deadPrefix = (accountId: string): string => `dead#${accountId}#`;
export const deadKey = ({ accountId, number }: DeadLetter): string =>
  `${deadPrefix(accountId)}${String(number).padStart(15, '0')}`;

/** Attributes that put an item with a due time into the sparse index. */
export const dueIn = (accountId: string, dueAtMillis: EpochMillis | undefined) =>
  dueAtMillis === undefined ? {} : { dueShard: shardOf(accountId), dueAtMillis };

/** The delivery cursor without the keys that the table adds. */
export function deliveryCursorOf({
  owner: _,
  entryKey: __,
  dueShard: ___,
  ...deliveryCursor
}: DeliveryCursorItem): DeliveryCursor {
  return deliveryCursor;
}

export interface DeliveryCursorItem extends DeliveryCursor {
  readonly owner: string;
  readonly entryKey: string;
  readonly dueShard?: string;
}

/** All items of an owner whose key begins with the prefix, without their keys, read consistently. */
export async function allItemsOf<Entry>(
  sendingTable: SendingTable,
  { owner, prefix }: { owner: string; prefix: string },
): Promise<Entry[]> {
  const all: Entry[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await pageOfItems<Entry>(sendingTable, { owner, prefix, after });
    all.push(...items);
    after = next;
  } while (after !== undefined);
  return all;
}

/** A page of an owner's items whose key begins with the prefix, without their keys, read consistently. */
export async function pageOfItems<Entry>(
  { dynamo, table }: SendingTable,
  query: { owner: string; prefix: string; limit?: number; after?: string | undefined },
): Promise<{ items: Entry[]; next?: string | undefined }> {
  const { owner, prefix, limit, after } = query;
  const answer = await dynamo.send(
    new QueryCommand({
      ...itemsOf(table, { owner, prefix }),
      ...(limit !== undefined && { Limit: limit }),
      ...(after !== undefined && { ExclusiveStartKey: { owner, entryKey: after } }),
    }),
  );
  const items = (answer.Items ?? []).map(({ owner: _, entryKey: __, dueShard: ___, ...item }) => item);
  return { items: items as Entry[], next: answer.LastEvaluatedKey?.entryKey as string | undefined };
}

/** A query for an owner's items; an empty prefix asks for all. */
const itemsOf = (table: string, { owner, prefix }: { owner: string; prefix: string }) => ({
  TableName: table,
  KeyConditionExpression: `#owner = :owner${prefix === '' ? '' : ' AND begins_with(entryKey, :prefix)'}`,
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':owner': owner, ...(prefix !== '' && { ':prefix': prefix }) },
  ConsistentRead: true,
});

/** Deletes an owner's items whose key begins with the prefix. */
export async function removeItems(
  { dynamo, table }: SendingTable,
  query: { owner: string; prefix: string },
): Promise<void> {
  for (;;) {
    const answer = await dynamo.send(
      new QueryCommand({
        ...itemsOf(table, query),
        ProjectionExpression: '#owner, entryKey',
        Limit: DELETED_AT_ONCE,
      }),
    );
    const keys = answer.Items ?? [];
    if (keys.length === 0) return;
    await deleteItems(dynamo, { table, keys });
  }
}
