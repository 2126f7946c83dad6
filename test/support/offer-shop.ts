import { type EpochMillis, epochSeconds, toSeconds } from '../../functions/core/base/time.ts';
import type { Offer, OfferEvent, OfferList, OfferSource } from '../../functions/core/marketplace/offers.ts';
import { SETTINGS } from './sales.ts';

/** Ids that look like those of real offers. */
export const offerId = (index: number): string => String(8_000_000_001 + index);

/** The offers of a seller, changed by the test; calls for them are recorded. */
export interface OfferShop {
  readonly source: OfferSource;
  readonly offers: Map<string, Offer & { ended: boolean }>;
  readonly journal: OfferEvent[];
  readonly calls: string[];
  /** Called before each call; may throw. */
  onCall: (operation: string) => void;
  /** Time of writing of new entries. */
  now: EpochMillis;
  /** Most offers in a page of a list, whatever size is asked for. */
  pageSize: number;
  journalPageSize: number;
  firstPage: 0 | 1;
  start(index: number, changes?: Partial<Offer>): void;
  change(index: number, minor: number): void;
  sell(index: number, quantity: number): void;
  end(index: number): void;
  /** Removes an offer without an entry in the journal. */
  remove(index: number): void;
  hint(index: number): void;
}

export function offerShop(now: EpochMillis): OfferShop {
  const offers: OfferShop['offers'] = new Map();
  const journal: OfferEvent[] = [];
  const calls: string[] = [];
  const edit = (index: number, by: (offer: Offer) => Partial<Offer & { ended: boolean }>): void => {
    const offer = offers.get(offerId(index));
    if (offer === undefined || offer.ended) return;
    offers.set(offer.id, { ...offer, ...by(offer) });
    self.hint(index);
  };
  const called = (operation: string): void => {
    calls.push(operation);
    self.onCall(operation);
  };
  const isIn: Record<OfferList, (offer: Offer & { ended: boolean }) => boolean> = {
    'for-sale': ({ ended }) => !ended,
    // Running offers with a sale count as sold too, as at marketplaces.
    sold: ({ soldQuantity = 0 }) => soldQuantity > 0,
    'not-sold': ({ ended, soldQuantity }) => ended && soldQuantity === 0,
  };
  const self: OfferShop = {
    offers,
    journal,
    calls,
    onCall: () => undefined,
    now,
    pageSize: 1_000,
    journalPageSize: SETTINGS.journalPageSize,
    firstPage: 0,
    source: {
      async offerEvents(_handle, after = '0') {
        called('offerEvents');
        const events = journal.filter(({ id }) => BigInt(id) > BigInt(after)).slice(0, self.journalPageSize);
        const next = events.at(-1)?.id ?? after;
        return { events, next, isEnd: events.length < self.journalPageSize };
      },
      async offersIn(_handle, query) {
        called(`${query.list} ${'ids' in query ? query.ids.length : `page ${query.page}`}`);
        const found = [...offers.values()]
          .filter(isIn[query.list])
          .map(({ ended: _, ...offer }) => offer)
          .filter(({ id }) => !('ids' in query) || query.ids.includes(id));
        const start = 'page' in query ? Math.max(0, query.page - self.firstPage) * self.pageSize : 0;
        return { offers: found.slice(start, start + self.pageSize), unreadable: [], count: found.length };
      },
    },
    start(index, changes = {}) {
      const id = offerId(index);
      if (offers.has(id)) return;
      const amount = { minor: 1_050 + index, currency: 'PLN' };
      offers.set(id, {
        id,
        title: `Klamka mosiężna nr ${index}`,
        price: { amount, kind: 'buy-now' },
        startQuantity: 10,
        soldQuantity: 0,
        startedAtSeconds: toSeconds(self.now),
        endsAtSeconds: undefined,
        ended: false,
        ...changes,
      });
      self.hint(index);
    },
    change: (index, minor) =>
      edit(index, () => ({ price: { amount: { minor, currency: 'PLN' }, kind: 'buy-now' } })),
    sell(index, quantity) {
      edit(index, ({ soldQuantity = 0, startQuantity = 0 }) => {
        const sold = Math.min(startQuantity, soldQuantity + quantity);
        const ended = sold === startQuantity;
        return { soldQuantity: sold, ended, ...(ended && { endsAtSeconds: toSeconds(self.now) }) };
      });
    },
    end: (index) => edit(index, () => ({ ended: true, endsAtSeconds: toSeconds(self.now) })),
    remove: (index) => void offers.delete(offerId(index)),
    hint(index) {
      const id = String(4_700_000_000 + (journal.length + 1) * 17);
      journal.push({ id, offerId: offerId(index), atSeconds: epochSeconds(toSeconds(self.now)) });
    },
  };
  return self;
}
