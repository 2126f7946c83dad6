import type { ListedPart, ListedSale, ListedStore, Listing } from '../../functions/core/reconcile/store.ts';

export interface MemoryListed extends ListedStore {
  readonly written: Map<string, ListedPart>;
  readonly readings: Map<string, Listing>;
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
  sale(id: string): ListedSale | undefined;
}

/** The orders that lists have named, of an account, in memory. */
export function memoryListed(): MemoryListed {
  const written = new Map<string, ListedPart>();
  const readings = new Map<string, Listing>();
  const store: MemoryListed = {
    written,
    readings,
    onWrite: () => undefined,
    sale: (id) => [...written.values()].flatMap(({ sales }) => sales).find((sale) => sale.id === id),
    async parts(_accountId, { from, to }) {
      const found = [...written.values()].filter(({ day }) => day >= from && day <= to);
      const byDay = (one: ListedPart, other: ListedPart) =>
        one.day === other.day ? one.part - other.part : one.day < other.day ? -1 : 1;
      return structuredClone(found.sort(byDay));
    },
    async putPart(_accountId, part) {
      store.onWrite(`day ${part.day}`);
      written.set(`${part.day}#${part.part}`, structuredClone(part));
    },
    listing: async (_accountId, id) => structuredClone(readings.get(id)),
    async putListing(_accountId, listing) {
      store.onWrite(`listing ${listing.id}`);
      readings.set(listing.id, structuredClone(listing));
    },
    async removeListing(_accountId, id) {
      readings.delete(id);
    },
    listings: async (_accountId, limit) =>
      [...readings.values()]
        .filter(({ kind }) => kind !== 'check')
        .sort((one, other) => other.askedAtMillis - one.askedAtMillis)
        .slice(0, limit),
  };
  return store;
}
