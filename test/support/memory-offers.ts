import type { ListedPage, OfferRow, OfferStore } from '../../functions/core/offers/store.ts';

export interface MemoryOffers extends OfferStore {
  readonly rows: Map<string, OfferRow>;
  readonly listed: ListedPage[];
  /** Called before each write; may throw, as a crash would. */
  onWrite: (what: string) => void;
}

/** Offers of an account in memory, with the condition of the real store. */
export function memoryOffers(): MemoryOffers {
  const rows = new Map<string, OfferRow>();
  const listed: ListedPage[] = [];
  const store: MemoryOffers = {
    rows,
    listed,
    onWrite: () => undefined,

    async readMany(_accountId, offerIds) {
      const found = offerIds.flatMap((id) => rows.get(id) ?? []);
      return new Map(found.map((row) => [row.offerId, structuredClone(row)]));
    },

    async put(_accountId, row) {
      store.onWrite(`put ${row.offerId}`);
      const known = rows.get(row.offerId);
      if (known === undefined || known.readAtMillis <= row.readAtMillis)
        rows.set(row.offerId, structuredClone(row));
    },

    async *active() {
      yield [...rows.values()].filter(({ state }) => state === 'active').map(({ offerId }) => offerId);
    },

    listing: async () => [...listed].sort((one, other) => one.page - other.page),

    async keepListed(_accountId, page) {
      store.onWrite(`page ${page.page}`);
      const known = listed.findIndex((one) => one.page === page.page);
      listed.splice(known === -1 ? listed.length : known, known === -1 ? 0 : 1, page);
    },

    async endListing() {
      store.onWrite('end of listing');
      listed.length = 0;
    },

    async removeAll() {
      rows.clear();
      listed.length = 0;
    },
  };
  return store;
}
