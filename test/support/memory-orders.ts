import { isLive } from '../../functions/core/orders/order.ts';
import type { FeedEntry, OrderRow, OrderStore } from '../../functions/core/orders/store.ts';

export interface MemoryOrders extends OrderStore {
  readonly rows: Map<string, OrderRow>;
  readonly feed: FeedEntry[];
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** Orders and feed of an account in memory, with the conditions of the real store. */
export function memoryOrders(): MemoryOrders {
  const rows = new Map<string, OrderRow>();
  const feed: FeedEntry[] = [];
  const store: MemoryOrders = {
    rows,
    feed,
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

    lastFeedNumber: async () => feed.at(-1)?.number ?? 0,

    async appendToFeed(_accountId, entry) {
      store.onWrite(`feed ${entry.orderId}`);
      if (feed.some(({ number }) => number === entry.number)) return false;
      feed.push({ ...entry });
      return true;
    },

    async removeAll() {
      rows.clear();
      feed.length = 0;
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
