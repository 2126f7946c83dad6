import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EpochMillis } from '../core/base/time.ts';
import type { DeliveryCursor, SendingState, SendingStore } from '../core/delivery/store.ts';
import { readItems } from './batch.ts';
import { deliveryCursors } from './delivery-cursors.ts';
import { ifCondition } from './dynamo.ts';
import {
  allItemsOf,
  type DeliveryCursorItem,
  deadPrefix,
  deliveryCursorKey,
  deliveryCursorOf,
  LOOK,
  removeItems,
  replayKey,
  type SendingTable,
  WEBHOOKS,
} from './sending-items.ts';
import { letters } from './sending-letters.ts';
import { senders } from './sending-sender.ts';

/** The store of `send`: its claim on an account, its place in the feed, delivery cursors and dead letters. */
export const sendingStore = (sendingTable: SendingTable): SendingStore => ({
  ...senders(sendingTable),
  ...deliveryCursors(sendingTable),
  ...letters(sendingTable),
  read: (accountId, webhookIds) => readState(sendingTable, { accountId, webhookIds }),

  async looked(accountId, seenMillis) {
    const command = new DeleteCommand({
      TableName: sendingTable.table,
      Key: { owner: accountId, entryKey: LOOK },
      ConditionExpression: 'dueAtMillis = :seen',
      ExpressionAttributeValues: { ':seen': seenMillis },
    });
    await ifCondition(sendingTable.dynamo.send(command));
  },

  async disable(webhookId, atMillis) {
    const command = new UpdateCommand({
      TableName: sendingTable.table,
      Key: { owner: WEBHOOKS, entryKey: webhookId },
      UpdateExpression: 'SET disabledAtMillis = :at ADD revision :one',
      ConditionExpression: 'attribute_exists(webhookId) AND attribute_not_exists(disabledAtMillis)',
      ExpressionAttributeValues: { ':at': atMillis, ':one': 1 },
    });
    await ifCondition(sendingTable.dynamo.send(command));
  },

  async removeDeliveries(accountId) {
    const webhooks = await allItemsOf<{ webhookId: string }>(sendingTable, { owner: WEBHOOKS, prefix: '' });
    for (const { webhookId: owner } of webhooks) {
      for (const prefix of [deliveryCursorKey(accountId), replayKey(accountId), deadPrefix(accountId)])
        await removeItems(sendingTable, { owner, prefix });
    }
    await removeItems(sendingTable, { owner: accountId, prefix: '' });
  },
});

interface DueItem {
  readonly owner: string;
  readonly entryKey: string;
  readonly dueAtMillis: EpochMillis;
}

async function readState(
  { dynamo, table }: SendingTable,
  { accountId, webhookIds }: { accountId: string; webhookIds: readonly string[] },
): Promise<SendingState> {
  const known = new Map<string, DeliveryCursor>();
  const replays = new Map<string, EpochMillis>();
  const ofWebhooks = (entryKey: string) => webhookIds.map((owner) => ({ owner, entryKey }));
  let lookAtMillis: EpochMillis | undefined;
  const keys = [
    { owner: accountId, entryKey: LOOK },
    ...ofWebhooks(deliveryCursorKey(accountId)),
    ...ofWebhooks(replayKey(accountId)),
  ];
  const isDeliveryCursor = (item: DueItem | DeliveryCursorItem): item is DeliveryCursorItem =>
    item.entryKey === deliveryCursorKey(accountId);
  for (const item of await readItems<DueItem | DeliveryCursorItem>(dynamo, {
    table,
    keys,
    ConsistentRead: true,
  })) {
    if (isDeliveryCursor(item)) known.set(item.owner, deliveryCursorOf(item));
    else if (item.owner === accountId) lookAtMillis = item.dueAtMillis;
    else replays.set(item.owner, item.dueAtMillis);
  }
  return { deliveryCursors: known, replays, ...(lookAtMillis !== undefined && { lookAtMillis }) };
}
