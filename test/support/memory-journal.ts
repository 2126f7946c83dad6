import type { BadOrder, JournalStore } from '../../functions/core/ports/journal.ts';

export interface MemoryJournal extends JournalStore {
  readonly bad: Map<string, BadOrder>;
  readonly seenIds: Set<string>;
  /** What was asked of it. */
  readonly calls: string[];
}

/** What became of the journal's events of one account, in memory. */
export function memoryJournal(): MemoryJournal {
  const bad = new Map<string, BadOrder>();
  const seenIds = new Set<string>();
  const calls: string[] = [];
  return {
    bad,
    seenIds,
    calls,
    async badOrders() {
      calls.push('badOrders');
      return [...bad.values()];
    },
    async putBadOrder(_accountId, one) {
      bad.set(one.orderId, one);
    },
    async removeBadOrder(_accountId, orderId) {
      bad.delete(orderId);
    },
    async markSeen(_accountId, eventIds) {
      for (const id of eventIds) seenIds.add(id);
    },
    async seen(_accountId, { first, last }) {
      calls.push('seen');
      return new Set([...seenIds].filter((id) => BigInt(id) >= BigInt(first) && BigInt(id) <= BigInt(last)));
    },
    async removeAll() {
      bad.clear();
      seenIds.clear();
    },
  };
}
