import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, DAY, plus, toSeconds } from '../core/base/time.ts';
import type { FailedOrder, JournalStore } from '../core/ingest/store.ts';
import { removePartition } from './partition.ts';
import { queryPages, type Table } from './read.ts';

export type JournalTable = Table;

/** Time for which seen ids are kept: longer than any marketplace was seen to keep its journal. */
const SEEN_FOR = 120 * DAY;

const BAD = 'bad#';
const SEEN = 'seen#';
/** Events that were noted together, under the sort key of the last one. */
interface SeenItem {
  /** Sort key of the first event; absent in items from before sort keys. */
  readonly firstKey?: string;
  readonly ids: readonly string[];
  /** Whether the events lie among events that were noted before. All other items follow each other. */
  readonly late: boolean;
}

export function journalStore({ dynamo, table }: JournalTable, clock: Clock): JournalStore {
  return {
    failedOrders: (accountId) => listFailedOrders({ dynamo, table }, accountId),

    async putFailedOrder(accountId, bad) {
      const Item = { accountId, entryKey: BAD + bad.orderId, ...bad };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    async removeFailedOrder(accountId, orderId) {
      const Key = { accountId, entryKey: BAD + orderId };
      await dynamo.send(new DeleteCommand({ TableName: table, Key }));
    },

    async markSeen(accountId, { ids, first, last }, { late } = { late: false }) {
      const item: SeenItem = { firstKey: first, ids, late };
      const entryKey = SEEN + last;
      const expiresAtSeconds = toSeconds(plus(clock(), SEEN_FOR));
      await dynamo.send(
        new PutCommand({ TableName: table, Item: { accountId, entryKey, ...item, expiresAtSeconds } }),
      );
    },

    async seen(accountId, { first, last }) {
      const found = new Set<string>();
      const from = { accountId, from: SEEN + first, to: `${SEEN}~`, consistent: true };
      for await (const item of items<SeenItem>({ dynamo, table }, from)) {
        if (!item.late && item.firstKey !== undefined && item.firstKey > last) break;
        for (const id of item.ids) found.add(id);
      }
      return found;
    },

    forgetSeen: (accountId) =>
      removePartition({ dynamo, table }, { accountId, sortKey: 'entryKey', prefix: SEEN }),

    removeAll: (accountId) => removePartition({ dynamo, table }, { accountId, sortKey: 'entryKey' }),
  };
}

/** Orders that failed and wait to be tried again, quarantined or not, read consistently. */
export async function listFailedOrders(
  journalTable: JournalTable,
  accountId: string,
): Promise<FailedOrder[]> {
  const found: FailedOrder[] = [];
  const range = { accountId, from: BAD, to: `${BAD}~` };
  for await (const { accountId: _, entryKey: __, ...bad } of items<
    FailedOrder & { accountId: string; entryKey: string }
  >(journalTable, { ...range, consistent: true }))
    found.push(bad);
  return found;
}

/** The items of an account in a range of keys. */
export async function* items<T>(
  journalTable: JournalTable,
  range: { accountId: string; from: string; to: string; consistent?: boolean },
): AsyncGenerator<T> {
  const pages = queryPages<T>(journalTable, {
    KeyConditionExpression: 'accountId = :accountId AND entryKey BETWEEN :from AND :to',
    ExpressionAttributeValues: { ':accountId': range.accountId, ':from': range.from, ':to': range.to },
    ConsistentRead: range.consistent ?? false,
  });
  for await (const page of pages) yield* page;
}
