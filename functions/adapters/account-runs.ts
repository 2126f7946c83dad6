import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Account } from '../core/account.ts';
import type { AccountStore } from '../core/ports.ts';
import { type AccountTable, all, condition, dueShardOf, readAccount } from './account-item.ts';
import { ifCondition } from './dynamo.ts';

type Runs = Pick<
  AccountStore,
  'read' | 'claim' | 'saveCursor' | 'finish' | 'releaseClaim' | 'beginRemoval' | 'remove'
>;

/** What a run writes on the account item. Every write but the claim itself carries the claim's token. */
export function accountRuns(use: AccountTable): Runs {
  const { dynamo, table } = use;
  return {
    read: (accountId) => readAccount(use, accountId),

    async claim(accountId, claim) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: 'SET claimToken = :claimToken, claimUntilMillis = :until',
        ConditionExpression: all(condition.exists, condition.claimIsFree, condition.slotIsNews),
        ExpressionAttributeValues: {
          ':claimToken': claim.token,
          ':until': claim.untilMillis,
          ':now': claim.nowMillis,
          ':slot': claim.slotMillis,
          ':removing': 'removing',
        },
        ReturnValues: 'ALL_NEW',
      });
      const answer = await ifCondition(dynamo.send(command));
      if (answer !== undefined) return answer.Attributes as Account;
      const now = await readAccount(use, accountId);
      if (now === undefined) return 'gone';
      if (now.claimToken === claim.token) return now;
      const held = now.claimToken !== undefined && (now.claimUntilMillis ?? 0) >= claim.nowMillis;
      return held ? 'busy' : 'stale';
    },

    async saveCursor(accountId, { claimToken, cursor, connectedAtMillis }) {
      const first = connectedAtMillis !== undefined;
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: `SET #cursor = :cursor${first ? ', connectedAtMillis = :connectedAt' : ''}`,
        ConditionExpression: condition.claimIsMine,
        ExpressionAttributeNames: { '#cursor': 'cursor' },
        ExpressionAttributeValues: {
          ':cursor': cursor,
          ':claimToken': claimToken,
          ...(first && { ':connectedAt': connectedAtMillis }),
        },
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },

    async finish(accountId, end) {
      const set = ['lastSlotMillis = :slot', 'lastRun = :lastRun'];
      const remove = ['claimToken', 'claimUntilMillis'];
      if (end.cursor !== undefined) set.push('#cursor = :cursor');
      if (end.fault !== undefined) set.push('fault = :fault');
      else remove.push('fault');
      if (end.dueAtMillis !== undefined) set.push('dueShard = :shard, dueAtMillis = :due');
      else remove.push('dueShard', 'dueAtMillis');
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: `SET ${set.join(', ')} REMOVE ${remove.join(', ')}`,
        // A removal that began meanwhile has set its own due time.
        ConditionExpression: all(condition.claimIsMine, 'phase <> :removing'),
        ...(end.cursor !== undefined && { ExpressionAttributeNames: { '#cursor': 'cursor' } }),
        ExpressionAttributeValues: {
          ':slot': end.slotMillis,
          ':lastRun': end.lastRun,
          ':claimToken': end.claimToken,
          ':removing': 'removing',
          ...(end.cursor !== undefined && { ':cursor': end.cursor }),
          ...(end.fault !== undefined && { ':fault': end.fault }),
          ...(end.dueAtMillis !== undefined && { ':due': end.dueAtMillis, ':shard': dueShardOf(accountId) }),
        },
        ReturnValues: 'ALL_NEW',
      });
      const answer = await ifCondition(dynamo.send(command));
      if (answer !== undefined) return answer.Attributes as Account;
      const now = await readAccount(use, accountId);
      if (now?.claimToken === end.claimToken) await this.releaseClaim(accountId, end.claimToken);
      return now?.lastRun?.finishedAtMillis === end.lastRun.finishedAtMillis ? now : undefined;
    },

    async releaseClaim(accountId, claimToken) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: 'REMOVE claimToken, claimUntilMillis',
        ConditionExpression: condition.claimIsMine,
        ExpressionAttributeValues: { ':claimToken': claimToken },
      });
      await ifCondition(dynamo.send(command));
    },

    async beginRemoval(accountId, { dueAtMillis, claimToken }) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId },
        UpdateExpression: 'SET phase = :removing, dueShard = :shard, dueAtMillis = :due',
        ConditionExpression: condition.claimIsMine,
        ExpressionAttributeValues: {
          ':removing': 'removing',
          ':shard': dueShardOf(accountId),
          ':due': dueAtMillis,
          ':claimToken': claimToken,
        },
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },

    async remove(accountId, claimToken) {
      const command = new DeleteCommand({
        TableName: table,
        Key: { accountId },
        ConditionExpression: condition.claimIsMine,
        ExpressionAttributeValues: { ':claimToken': claimToken },
      });
      return (await ifCondition(dynamo.send(command))) !== undefined;
    },
  };
}
