import type { FailedOrder, JournalStore, SeenEvents } from '../../functions/core/ingest/store.ts';

export interface MemoryJournal extends JournalStore {
  readonly bad: Map<string, FailedOrder>;
  readonly seenIds: Set<string>;
  /** The calls that were made. */
  readonly calls: string[];
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** The records of an account's journal events in memory. */
export function memoryJournal(): MemoryJournal {
  const bad = new Map<string, FailedOrder>();
  const seenIds = new Set<string>();
  const noted: SeenEvents[] = [];
  const calls: string[] = [];
  const store: MemoryJournal = {
    bad,
    seenIds,
    calls,
    onWrite: () => undefined,
    async failedOrders() {
      calls.push('failedOrders');
      return [...bad.values()].sort((one, other) => (one.orderId < other.orderId ? -1 : 1));
    },
    async putFailedOrder(_accountId, one) {
      store.onWrite(`bad ${one.orderId}`);
      bad.set(one.orderId, one);
    },
    async removeFailedOrder(_accountId, orderId) {
      store.onWrite(`good ${orderId}`);
      bad.delete(orderId);
    },
    async markSeen(_accountId, events) {
      store.onWrite('seen');
      noted.push(events);
      for (const id of events.ids) seenIds.add(id);
    },
    async seen(_accountId, { first, last }) {
      calls.push('seen');
      const among = noted.filter((events) => events.last >= first && events.first <= last);
      return new Set(among.flatMap(({ ids }) => ids).filter((id) => seenIds.has(id)));
    },
    async forgetSeen() {
      store.onWrite('forget seen');
      seenIds.clear();
    },
    async removeAll() {
      bad.clear();
      seenIds.clear();
    },
  };
  return store;
}
