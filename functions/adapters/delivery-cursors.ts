import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DeliveryCursor, SendingStore } from '../core/delivery/store.ts';
import { ifCondition } from './dynamo.ts';
import { deliveryCursorKey, dueIn, type SendingTable } from './sending-items.ts';

/** Positions up to which each account's feed was sent to each webhook. A write compares the number. */
export const deliveryCursors = (
  sendingTable: SendingTable,
): Pick<SendingStore, 'addDeliveryCursor' | 'saveDeliveryCursor'> => ({
  addDeliveryCursor: (deliveryCursor) =>
    putDeliveryCursor(sendingTable, deliveryCursor, { condition: 'attribute_not_exists(#number)' }),

  saveDeliveryCursor: (deliveryCursor, ifNumber) =>
    // The second part holds if the SDK repeats a write whose reply was lost.
    putDeliveryCursor(sendingTable, deliveryCursor, {
      condition: '#number = :if OR #number = :to',
      values: { ':if': ifNumber, ':to': deliveryCursor.number },
    }),
});

async function putDeliveryCursor(
  { dynamo, table }: SendingTable,
  deliveryCursor: DeliveryCursor,
  only: { condition: string; values?: Record<string, unknown> },
): Promise<boolean> {
  const { webhookId, accountId, dueAtMillis } = deliveryCursor;
  const key = { owner: webhookId, entryKey: deliveryCursorKey(accountId) };
  const command = new PutCommand({
    TableName: table,
    Item: { ...key, ...deliveryCursor, ...dueIn(accountId, dueAtMillis) },
    ConditionExpression: only.condition,
    ExpressionAttributeNames: { '#number': 'number' },
    ...(only.values !== undefined && { ExpressionAttributeValues: only.values }),
  });
  return (await ifCondition(dynamo.send(command))) !== undefined;
}
