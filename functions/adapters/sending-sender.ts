import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { SenderPlace, SendingStore } from '../core/delivery/store.ts';
import { ifCondition } from './dynamo.ts';
import { readItem } from './read.ts';
import { SENDER, type SendingTable } from './sending-items.ts';

/** The item of an account with the claim of its sender and the bus's position. */
export function senders(sendingTable: SendingTable): Pick<SendingStore, 'claim' | 'moveBus' | 'release'> {
  const { dynamo, table } = sendingTable;
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
      // The claim bears our token if the SDK repeated a write whose reply was lost.
      const now = await readItem<Record<string, unknown>>(sendingTable, sender(accountId));
      return now?.claimToken === token ? { bus: busOf(now) } : 'busy';
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
  };
}

/** The position's number is an attribute of its own, because earlier versions look for the number alone. */
const busOf = (item: Record<string, unknown> = {}): SenderPlace => ({
  ...(item.busPlace as Omit<SenderPlace, 'number'> | undefined),
  number: Number(item.busNumber),
});
