import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { ListedPage, OfferReader, OfferRow, OfferStore } from '../core/offers/store.ts';
import { readItems } from './batch.ts';
import { ifCondition } from './dynamo.ts';
import { fullPage, removePartition } from './partition.ts';

export interface OfferTable {
  readonly dynamo: DynamoDBDocumentClient;
  readonly table: string;
}

/** Offers have decimal ids; the pages of a listing under way stand before them. */
const FIRST_OFFER = '0';
const LISTED = '#listed#';
/** Sorts as the numbers do. */
const listedKey = (page: number): string => LISTED + String(page).padStart(6, '0');

const condition = {
  isNew: 'attribute_not_exists(offerId)',
  isNoNewer: 'readAtMillis <= :readAtMillis',
} as const;

export function offerStore(use: OfferTable): OfferStore {
  const { dynamo, table } = use;
  return {
    readMany: (accountId, offerIds) => readMany(use, { accountId, offerIds }),

    async put(accountId, row) {
      const command = new PutCommand({
        TableName: table,
        Item: { accountId, ...row },
        ConditionExpression: `${condition.isNew} OR ${condition.isNoNewer}`,
        ExpressionAttributeValues: { ':readAtMillis': row.readAtMillis },
      });
      await ifCondition(dynamo.send(command));
    },

    async *active(accountId) {
      const query: Partial<QueryCommandInput> = {
        KeyConditionExpression: 'accountId = :accountId AND offerId >= :from',
        FilterExpression: '#state = :active',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':accountId': accountId, ':from': FIRST_OFFER, ':active': 'active' },
        ProjectionExpression: 'offerId',
      };
      for await (const items of pages(use, query)) yield items.map(({ offerId }) => String(offerId));
    },

    async listing(accountId) {
      const found: ListedPage[] = [];
      const query: Partial<QueryCommandInput> = {
        KeyConditionExpression: 'accountId = :accountId AND begins_with(offerId, :listed)',
        ExpressionAttributeValues: { ':accountId': accountId, ':listed': LISTED },
      };
      for await (const items of pages(use, query)) found.push(...(items as unknown as ListedPage[]));
      return found;
    },

    async keepListed(accountId, page) {
      const Item = { accountId, offerId: listedKey(page.page), ...page };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    endListing: (accountId) => removePartition(use, { accountId, sortKey: 'offerId', prefix: LISTED }),

    removeAll: (accountId) => removePartition(use, { accountId, sortKey: 'offerId' }),
  };
}

export const offerReader = ({ dynamo, table }: OfferTable): OfferReader => ({
  async read(accountId, offerId) {
    const command = new GetCommand({
      TableName: table,
      Key: { accountId, offerId },
      ConsistentRead: true,
    });
    return (await dynamo.send(command)).Item as OfferRow | undefined;
  },

  async list(accountId, { limit, after, state }) {
    const page = await fullPage<OfferRow>(
      { dynamo, table },
      {
        owner: ['accountId', accountId],
        sortKey: 'offerId',
        limit,
        after,
        from: FIRST_OFFER,
        ...(state !== undefined && {
          filter: {
            FilterExpression: '#state = :state',
            ExpressionAttributeNames: { '#state': 'state' },
            values: { ':state': state },
          },
        }),
      },
    );
    return { offers: page.items, next: page.next };
  },
});

async function readMany(
  { dynamo, table }: OfferTable,
  query: { accountId: string; offerIds: readonly string[] },
): Promise<Map<string, OfferRow>> {
  const { accountId } = query;
  const rows = new Map<string, OfferRow>();
  const keys = query.offerIds.map((offerId) => ({ accountId, offerId }));
  for (const { accountId: _, ...row } of await readItems(dynamo, { table, keys, ConsistentRead: true })) {
    const found = row as unknown as OfferRow;
    rows.set(found.offerId, found);
  }
  return rows;
}

async function* pages(
  { dynamo, table }: OfferTable,
  query: Partial<QueryCommandInput>,
): AsyncGenerator<Record<string, unknown>[]> {
  let ExclusiveStartKey: QueryCommandInput['ExclusiveStartKey'];
  do {
    const answer = await dynamo.send(
      new QueryCommand({ ...query, TableName: table, ConsistentRead: true, ExclusiveStartKey }),
    );
    yield answer.Items ?? [];
    ExclusiveStartKey = answer.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
}
