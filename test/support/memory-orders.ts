import { randomUUID } from 'node:crypto';
import type { Clock } from '../../functions/core/base/time.ts';
import { endOf } from '../../functions/core/feed/place.ts';
import { recover } from '../../functions/core/feed/recovery.ts';
import { ClaimLost, openRows, type RowWriter } from '../../functions/core/feed/row-writer.ts';
import { isLive } from '../../functions/core/orders/order.ts';
import type {
  FeedEntry,
  FeedPage,
  FeedReader,
  OrderRow,
  OrderStore,
  RowBatch,
} from '../../functions/core/orders/store.ts';

export interface MemoryOrders extends OrderStore {
  readonly rows: Map<string, OrderRow>;
  readonly feedPages: FeedPage[];
  /** The entries of all pages. */
  readonly feed: readonly FeedEntry[];
  /** Restores the feed to an earlier moment: only pages that end at `to` or before stay. */
  cutFeed(to: number): void;
  /** The claim that the account item would have, for tests without accounts. */
  readonly claim: { token?: string; batch?: RowBatch | undefined; fedUntil?: number };
  /** Writes a batch on the claim, with the conditions of the real store. Throws ClaimLost. */
  saveBatch(token: string, batch: RowBatch, before: string | undefined): Promise<void>;
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** Orders and feed of one account in memory, with the conditions of the real store. */
export function memoryOrders(): MemoryOrders {
  const rows = new Map<string, OrderRow>();
  const feedPages: FeedPage[] = [];
  const claim: MemoryOrders['claim'] = {};
  const store: MemoryOrders = {
    rows,
    feedPages,
    claim,
    get feed() {
      return feedPages.flatMap(({ entries }) => entries);
    },
    cutFeed: (to) => void feedPages.splice(feedPages.findLastIndex((page) => endOf(page) <= to) + 1),
    onWrite: () => undefined,

    async saveBatch(token, batch, before) {
      store.onWrite(`batch ${batch.orderIds.join(' ')}`);
      if (claim.token !== token || claim.batch?.id !== before) throw new ClaimLost();
      claim.batch = structuredClone(batch);
    },

    async readMany(_accountId, orderIds) {
      const found = orderIds.flatMap((id) => rows.get(id) ?? []);
      return new Map(found.map((row) => [row.orderId, structuredClone(row)]));
    },

    async page(_accountId, { limit, after = '' }) {
      const all = [...rows.values()].toSorted((one, other) => (one.orderId < other.orderId ? -1 : 1));
      const page = all.filter(({ orderId }) => orderId > after).slice(0, limit);
      return { rows: structuredClone(page), next: page.length === limit ? page.at(-1)?.orderId : undefined };
    },

    async put(_accountId, row, ifRevision) {
      store.onWrite(`put ${row.orderId}`);
      const stored = rows.get(row.orderId);
      if (stored?.revision !== ifRevision)
        return (
          stored?.revision === row.revision && stored.batchId !== undefined && stored.batchId === row.batchId
        );
      rows.set(row.orderId, structuredClone(row));
      return true;
    },

    async announce() {
      store.onWrite('announce');
    },

    ...memoryFeed(feedPages),

    async putPage(_accountId, page) {
      store.onWrite(`feed ${page.entries.map(({ orderId }) => orderId).join(' ')}`);
      const stands = feedPages.find(({ first }) => first === page.first);
      if (stands !== undefined) return page.batchId !== undefined && stands.batchId === page.batchId;
      feedPages.push(structuredClone(page));
      feedPages.sort((one, other) => one.first - other.first);
      return true;
    },

    async removeAll() {
      rows.clear();
      feedPages.length = 0;
    },
  };
  return store;
}

/** The feed of an account in memory, for its readers. */
export const memoryFeed = (pages: readonly FeedPage[]): FeedReader => ({
  async pages(_accountId, { after, limit }) {
    return structuredClone(pages.filter((page) => endOf(page) >= after && page.first <= after + limit));
  },
  lastPage: async () => structuredClone(pages.at(-1)),
});

/**
 * Takes over the claim, ends the batch of the worker before, and opens the rows for writing. `through`: this worker's
 * own store.
 */
export async function claimRows(
  orders: MemoryOrders,
  { accountId = 'a1', clock }: { accountId?: string; clock: Clock },
): Promise<RowWriter> {
  const token = randomUUID();
  const { claim } = orders;
  claim.token = token;
  const { batch } = claim;
  if (batch !== undefined) await recover({ orders, clock }, accountId, batch);
  const saveBatch = (next: RowBatch, before: string | undefined) => orders.saveBatch(token, next, before);
  return openRows({ orders, clock, newId: randomUUID, saveBatch }, { accountId, before: batch });
}

/** Orders whose row was written but whose feed entry is missing. */
export const untold = ({ rows, feedPages }: MemoryOrders): OrderRow[] =>
  [...rows.values()].filter(({ orderId, batchId, content }) => {
    if (content === undefined || batchId === undefined) return false;
    const page = feedPages.find((one) => one.batchId === batchId);
    return !(page?.entries ?? []).some((entry) => entry.orderId === orderId);
  });

/** The live orders, with their states. */
export function liveOrders(orders: MemoryOrders): Record<string, string> {
  const live = [...orders.rows.values()].filter(
    ({ content }) => content !== undefined && isLive(content.state),
  );
  return Object.fromEntries(live.map(({ orderId, content }) => [orderId, content?.state ?? '']));
}
