import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DeadLetter, SendingStore } from '../core/delivery/store.ts';
import { ifCondition } from './dynamo.ts';
import { deadKey, deadPrefix, pageOfItems, replayKey, type SendingTable } from './sending-items.ts';

type Letters = Pick<SendingStore, 'putDeadLetter' | 'deadLetters' | 'removeDeadLetter' | 'endReplay'>;

/** Dead letters (deliveries that were given up), and the requests to send them again. */
export function letters(sendingTable: SendingTable): Letters {
  const { dynamo, table } = sendingTable;
  const keyOf = (letter: DeadLetter) => ({ owner: letter.webhookId, entryKey: deadKey(letter) });
  return {
    async putDeadLetter(letter) {
      const Item = { ...keyOf(letter), ...letter };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    async deadLetters(webhookId, { accountId, ...page }) {
      const prefix = accountId === undefined ? 'dead#' : deadPrefix(accountId);
      const { items, next } = await pageOfItems<DeadLetter>(sendingTable, {
        owner: webhookId,
        prefix,
        ...page,
      });
      return { letters: items, next };
    },

    async removeDeadLetter(letter) {
      await dynamo.send(new DeleteCommand({ TableName: table, Key: keyOf(letter) }));
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
  };
}
