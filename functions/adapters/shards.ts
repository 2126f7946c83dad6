import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DueEntry, DueIndex, TellIndex } from '../core/account/store.ts';
import type { EpochMillis } from '../core/base/time.ts';
import type { AccountTable } from './account-table.ts';
import { ifCondition } from './dynamo.ts';
import { queryPages } from './read.ts';

/** The sparse indexes are spread over this many partitions. */
const SHARDS = 4;
const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => `shard-${shard}`);

/** Ids are random, so any of their letters spreads accounts evenly. */
export const shardOf = (accountId: string): string =>
  `shard-${(accountId.codePointAt(accountId.length - 1) ?? 0) % SHARDS}`;

/** The accounts that `plan` has to send to work. Keys only, so it costs nothing while an account rests. */
export function dueIndex(use: AccountTable): DueIndex {
  return {
    pages: (byMillis) =>
      pagesOf<DueEntry>(use, { index: 'due', shard: 'dueShard', time: 'dueAtMillis', byMillis }),

    beyond: (afterMillis) =>
      pagesOf<DueEntry>(use, { index: 'due', shard: 'dueShard', time: 'dueAtMillis', afterMillis }),

    async move({ accountId, dueAtMillis }, toMillis) {
      const command = new UpdateCommand({
        TableName: use.table,
        Key: { accountId },
        UpdateExpression: 'SET dueAtMillis = :to',
        ConditionExpression: 'dueAtMillis = :seen',
        ExpressionAttributeValues: { ':to': toMillis, ':seen': dueAtMillis },
      });
      await ifCondition(use.dynamo.send(command));
    },
  };
}

/** The accounts about which somebody has to be told or reminded. */
export const tellIndex = (use: AccountTable): TellIndex => ({
  pages: (byMillis) => pagesOf(use, { index: 'tell', shard: 'tellShard', time: 'tellAtMillis', byMillis }),
});

/** What is due in a sparse index by then, or after then only, oldest first within each shard. */
export async function* pagesOf<Entry>(
  use: AccountTable,
  query: { index: string; shard: string; time: string } & (
    | { byMillis: EpochMillis }
    | { afterMillis: EpochMillis }
  ),
): AsyncGenerator<Entry[]> {
  const [compared, moment] = 'byMillis' in query ? ['<=', query.byMillis] : ['>', query.afterMillis];
  for (const shard of ALL_SHARDS) {
    yield* queryPages<Entry>(use, {
      IndexName: query.index,
      KeyConditionExpression: `#shard = :shard AND #time ${compared} :moment`,
      ExpressionAttributeNames: { '#shard': query.shard, '#time': query.time },
      ExpressionAttributeValues: { ':shard': shard, ':moment': moment },
    });
  }
}
