import { PutCommand, QueryCommand, ScanCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../core/account.ts';
import type { AccountAdmin, DueEntry, DueIndex } from '../core/ports.ts';
import {
  type AccountTable,
  ALL_DUE_SHARDS,
  all,
  condition,
  DUE_INDEX,
  dueShardOf,
  readAccount,
} from './account-item.ts';
import { ifCondition } from './dynamo.ts';

/** What HTTP may do with account items. */
export function accountAdmin(use: AccountTable): AccountAdmin {
  const { dynamo, table } = use;
  const update = async (
    accountId: string,
    change: { expression: string; when: string; values: Record<string, unknown> },
  ): Promise<boolean> => {
    const command = new UpdateCommand({
      TableName: table,
      Key: { accountId },
      UpdateExpression: change.expression,
      ConditionExpression: change.when,
      ExpressionAttributeValues: { ...change.values, ':shard': dueShardOf(accountId) },
    });
    return (await ifCondition(dynamo.send(command))) !== undefined;
  };

  return {
    read: (accountId) => readAccount(use, accountId),

    async list({ limit, after }) {
      const answer = await dynamo.send(
        new ScanCommand({
          TableName: table,
          Limit: limit,
          ConsistentRead: true,
          ...(after !== undefined && { ExclusiveStartKey: { accountId: after } }),
        }),
      );
      const next = answer.LastEvaluatedKey?.accountId as string | undefined;
      return { accounts: (answer.Items ?? []) as Account[], next };
    },

    async create(account) {
      await dynamo.send(
        new PutCommand({
          TableName: table,
          Item: { ...account, dueShard: dueShardOf(account.accountId) },
          ConditionExpression: condition.isNew,
        }),
      );
    },

    async activate(accountId, dueAtMillis) {
      const activated = await update(accountId, {
        expression: 'SET phase = :active, dueShard = :shard, dueAtMillis = :due',
        when: 'phase = :creating',
        values: { ':active': 'active', ':creating': 'creating', ':due': dueAtMillis },
      });
      return activated || (await readAccount(use, accountId))?.phase === 'active';
    },

    stage: (accountId, { version, dueAtMillis }) =>
      update(accountId, {
        expression:
          'SET stagedVersion = :version, dueShard = :shard, dueAtMillis = :due ADD loginRevision :one',
        when: 'phase IN (:active, :paused)',
        values: {
          ':version': version,
          ':active': 'active',
          ':paused': 'paused',
          ':due': dueAtMillis,
          ':one': 1,
        },
      }),

    requestRemoval: (accountId, dueAtMillis) =>
      update(accountId, {
        expression: 'SET phase = :removing, dueShard = :shard, dueAtMillis = :due',
        when: condition.exists,
        values: { ':removing': 'removing', ':due': dueAtMillis },
      }),
  };
}

/** The sparse index that `plan` reads; keys only, so it costs nothing while an account rests. */
export function dueIndex({ dynamo, table }: AccountTable): DueIndex {
  return {
    async *pages(byMillis) {
      for (const shard of ALL_DUE_SHARDS) {
        let start: Record<string, unknown> | undefined;
        do {
          const answer = await dynamo.send(
            new QueryCommand({
              TableName: table,
              IndexName: DUE_INDEX,
              KeyConditionExpression: 'dueShard = :shard AND dueAtMillis <= :by',
              ExpressionAttributeValues: { ':shard': shard, ':by': byMillis },
              ...(start !== undefined && { ExclusiveStartKey: start }),
            }),
          );
          yield (answer.Items ?? []) as DueEntry[];
          start = answer.LastEvaluatedKey;
        } while (start !== undefined);
      }
    },

    async move({ accountId, dueAtMillis }, toMillis) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: 'SET dueAtMillis = :to',
        ConditionExpression: all(condition.exists, 'dueAtMillis = :seen'),
        ExpressionAttributeValues: { ':to': toMillis, ':seen': dueAtMillis },
      });
      await ifCondition(dynamo.send(command));
    },
  };
}
