import { createHash } from 'node:crypto';
import { type Clock, toSeconds } from '../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../functions/core/faults/fault.ts';
import type { EventPage, SaleEvent, SaleEventKind } from '../../functions/core/marketplace/journal.ts';
import type { SaleLists } from '../../functions/core/marketplace/lists.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import type { Sale, SaleRead, SaleState } from '../../functions/core/marketplace/sales.ts';
import type { MarketplaceSettings } from '../../functions/core/marketplace/settings.ts';
import { SETTINGS, saleOf } from './sales.ts';

/** The true state of an order. */
interface TrueSale {
  readonly id: string;
  readonly buyerId: string;
  state: SaleState;
  readonly purchaseIds: readonly string[];
  replacedBy: readonly string[];
  /**
   * Orders into which this one was merged without an event that names it; the marketplace shows it until
   * `goneAtMillis`.
   */
  mergedInto: readonly string[];
  goneAtMillis: number;
  /** Whether the marketplace shows the order no more. */
  isGone: boolean;
  /** Extra payments in groszy, which the marketplace shows within the order. */
  readonly surcharges: number[];
  /** Number of further readings of the order that come broken. */
  broken: number;
}

/** An entry of the journal. Entries of other sellers take a position but are not shown. */
interface Entry {
  readonly position: string;
  readonly event: SaleEvent | undefined;
}

/**
 * A marketplace in memory with another protocol than the WebAPI: ids are UUIDs, events name their order and
 * all its purchases, unpaid orders are merged into new ones, some vanish, and a cancellation is final. The
 * marketplace has no lists, no offers, no purchases without an order, and a journal that cannot be searched
 * backwards.
 */
export interface UuidMarket {
  readonly marketplace: Marketplace;
  readonly sales: Map<string, TrueSale>;
  readonly journal: Entry[];
  readonly calls: string[];
  /** Called before each call; may throw. */
  onCall: (call: string) => void;
  /** `buyerId`: 77 unless another buyer is named. */
  buy(purchases: number, buyerId?: string): TrueSale;
  pay(sale: TrueSale): void;
  cancel(sale: TrueSale): void;
  merge(one: TrueSale, other: TrueSale): TrueSale;
  /** Like `merge`, but no event names the merged orders, and they are shown for this time longer. */
  mergeSilently(one: TrueSale, other: TrueSale, shownForMillis?: number): TrueSale;
  /** Like `merge`, but without any event. */
  mergeUntold(one: TrueSale, other: TrueSale): TrueSale;
  /** Ends the order; its purchases live on. */
  release(sale: TrueSale): void;
  vanish(sale: TrueSale): void;
  /** Asks the buyer for an extra payment. */
  charge(sale: TrueSale, minor: number): void;
  /** Writes an event of another seller. */
  foreign(): void;
  /** Empties the journal and lets positions begin anew. */
  beginAnew(): void;
}

const UUID_SETTINGS: MarketplaceSettings = {
  ...SETTINGS,
  id: 'uuid-market',
  identity: 'uuid-market',
  name: 'UUID market',
  journalPageSize: 4,
  fillsJournalPages: false,
  saleBatchSize: 3,
  lacks: ['lists', 'offers'],
};

/**
 * The sortable end of a position: the number of the event, in letters, behind a UUID. The UUID itself would
 * sort by chance.
 */
const sortKey = (position: string): string => position.slice(position.lastIndexOf('~') + 1);

const LETTERS = 'abcdefghij';
const lettersOf = (number: number): string =>
  [...String(number).padStart(9, '0')].map((digit) => LETTERS[Number(digit)] ?? '').join('');

export function uuidMarket(clock: Clock, { hasLists = false } = {}): UuidMarket {
  let [made, written] = [0, 0];
  const uuid = (): string => {
    made += 1;
    const hex = createHash('sha256').update(`uuid ${made}`).digest('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
      '-',
    );
  };
  const sales = new Map<string, TrueSale>();
  const journal: Entry[] = [];
  const calls: string[] = [];
  const called = (call: string): void => {
    calls.push(call);
    self.onCall(call);
  };
  const write = (event: Pick<SaleEvent, 'saleId' | 'kind' | 'purchases'> | undefined): void => {
    written += 1;
    const position = `${uuid()}~${lettersOf(written)}`;
    const atSeconds = toSeconds(clock());
    journal.push({ position, event: event && { ...event, id: position, atSeconds } });
  };
  const tell = (sale: TrueSale, kind: SaleEventKind): void =>
    write({
      saleId: sale.id,
      kind,
      purchases: sale.purchaseIds.map((purchaseId) => ({
        purchaseId,
        offerId: 'O-1',
        buyerId: sale.buyerId,
        quantity: 1,
      })),
    });
  const open = (purchaseIds: readonly string[], buyerId: string): TrueSale => {
    const sale: TrueSale = {
      id: uuid(),
      buyerId,
      state: 'awaiting-payment',
      purchaseIds,
      replacedBy: [],
      mergedInto: [],
      goneAtMillis: Number.POSITIVE_INFINITY,
      isGone: false,
      surcharges: [],
      broken: 0,
    };
    sales.set(sale.id, sale);
    return sale;
  };

  const behind = (after: string | undefined) =>
    journal.filter(({ position }) => after === undefined || sortKey(position) > sortKey(after));
  const page = async (_handle: unknown, after: string | undefined): Promise<EventPage> => {
    called('page');
    const entries = behind(after).slice(0, UUID_SETTINGS.journalPageSize);
    const events = entries.flatMap(({ event }) => event ?? []);
    return { events, next: entries.at(-1)?.position ?? after ?? '0', isEnd: entries.length === 0 };
  };
  const readOne = (id: string): SaleRead => {
    const sale = sales.get(id);
    if (sale === undefined || sale.isGone || clock() >= sale.goneAtMillis) return { id, absent: true };
    if (sale.broken > 0) {
      sale.broken -= 1;
      return { id, unreadable: 'lineItems: not a list' };
    }
    return sale.replacedBy.length > 0 ? { id, replacedBy: sale.replacedBy } : { id, sale: shown(sale) };
  };

  /** Ids of the orders that are shown and were not replaced. */
  const lists: SaleLists = {
    saleLists: ['all-sales'],
    async salePage() {
      called('list');
      const saleIds = [...sales.keys()].filter((id) => 'sale' in readOne(id));
      return { saleIds, share: 1 };
    },
  };

  const self: UuidMarket = {
    sales,
    journal,
    calls,
    onCall: () => undefined,
    marketplace: {
      settings: hasLists ? { ...UUID_SETTINGS, lacks: ['offers'] } : UUID_SETTINGS,
      ...(hasLists && { lists }),
      access: {
        probeKey: async () => undefined,
        prepareLogin: () => Promise.reject(new Error('not here')),
      },
      sales: {
        sortKey,
        page,
        async newest() {
          called('newest');
          const found = journal.slice(-2).flatMap(({ event }) => event ?? []);
          return { found, resume: 'newest' };
        },
        async remembers(_handle, { position }) {
          called('remembers');
          return journal.some((entry) => entry.position === position);
        },
        async read(_handle, ids) {
          called(`read ${ids.length}`);
          if (ids.length > UUID_SETTINGS.saleBatchSize)
            throw new MarketplaceFault({ reason: 'bad-input', outcome: 'not-sent', operation: 'read' });
          return ids.map(readOne);
        },
      },
    },
    buy(purchases, buyerId = '77') {
      const sale = open(Array.from({ length: purchases }, uuid), buyerId);
      tell(sale, 'sale-created');
      return sale;
    },
    pay(sale) {
      sale.state = 'paid';
      tell(sale, 'payment-finished');
    },
    cancel(sale) {
      sale.state = 'cancelled';
      tell(sale, 'released');
    },
    merge(one, other) {
      const merged = open([...one.purchaseIds, ...other.purchaseIds], one.buyerId);
      for (const sale of [one, other]) {
        sale.replacedBy = [merged.id];
        tell(sale, 'unknown');
      }
      tell(merged, 'sale-created');
      return merged;
    },
    mergeSilently(one, other, shownForMillis = 0) {
      const merged = open([...one.purchaseIds, ...other.purchaseIds], one.buyerId);
      for (const sale of [one, other]) {
        sale.mergedInto = [merged.id];
        sale.goneAtMillis = clock() + shownForMillis;
      }
      tell(merged, 'sale-created');
      return merged;
    },
    mergeUntold(one, other) {
      const merged = open([...one.purchaseIds, ...other.purchaseIds], one.buyerId);
      for (const sale of [one, other]) sale.replacedBy = [merged.id];
      return merged;
    },
    release(sale) {
      sale.state = 'released';
      tell(sale, 'released');
    },
    vanish(sale) {
      sale.isGone = true;
      tell(sale, 'unknown');
    },
    charge(sale, minor) {
      sale.surcharges.push(minor);
      tell(sale, 'unknown');
    },
    foreign: () => write(undefined),
    beginAnew() {
      journal.length = 0;
      written = 0;
    },
  };
  return self;
}

/** Half of the orders are paid in another currency than the others. */
const currencyOf = (id: string): string => (id < '8' ? 'EUR' : 'PLN');

/** Parts of an order that name a currency, a country, a delivery method and a carrier. */
export function bookedAs(id: string) {
  const currency = currencyOf(id);
  return {
    currency,
    country: currency === 'EUR' ? 'DE' : 'PL',
    deliveryMethod: { id: `method-${id}`, name: 'Automat paczkowy' },
    parcels: [{ carrier: { id: 'DPD', name: 'DPD Polska' }, number: `parcel-${id}`, status: 'SENT' }],
  };
}

/** An order as shown. The texts of its payment say nothing of its state, which only the driver knows. */
function shown({ id, buyerId, state, purchaseIds, surcharges }: TrueSale): Sale {
  const { currency, country, deliveryMethod, parcels } = bookedAs(id);
  const buyer = { id: buyerId, login: `login-${buyerId}`, email: `${buyerId}@example.com` };
  const message = `message-${buyerId}`;
  const plain = saleOf(id, purchaseIds, { buyer, message, deliveryMethod, parcels });
  const text = JSON.stringify(plain).replaceAll('"PLN"', `"${currency}"`);
  const priced = JSON.parse(text) as Pick<Sale, 'lines' | 'total' | 'deliveryCost' | 'paidOnline'>;
  const address = plain.shipmentAddress && { ...plain.shipmentAddress, country };
  const sale: Sale = { ...plain, ...priced, shipmentAddress: address };
  const payment = { ...sale.payment, status: 'started', statusText: 'w toku' } as const;
  const extras = surcharges.map((minor, index) => ({
    id: `${id}/${index}`,
    amount: { minor, currency },
    payment,
    cancelledAt: undefined,
  }));
  return { ...sale, state, payment, ...(extras.length > 0 && { surcharges: extras }) };
}
