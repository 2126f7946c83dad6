import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { FollowedAccounts } from '../core/account/store.ts';
import type { Consumer, ConsumerStore } from '../core/feed/consumer-store.ts';
import type { Fed, OrderHistory } from '../core/orders/store.ts';
import type { AccountTable } from './account-table.ts';
import { accountParts, idsOfAccounts } from './accounts.ts';
import { ifCondition } from './dynamo.ts';
import { queryPage } from './partition.ts';
import { readItem, type Table } from './read.ts';

/**
 * Reads rows by key and picks them by time. Such requests are rare, and an index would be paid for with every
 * write.
 */
export const orderHistory = ({ dynamo, table }: Table): OrderHistory => ({
  async changedBetween(accountId, { fromMillis, toMillis, limit, after }) {
    const page = await queryPage<Fed>(
      { dynamo, table },
      {
        owner: ['accountId', accountId],
        sortKey: 'orderId',
        limit,
        after,
        filter: {
          FilterExpression:
            'attribute_exists(content) AND changedAtMillis >= :from AND changedAtMillis < :to',
          values: { ':from': fromMillis, ':to': toMillis },
        },
      },
    );
    return { orders: page.items, next: page.next };
  },
});

/**
 * Positions of readers, an item per account and consumer. Removing the account's orders removes them: see
 * `removeAll`.
 */
export const consumerStore = ({ dynamo, table }: Table): ConsumerStore => ({
  read: (accountId, name) => readItem<Consumer>({ dynamo, table }, { accountId, name }),

  async list(accountId, { limit, after }) {
    const page = await queryPage<Consumer>(
      { dynamo, table },
      { owner: ['accountId', accountId], sortKey: 'name', limit, after },
    );
    return { consumers: page.items, next: page.next };
  },

  async move(accountId, consumer, { back }) {
    const command = new PutCommand({
      TableName: table,
      Item: { accountId, ...consumer },
      ...(!back && {
        ConditionExpression: 'attribute_not_exists(accountId) OR #number <= :number',
        ExpressionAttributeNames: { '#number': 'number' },
        ExpressionAttributeValues: { ':number': consumer.number },
      }),
    });
    await ifCondition(dynamo.send(command));
  },
});

export const followedAccounts = (accountTable: AccountTable): FollowedAccounts => ({
  list: () =>
    idsOfAccounts(accountTable, {
      FilterExpression: 'phase <> :removing',
      ExpressionAttributeValues: { ':removing': 'removing' },
    }),

  async has(accountId) {
    const account = await accountParts(accountTable, ['phase']).read(accountId);
    return account !== undefined && account.phase !== 'removing';
  },
});
