import { endOf } from '../../functions/core/feed/place.ts';
import { isLive } from '../../functions/core/orders/order.ts';
import type { FeedEntry, FeedPage, OrderRow, OrderStore } from '../../functions/core/orders/store.ts';

export interface MemoryOrders extends OrderStore {
  readonly rows: Map<string, OrderRow>;
  readonly pages: FeedPage[];
  /** The entries of all pages. */
  readonly feed: readonly FeedEntry[];
  /** What a restore to an earlier moment leaves of the feed: the pages that end there or before. */
  cutFeed(to: number): void;
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** Orders and feed of an account in memory, with the conditions of the real store. */
export function memoryOrders(): MemoryOrders {
  const rows = new Map<string, OrderRow>();
  const pages: FeedPage[] = [];
  const store: MemoryOrders = {
    rows,
    pages,
    get feed() {
      return pages.flatMap(({ entries }) => entries);
    },
    cutFeed: (to) => void pages.splice(pages.findLastIndex((page) => endOf(page) <= to) + 1),
    onWrite: () => undefined,

    async readMany(_accountId, orderIds) {
      const found = orderIds.flatMap((id) => rows.get(id) ?? []);
      return new Map(found.map((row) => [row.orderId, structuredClone(row)]));
    },

    async put(_accountId, row, ifRevision) {
      store.onWrite(`put ${row.orderId}`);
      const stored = rows.get(row.orderId);
      if (stored?.revision !== ifRevision)
        return stored?.revision === row.revision && stored.writer === row.writer;
      rows.set(row.orderId, structuredClone(row));
      return true;
    },

    async markFed(_accountId, { orderId, revision, number }) {
      store.onWrite(`mark ${orderId}`);
      const row = rows.get(orderId);
      if (row === undefined || row.fedRevision >= revision || row.revision < revision) return;
      rows.set(orderId, { ...row, fedRevision: revision, fedNumber: number });
    },

    async announce() {
      store.onWrite('announce');
    },

    lastPage: async () => structuredClone(pages.at(-1)),

    async putPage(_accountId, page) {
      store.onWrite(`feed ${page.entries.map(({ orderId }) => orderId).join(' ')}`);
      const stands = pages.find(({ first }) => first === page.first);
      if (stands !== undefined) return page.batchId !== undefined && stands.batchId === page.batchId;
      pages.push(structuredClone(page));
      return true;
    },

    async removeAll() {
      rows.clear();
      pages.length = 0;
    },
  };
  return store;
}

/** The live orders, with their states. */
export function liveOrders(orders: MemoryOrders): Record<string, string> {
  const live = [...orders.rows.values()].filter(
    ({ content }) => content !== undefined && isLive(content.state),
  );
  return Object.fromEntries(live.map(({ orderId, content }) => [orderId, content?.state ?? '']));
}
