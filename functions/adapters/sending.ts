import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { EpochMillis } from '../core/base/time.ts';
import type { DeadLetter, Lane, SenderPlace, SendingState, SendingStore } from '../core/delivery/store.ts';
import { readItems } from './batch.ts';
import { ifCondition } from './dynamo.ts';
import {
  deadKey,
  deadPrefix,
  dueIn,
  LOOK,
  laneKey,
  laneOf,
  pageOf,
  removeItems,
  replayKey,
  SENDER,
  type SendingTable,
  WEBHOOKS,
} from './sending-items.ts';

/** What `send` remembers. */
export function sendingStore(use: SendingTable): SendingStore {
  const { dynamo, table } = use;
  const sender = (accountId: string) => ({ owner: accountId, entryKey: SENDER });
  return {
    async claim(accountId, { token, untilMillis, nowMillis, latestMillis }) {
      const command = new UpdateCommand({
        TableName: table,
        Key: sender(accountId),
        UpdateExpression:
          'SET claimToken = :token, claimUntilMillis = :until, busNumber = if_not_exists(busNumber, :none)',
        ConditionExpression:
          'attribute_not_exists(claimToken) OR claimUntilMillis < :now OR claimUntilMillis > :latest',
        ExpressionAttributeValues: {
          ':token': token,
          ':until': untilMillis,
          ':now': nowMillis,
          ':latest': latestMillis,
          ':none': 0,
        },
        ReturnValues: 'ALL_NEW',
      });
      const answer = await ifCondition(dynamo.send(command));
      if (answer !== undefined) return { bus: busOf(answer.Attributes) };
      // Ours, if the SDK repeated a write whose reply was lost.
      const { Item } = await dynamo.send(
        new GetCommand({ TableName: table, Key: sender(accountId), ConsistentRead: true }),
      );
      return Item?.claimToken === token ? { bus: busOf(Item) } : 'busy';
    },

    async moveBus(accountId, { token, to: { number, ...busPlace } }) {
      const command = new UpdateCommand({
        TableName: table,
        Key: sender(accountId),
        UpdateExpression: 'SET busNumber = :number, busPlace = :place',
        ConditionExpression: 'claimToken = :token',
        ExpressionAttributeValues: { ':token': token, ':number': number, ':place': busPlace },
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },

    async release(accountId, token) {
      const command = new UpdateCommand({
        TableName: table,
        Key: sender(accountId),
        UpdateExpression: 'REMOVE claimToken, claimUntilMillis',
        ConditionExpression: 'claimToken = :token',
        ExpressionAttributeValues: { ':token': token },
      });
      await ifCondition(dynamo.send(command));
    },

    read: (accountId, webhookIds) => readState(use, { accountId, webhookIds }),

    async looked(accountId, seenMillis) {
      const command = new DeleteCommand({
        TableName: table,
        Key: { owner: accountId, entryKey: LOOK },
        ConditionExpression: 'dueAtMillis = :seen',
        ExpressionAttributeValues: { ':seen': seenMillis },
      });
      await ifCondition(dynamo.send(command));
    },

    addLane: (lane) => putLane(use, lane, { condition: 'attribute_not_exists(#number)' }),

    saveLane: (lane, ifNumber) =>
      // The second part holds where the SDK repeats a write whose reply was lost.
      putLane(use, lane, {
        condition: '#number = :if OR #number = :to',
        values: { ':if': ifNumber, ':to': lane.number },
      }),

    async putDeadLetter(letter) {
      const Item = { owner: letter.webhookId, entryKey: deadKey(letter), ...letter };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    async deadLetters(webhookId, { accountId, ...page }) {
      const prefix = accountId === undefined ? 'dead#' : deadPrefix(accountId);
      const { items, next } = await pageOf<DeadLetter>(use, { owner: webhookId, prefix, ...page });
      return { letters: items, next };
    },

    async removeDeadLetter(letter) {
      const Key = { owner: letter.webhookId, entryKey: deadKey(letter) };
      await dynamo.send(new DeleteCommand({ TableName: table, Key }));
    },

    async endReplay({ webhookId, accountId }, askedAtMillis) {
      const command = new DeleteCommand({
        TableName: table,
        Key: { owner: webhookId, entryKey: replayKey(accountId) },
        ConditionExpression: 'dueAtMillis = :asked',
        ExpressionAttributeValues: { ':asked': askedAtMillis },
      });
      await ifCondition(dynamo.send(command));
    },

    async disable(webhookId, atMillis) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { owner: WEBHOOKS, entryKey: webhookId },
        UpdateExpression: 'SET disabledAtMillis = :at ADD revision :one',
        ConditionExpression: 'attribute_exists(webhookId) AND attribute_not_exists(disabledAtMillis)',
        ExpressionAttributeValues: { ':at': atMillis, ':one': 1 },
      });
      await ifCondition(dynamo.send(command));
    },

    async removeAccount(accountId) {
      const { items } = await pageOf<{ webhookId: string }>(use, { owner: WEBHOOKS, prefix: '' });
      for (const { webhookId: owner } of items) {
        for (const prefix of [laneKey(accountId), replayKey(accountId), deadPrefix(accountId)])
          await removeItems(use, { owner, prefix });
      }
      await removeItems(use, { owner: accountId, prefix: '' });
    },
  };
}

/** The place of its number is kept beside it, where former versions look for the number alone. */
const busOf = (item: Record<string, unknown> = {}): SenderPlace => ({
  ...(item.busPlace as Omit<SenderPlace, 'number'> | undefined),
  number: Number(item.busNumber),
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

async function readState(
  { dynamo, table }: SendingTable,
  { accountId, webhookIds }: { accountId: string; webhookIds: readonly string[] },
): Promise<SendingState> {
  const lanes = new Map<string, Lane>();
  const replays = new Map<string, EpochMillis>();
  const ofWebhooks = (entryKey: string) => webhookIds.map((owner) => ({ owner, entryKey }));
  let lookAtMillis: EpochMillis | undefined;
  const keys = [
    { owner: accountId, entryKey: LOOK },
    ...ofWebhooks(laneKey(accountId)),
    ...ofWebhooks(replayKey(accountId)),
  ];
  for (const item of await readItems(dynamo, { table, keys, ConsistentRead: true })) {
    if (item.owner === accountId) lookAtMillis = item.dueAtMillis as EpochMillis;
    else if (item.entryKey === laneKey(accountId)) lanes.set(String(item.owner), laneOf(item));
    else replays.set(String(item.owner), item.dueAtMillis as EpochMillis);
  }
  return { lanes, replays, ...(lookAtMillis !== undefined && { lookAtMillis }) };
}
