import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DueEntry, DueIndex, NoticeIndex, RetentionIndex } from '../core/account/store.ts';
import type { EpochMillis } from '../core/base/time.ts';
import type { AccountTable } from './account-table.ts';
import { ifCondition } from './dynamo.ts';
import { queryPages } from './read.ts';

/** Number of partitions over which the sparse indexes are spread. */
const SHARDS = 4;
const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => `shard-${shard}`);

/** The partition of an account. Ids are random, so the last letter spreads accounts evenly. */
export const shardOf = (accountId: string): string =>
  `shard-${(accountId.codePointAt(accountId.length - 1) ?? 0) % SHARDS}`;

/**
 * The accounts that `plan` has to send to work. The index holds keys only, so changes of other attributes
 * cost nothing there.
 */
export function dueIndex(accountTable: AccountTable): DueIndex {
  return {
    pages: (byMillis) =>
      pagesOf<DueEntry>(accountTable, { index: 'due', shard: 'dueShard', time: 'dueAtMillis', byMillis }),

    beyond: (afterMillis) =>
      pagesOf<DueEntry>(accountTable, { index: 'due', shard: 'dueShard', time: 'dueAtMillis', afterMillis }),

    async move({ accountId, dueAtMillis }, toMillis) {
      const command = new UpdateCommand({
        TableName: accountTable.table,
        Key: { accountId },
        UpdateExpression: 'SET dueAtMillis = :to',
        ConditionExpression: 'dueAtMillis = :seen',
        ExpressionAttributeValues: { ':to': toMillis, ':seen': dueAtMillis },
      });
      await ifCondition(accountTable.dynamo.send(command));
    },
  };
}

/** The accounts about which people have to be told or reminded. */
export const noticeIndex = (accountTable: AccountTable): NoticeIndex => ({
  pages: (byMillis) =>
    pagesOf(accountTable, { index: 'notify', shard: 'notifyShard', time: 'notifyAtMillis', byMillis }),
});

/** The accounts whose buyers' data may be too old. */
export const retentionIndex = (accountTable: AccountTable): RetentionIndex => ({
  pages: (byMillis) =>
    pagesOf(accountTable, {
      index: 'retention',
      shard: 'retentionShard',
      time: 'retentionSinceMillis',
      byMillis,
    }),
});

/** Entries of a sparse index that are due by a moment, or only after it, oldest first within each shard. */
export async function* pagesOf<Entry>(
  accountTable: AccountTable,
  query: { index: string; shard: string; time: string } & (
    | { byMillis: EpochMillis }
    | { afterMillis: EpochMillis }
  ),
): AsyncGenerator<Entry[]> {
  const [compared, moment] = 'byMillis' in query ? ['<=', query.byMillis] : ['>', query.afterMillis];
  for (const shard of ALL_SHARDS) {
    yield* queryPages<Entry>(accountTable, {
      IndexName: query.index,
      KeyConditionExpression: `#shard = :shard AND #time ${compared} :moment`,
      ExpressionAttributeNames: { '#shard': query.shard, '#time': query.time },
      ExpressionAttributeValues: { ':shard': shard, ':moment': moment },
    });
  }
}
