import type { FeedDeps } from '../../functions/core/feed/changes.ts';
import type { Consumer, ConsumerStore } from '../../functions/core/feed/consumer-store.ts';
import type { OrderHistory } from '../../functions/core/orders/store.ts';
import { type MemoryOrders, memoryFeed } from './memory-orders.ts';

/** The feeds of several accounts, over orders in memory; counts the reads of each account. */
export function memoryFeeds(accounts: Map<string, MemoryOrders>): FeedDeps & { readonly reads: string[] } {
  const reads: string[] = [];
  const feedOf = (accountId: string) => memoryFeed(accounts.get(accountId)?.feedPages ?? []);
  return {
    reads,
    feed: {
      async pages(accountId, range) {
        reads.push(`${accountId} ${range.after} ${range.limit}`);
        return await feedOf(accountId).pages(accountId, range);
      },
      lastPage: async (accountId) => await feedOf(accountId).lastPage(accountId),
    },
    orders: {
      readMany: async (accountId, orderIds) =>
        (await accounts.get(accountId)?.readMany(accountId, orderIds)) ?? new Map(),
    },
    accounts: { has: async (accountId) => accounts.has(accountId) },
  };
}

/** Consumers in memory, with the condition of the real store. */
export function memoryConsumers(): ConsumerStore {
  const accounts = new Map<string, Map<string, Consumer>>();
  const of = (accountId: string) => accounts.get(accountId) ?? new Map<string, Consumer>();
  return {
    read: async (accountId, name) => of(accountId).get(name),
    async list(accountId, { limit, after = '' }) {
      const rest = [...of(accountId).values()]
        .filter(({ name }) => name > after)
        .sort((one, other) => (one.name < other.name ? -1 : 1));
      const consumers = rest.slice(0, limit);
      return { consumers, next: rest.length > limit ? consumers.at(-1)?.name : undefined };
    },
    async move(accountId, consumer, { back }) {
      const all = of(accountId);
      const number = all.get(consumer.name)?.number ?? 0;
      if (!back && number > consumer.number) return;
      accounts.set(accountId, all.set(consumer.name, consumer));
    },
  };
}

/** Pages of rows by key, as in the real store: the limit counts rows read, not rows that fit. */
export const memoryHistory = (orders: MemoryOrders): OrderHistory => ({
  async changedBetween(_accountId, { fromMillis, toMillis, limit, after = '' }) {
    const rest = [...orders.rows.values()]
      .filter(({ orderId }) => orderId > after)
      .sort((one, other) => (one.orderId < other.orderId ? -1 : 1));
    const page = rest.slice(0, limit);
    const found = page.filter(
      ({ content, changedAtMillis }) =>
        content !== undefined && changedAtMillis >= fromMillis && changedAtMillis < toMillis,
    );
    return { orders: found, next: rest.length > limit ? page.at(-1)?.orderId : undefined };
  },
});
