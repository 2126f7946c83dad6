import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Ledger, LedgerEntry } from '../core/access/login-log.ts';
import { DAY, type EpochMillis, plus, toSeconds } from '../core/base/time.ts';
import { ifCondition } from './dynamo.ts';
import { queryPage, removePartition } from './partition.ts';

export interface LedgerTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}

const KEPT = 90 * DAY;

/**
 * Sort key of an entry: its place, and the attempt's id so that two entries of the same millisecond differ.
 */
const entryKey = (entry: {
  atMillis: EpochMillis;
  placeMillis?: EpochMillis | undefined;
  attemptId: string;
}): string => `${String(entry.placeMillis ?? entry.atMillis).padStart(15, '0')}-${entry.attemptId}`;

export function ledger(ledgerTable: LedgerTable): Ledger {
  const { dynamo, table } = ledgerTable;
  return {
    async open(accountId, entry) {
      const expiresAtSeconds = toSeconds(plus(entry.atMillis, KEPT));
      const Item = { accountId, entryKey: entryKey(entry), expiresAtSeconds, ...entry };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    async close(accountId, end) {
      const command = new UpdateCommand({
        TableName: table,
        Key: { accountId, entryKey: entryKey(end) },
        UpdateExpression: `SET outcome = :outcome, endedAtMillis = :ended${end.code === undefined ? '' : ', code = :code'}`,
        ConditionExpression: 'attribute_exists(accountId)',
        ExpressionAttributeValues: {
          ':outcome': end.outcome,
          ':ended': end.endedAtMillis,
          ...(end.code !== undefined && { ':code': end.code }),
        },
      });
      await ifCondition(dynamo.send(command));
    },

    newest: (accountId, page) => listLogins(ledgerTable, { ...page, accountId }),

    removeAll: (accountId) => removePartition(ledgerTable, { accountId, sortKey: 'entryKey' }),
  };
}

/** The login attempts of an account, newest first. */
export async function listLogins(
  ledgerTable: LedgerTable,
  { accountId, ...page }: { accountId: string; limit: number; after?: string | undefined },
): Promise<{ entries: LedgerEntry[]; next?: string | undefined }> {
  const { items, next } = await queryPage<LedgerEntry>(ledgerTable, {
    ...page,
    owner: ['accountId', accountId],
    sortKey: 'entryKey',
    newestFirst: true,
  });
  return { entries: items, next };
}
