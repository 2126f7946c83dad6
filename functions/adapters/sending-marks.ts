import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { SendingIndex, SendingMarks } from '../core/delivery/store.ts';
import { ifCondition } from './dynamo.ts';
import { dueIn, LOOK, type SendingTable } from './sending-items.ts';
import { pagesOf } from './shards.ts';

export const sendingMarks = ({ dynamo, table }: SendingTable): SendingMarks => ({
  async mark(accountId, untilMillis) {
    const command = new PutCommand({
      TableName: table,
      Item: { owner: accountId, entryKey: LOOK, ...dueIn(accountId, untilMillis) },
      ConditionExpression: 'attribute_not_exists(dueAtMillis) OR dueAtMillis < :until',
      ExpressionAttributeValues: { ':until': untilMillis },
    });
    await ifCondition(dynamo.send(command));
  },
});

/** Reads keys only, which contain the account's id. */
export const sendingIndex = (sendingTable: SendingTable): SendingIndex => ({
  async *pages(byMillis) {
    const query = { index: 'due', shard: 'dueShard', time: 'dueAtMillis', byMillis };
    for await (const page of pagesOf<{ owner: string; entryKey: string }>(sendingTable, query)) {
      yield page.map(({ owner, entryKey }) => ({
        accountId: entryKey === LOOK ? owner : entryKey.slice(entryKey.indexOf('#') + 1),
      }));
    }
  },
});
