import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { OrderId } from '../core/orders/order.ts';
import type { OrderReader, OrderRow, OrderStore } from '../core/orders/store.ts';
import { readItems } from './batch.ts';
import { ifCondition, putterOf } from './dynamo.ts';
import { feedReader, feedWriter } from './feed-pages.ts';
import { fullPage, queryPage, removePartition } from './partition.ts';
import { readItem } from './read.ts';

export interface OrderTables {
  readonly dynamo: DynamoDBDocumentClient;
  readonly orders: string;
  readonly feed: string;
  /** Table of the feed's readers, whose positions are removed with the feed. */
  readonly consumers: string;
  readonly announce: OrderStore['announce'];
}

export function orderStore(tables: OrderTables): OrderStore {
  const { dynamo } = tables;
  const putItem = putterOf(dynamo);
  return {
    readMany: (accountId, orderIds) => readOrderRows(tables, { accountId, orderIds }),

    async page(accountId, page) {
      const table = { dynamo, table: tables.orders };
      const query = { ...page, owner: ['accountId', accountId], sortKey: 'orderId' } as const;
      const { items, next } = await queryPage<OrderItem>(table, query);
      const rows = items.map(({ accountId: _, ...row }) => intact(row));
      return { rows, next: next === undefined ? undefined : rows.at(-1)?.orderId };
    },

    async put(accountId, row, ifRevision) {
      const write = putItem({
        TableName: tables.orders,
        Item: { accountId, ...row },
        ConditionExpression:
          ifRevision === undefined ? 'attribute_not_exists(orderId)' : 'revision = :ifRevision',
        ...(ifRevision !== undefined && { ExpressionAttributeValues: { ':ifRevision': ifRevision } }),
      });
      if ((await ifCondition(write)) !== undefined) return true;
      // The write was ours if the SDK repeated it after a lost reply, because a batch writes a row only once.
      const now = (await readOrderRows(tables, { accountId, orderIds: [row.orderId] })).get(row.orderId);
      return now?.revision === row.revision && now.batchId !== undefined && now.batchId === row.batchId;
    },

    announce: tables.announce,

    ...feedReader({ dynamo, table: tables.feed }),
    ...feedWriter({ dynamo, table: tables.feed }),

    async removeAll(accountId) {
      await removePartition({ dynamo, table: tables.orders }, { accountId, sortKey: 'orderId' });
      await removePartition({ dynamo, table: tables.feed }, { accountId, sortKey: 'number' });
      await removePartition({ dynamo, table: tables.consumers }, { accountId, sortKey: 'name' });
    },
  };
}

/** Orders for functions that only read them, consistently. */
export const orderRows = (tables: Pick<OrderTables, 'dynamo' | 'orders'>): Pick<OrderStore, 'readMany'> => ({
  readMany: (accountId, orderIds) => readOrderRows(tables, { accountId, orderIds }),
});

/** Orders for readers of the API: only rows that were ever shown as an order of their own. */
export function orderReader({
  dynamo,
  table,
}: {
  dynamo: DynamoDBDocumentClient;
  table: string;
}): OrderReader {
  return {
    async read(accountId, orderId) {
      const row = await readItem<OrderRow>({ dynamo, table }, { accountId, orderId });
      return row && intact(row);
    },

    async list(accountId, { limit, after }) {
      const page = await fullPage<OrderRow>(
        { dynamo, table },
        {
          owner: ['accountId', accountId],
          sortKey: 'orderId',
          limit,
          after,
          filter: {
            FilterExpression: 'attribute_exists(content) AND content.#state <> :joined',
            ExpressionAttributeNames: { '#state': 'state' },
            values: { ':joined': 'replaced' },
          },
        },
      );
      return { orders: page.items.map(intact), next: page.next };
    },
  };
}

/**
 * Throws Error for an order of an earlier version, which kept the marketplace's own numbers of countries, carriers and
 * delivery methods: shown as it is, its address would have lost its country.
 */
function intact(row: OrderRow): OrderRow {
  const { contactAddress, shipmentAddress, pickupPoint, invoiceAddress, delivery } = row.content ?? {};
  const parts = [contactAddress, shipmentAddress, pickupPoint, invoiceAddress, delivery];
  const all = [...parts, ...(delivery?.parcels ?? [])];
  const isEarlier = all.some((part) => Object.values(part ?? {}).some((value) => typeof value === 'number'));
  if (!isEarlier) return row;
  throw new Error(
    `order ${row.orderId} was stored by an earlier version, in fields that mean something else now: ` +
      'remove the account and add it again (npm start: begin with an empty --data folder)',
  );
}

/** Batches of a hundred rows that are read at the same time. */
const READS_AT_ONCE = 4;

interface OrderItem extends OrderRow {
  readonly accountId: string;
}

async function readOrderRows(
  { dynamo, orders }: Pick<OrderTables, 'dynamo' | 'orders'>,
  query: { accountId: string; orderIds: readonly OrderId[] },
): Promise<Map<OrderId, OrderRow>> {
  const { accountId } = query;
  const keys = [...new Set(query.orderIds)].map((orderId) => ({ accountId, orderId }));
  const items = await readItems<OrderItem>(dynamo, {
    table: orders,
    keys,
    atOnce: READS_AT_ONCE,
    ConsistentRead: true,
  });
  return new Map(items.map(({ accountId: _, ...row }) => [row.orderId, intact(row)]));
}
