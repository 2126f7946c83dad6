import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { type Clock, DAY, plus, toSeconds } from '../core/base/time.ts';
import type { OrderId } from '../core/orders/order.ts';
import type {
  ListedKind,
  ListedPart,
  ListedSale,
  ListedStore,
  Listing,
  OrderMarks,
} from '../core/reconcile/store.ts';
import { readItems } from './batch.ts';
import { items, type JournalTable } from './journal.ts';
import { readItem, type Table } from './read.ts';

/** Time for which lists are kept, equal to that of the journal's events. */
const KEPT_FOR = 120 * DAY;

const LISTED = 'day#';
const LISTING = 'listing#';

/** Ids by kind, so that names of attributes are stored once and not with each id. */
type StoredPart = Omit<ListedPart, 'sales'> & {
  readonly ids: Partial<Record<ListedKind, readonly string[]>>;
  readonly lost: readonly string[];
  readonly untold: Readonly<Record<string, NonNullable<ListedSale['untold']>>>;
};

/**
 * Orders that the marketplace's own lists named, and the readings of those lists, in the table of the
 * journal's events.
 */
export function listedStore({ dynamo, table }: JournalTable, clock: Clock): ListedStore {
  const put = async (key: { accountId: string; entryKey: string }, item: object): Promise<void> => {
    const Item = { ...key, ...item, expiresAtSeconds: toSeconds(plus(clock(), KEPT_FOR)) };
    await dynamo.send(new PutCommand({ TableName: table, Item }));
  };
  const keyOf = (accountId: string, id: string) => ({ accountId, entryKey: LISTING + id });
  return {
    async parts(accountId, { from, to }) {
      const found: ListedPart[] = [];
      const range = { accountId, from: LISTED + from, to: `${LISTED}${to}~`, consistent: true };
      for await (const stored of items<StoredPart>({ dynamo, table }, range)) found.push(toPart(stored));
      return found;
    },

    putPart: (accountId, part) =>
      put(
        { accountId, entryKey: `${LISTED}${part.day}#${String(part.part).padStart(4, '0')}` },
        toStored(part),
      ),

    listing: (accountId, id) => readItem<Listing>({ dynamo, table }, keyOf(accountId, id)),

    putListing: (accountId, listing) => put(keyOf(accountId, listing.id), listing),

    async removeListing(accountId, id) {
      await dynamo.send(new DeleteCommand({ TableName: table, Key: keyOf(accountId, id) }));
    },

    async listings(accountId, limit) {
      const found: Listing[] = [];
      const range = { accountId, from: LISTING, to: `${LISTING}~`, consistent: true };
      for await (const listing of items<Listing>({ dynamo, table }, range)) found.push(listing);
      return found
        .filter(({ kind }) => kind !== 'check')
        .sort((one, other) => other.askedAtMillis - one.askedAtMillis)
        .slice(0, limit);
    },
  };
}

function toStored({ sales, ...part }: ListedPart): StoredPart {
  const byKind = Map.groupBy(sales, ({ kind }) => kind);
  const ids = Object.fromEntries([...byKind].map(([kind, some]) => [kind, some.map(({ id }) => id)]));
  const untold = Object.fromEntries(
    sales.flatMap(({ id, untold }) => (untold === undefined ? [] : [[id, untold]])),
  );
  return { ...part, ids, lost: sales.filter(({ lost }) => lost === true).map(({ id }) => id), untold };
}

function toPart({ day, part, list, writtenAtMillis, ids, lost, untold }: StoredPart): ListedPart {
  const isLost = new Set(lost);
  const sales = (Object.entries(ids) as [ListedKind, readonly string[]][]).flatMap(([kind, some]) =>
    some.map((id): ListedSale => {
      const states = untold[id];
      return { id, kind, day, ...(isLost.has(id) && { lost: true }), ...(states && { untold: states }) };
    }),
  );
  return { day, part, list, writtenAtMillis, sales };
}

/** Number of batches read at the same time. */
const AT_ONCE = 8;

export const orderMarks = ({ dynamo, table }: Table): OrderMarks => ({
  async marks(accountId, orderIds) {
    const rows = await readItems<{ orderId: OrderId; fedNumber?: number; content?: object }>(dynamo, {
      table,
      keys: orderIds.map((orderId) => ({ accountId, orderId })),
      atOnce: AT_ONCE,
      ConsistentRead: true,
      ProjectionExpression: 'orderId, fedNumber, content.#state',
      ExpressionAttributeNames: { '#state': 'state' },
    });
    // A row without content is not an order.
    const shown = rows.filter(({ content }) => content !== undefined);
    return new Map(shown.map(({ orderId, content: _, ...mark }) => [orderId, mark]));
  },
});
