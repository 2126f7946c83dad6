import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Lane, SendingStore } from '../core/delivery/store.ts';
import { ifCondition } from './dynamo.ts';
import { dueIn, laneKey, type SendingTable } from './sending-items.ts';

/** Positions up to which each account's feed was sent to each webhook. A write compares the number. */
export const lanes = (use: SendingTable): Pick<SendingStore, 'addLane' | 'saveLane'> => ({
  addLane: (lane) => putLane(use, lane, { condition: 'attribute_not_exists(#number)' }),

  saveLane: (lane, ifNumber) =>
    // The second part holds if the SDK repeats a write whose reply was lost.
    putLane(use, lane, {
      condition: '#number = :if OR #number = :to',
      values: { ':if': ifNumber, ':to': lane.number },
    }),
});

async function putLane(
  { dynamo, table }: SendingTable,
  lane: Lane,
  only: { condition: string; values?: Record<string, unknown> },
): Promise<boolean> {
  const { webhookId, accountId, dueAtMillis } = lane;
  const key = { owner: webhookId, entryKey: laneKey(accountId) };
  const command = new PutCommand({
    TableName: table,
    Item: { ...key, ...lane, ...dueIn(accountId, dueAtMillis) },
    ConditionExpression: only.condition,
    ExpressionAttributeNames: { '#number': 'number' },
    ...(only.values !== undefined && { ExpressionAttributeValues: only.values }),
  });
  return (await ifCondition(dynamo.send(command))) !== undefined;
}
