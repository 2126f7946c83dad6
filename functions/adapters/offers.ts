import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ListedPage, OfferReader, OfferRow, OfferStore } from '../core/offers/store.ts';
import { readItems } from './batch.ts';
import { ifCondition } from './dynamo.ts';
import { fullPage, removePartition } from './partition.ts';
import { queryPages, readItem, type Table } from './read.ts';

export type OfferTable = Table;

/** Offers have decimal ids, so the pages of a listing under way sort before them. */
const FIRST_OFFER = '0';
const LISTED = '#listed#';
/** Sort key of a page, padded so that keys sort as the numbers do. */
const listedKey = (page: number): string => LISTED + String(page).padStart(6, '0');

const condition = {
  isNew: 'attribute_not_exists(offerId)',
  isNoNewer: 'readAtMillis <= :readAtMillis',
} as const;

export function offerStore(offerTable: OfferTable): OfferStore {
  const { dynamo, table } = offerTable;
  return {
    readMany: (accountId, offerIds) => readOfferRows(offerTable, { accountId, offerIds }),

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
      const query = {
        ConsistentRead: true,
        KeyConditionExpression: 'accountId = :accountId AND offerId >= :from',
        FilterExpression: '#state = :active',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':accountId': accountId, ':from': FIRST_OFFER, ':active': 'active' },
        ProjectionExpression: 'offerId',
      };
      for await (const items of queryPages<Pick<OfferRow, 'offerId'>>(offerTable, query))
        yield items.map(({ offerId }) => offerId);
    },

    async listing(accountId) {
      const found: ListedPage[] = [];
      const query = {
        ConsistentRead: true,
        KeyConditionExpression: 'accountId = :accountId AND begins_with(offerId, :listed)',
        ExpressionAttributeValues: { ':accountId': accountId, ':listed': LISTED },
      };
      for await (const items of queryPages<ListedPage>(offerTable, query)) found.push(...items);
      return found;
    },

    async keepListed(accountId, page) {
      const Item = { accountId, offerId: listedKey(page.page), ...page };
      await dynamo.send(new PutCommand({ TableName: table, Item }));
    },

    endListing: (accountId) => removePartition(offerTable, { accountId, sortKey: 'offerId', prefix: LISTED }),

    removeAll: (accountId) => removePartition(offerTable, { accountId, sortKey: 'offerId' }),
  };
}

export const offerReader = ({ dynamo, table }: OfferTable): OfferReader => ({
  read: (accountId, offerId) => readItem<OfferRow>({ dynamo, table }, { accountId, offerId }),

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

interface OfferItem extends OfferRow {
  readonly accountId: string;
}

async function readOfferRows(
  { dynamo, table }: OfferTable,
  query: { accountId: string; offerIds: readonly string[] },
): Promise<Map<string, OfferRow>> {
  const { accountId } = query;
  const keys = query.offerIds.map((offerId) => ({ accountId, offerId }));
  const items = await readItems<OfferItem>(dynamo, { table, keys, ConsistentRead: true });
  return new Map(items.map(({ accountId: _, ...row }) => [row.offerId, row]));
}
