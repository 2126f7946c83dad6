import { Chance } from './chance.ts';
import type { Offer, Purchase, Sale } from './goods.ts';
import type { Buyer } from './people.ts';

/** First id of each sequence, and the widest gap between two ids. Buyers' ids have to fit an xsd:int. */
const SEQUENCES = {
  purchase: { first: 6_200_000_000, gap: 40 },
  sale: { first: 9_500_000_000, gap: 60 },
  offer: { first: 8_000_000_000, gap: 9_000 },
  relisted: { first: 9_000_000_000, gap: 9_000 },
  payment: { first: 12_000_000_000, gap: 200 },
  buyer: { first: 30_000_000, gap: 900 },
} as const;

type Sequence = keyof typeof SEQUENCES;

export interface Surcharge {
  readonly id: number;
  readonly amountMinor: number;
}

export interface LedgerSnapshot {
  readonly lastIds: Record<Sequence, number>;
  readonly offers: readonly Offer[];
  readonly buyers: readonly Buyer[];
  readonly purchases: readonly Purchase[];
  readonly sales: readonly Sale[];
}

/**
 * All offers, buyers, purchases and sales, with the indexes that calls need. Look-ups by id throw RangeError for
 * an unknown id.
 */
export class Ledger {
  readonly #seed: number;
  readonly #lastIds: Record<Sequence, number>;
  readonly #offers = new Map<number, Offer>();
  readonly #buyers = new Map<number, Buyer>();
  readonly #purchases = new Map<number, Purchase>();
  readonly #sales = new Map<number, Sale>();
  readonly #saleOfSurcharge = new Map<number, { sale: Sale; surcharge: Surcharge }>();
  readonly #purchasesByOffer = new Map<number, Map<number, Purchase[]>>();
  readonly #salesBySeller = new Map<number, Sale[]>();
  readonly #offersBySeller = new Map<number, Offer[]>();
  readonly #firstListings = new Map<number, Offer[]>();
  readonly #customers = new Map<number, Buyer[]>();

  constructor(seed: number, saved?: LedgerSnapshot) {
    this.#seed = seed;
    this.#lastIds = saved?.lastIds ?? {
      purchase: SEQUENCES.purchase.first,
      sale: SEQUENCES.sale.first,
      offer: SEQUENCES.offer.first,
      relisted: SEQUENCES.relisted.first,
      payment: SEQUENCES.payment.first,
      buyer: SEQUENCES.buyer.first,
    };
    for (const offer of saved?.offers ?? []) this.addOffer(offer);
    for (const buyer of saved?.buyers ?? []) this.addBuyer(buyer);
    for (const purchase of saved?.purchases ?? []) this.addPurchase(purchase);
    for (const sale of saved?.sales ?? []) this.addSale(sale);
  }

  snapshot(): LedgerSnapshot {
    return {
      lastIds: this.#lastIds,
      offers: [...this.#offers.values()],
      buyers: [...this.#buyers.values()],
      purchases: [...this.#purchases.values()],
      sales: [...this.#sales.values()],
    };
  }

  /**
   * The next id of a sequence. The gap follows from the seed and the last id alone, so no sequence depends on
   * when another is used.
   */
  nextId(sequence: Sequence): number {
    const last = this.#lastIds[sequence];
    this.#lastIds[sequence] = last + new Chance(this.#seed + last).int(1, SEQUENCES[sequence].gap);
    return this.#lastIds[sequence];
  }

  addOffer(offer: Offer): void {
    this.#offers.set(offer.id, offer);
    append(this.#offersBySeller, offer.sellerId, offer);
    if (!offer.relisted) append(this.#firstListings, offer.sellerId, offer);
  }

  addBuyer(buyer: Buyer): void {
    this.#buyers.set(buyer.id, buyer);
    append(this.#customers, buyer.sellerId, buyer);
  }

  addPurchase(purchase: Purchase): void {
    this.#purchases.set(purchase.id, purchase);
    const buyers = this.#purchasesByOffer.get(purchase.offerId) ?? new Map<number, Purchase[]>();
    this.#purchasesByOffer.set(purchase.offerId, buyers);
    append(buyers, purchase.buyerId, purchase);
  }

  addSale(sale: Sale): void {
    this.#sales.set(sale.id, sale);
    append(this.#salesBySeller, sale.sellerId, sale);
    for (const surcharge of sale.surcharges) this.#saleOfSurcharge.set(surcharge.id, { sale, surcharge });
  }

  addSurcharge(sale: Sale, surcharge: Surcharge): void {
    sale.surcharges.push(surcharge);
    this.#saleOfSurcharge.set(surcharge.id, { sale, surcharge });
  }

  offer = (id: number): Offer => found(this.#offers.get(id), id);
  buyer = (id: number): Buyer => found(this.#buyers.get(id), id);
  purchase = (id: number): Purchase => found(this.#purchases.get(id), id);
  sale = (id: number): Sale => found(this.#sales.get(id), id);

  findOffer = (id: number): Offer | undefined => this.#offers.get(id);
  findPurchase = (id: number): Purchase | undefined => this.#purchases.get(id);
  findSale = (id: number): Sale | undefined => this.#sales.get(id);
  findSurcharge = (id: number) => this.#saleOfSurcharge.get(id);

  /** The purchases of one buyer in one offer, oldest first. */
  purchasesOf = (offerId: number, buyerId: number): readonly Purchase[] =>
    this.#purchasesByOffer.get(offerId)?.get(buyerId) ?? [];

  buyersIn = (offerId: number): readonly number[] => [...(this.#purchasesByOffer.get(offerId)?.keys() ?? [])];

  /** The seller's sales, oldest first. */
  salesOf = (sellerId: number): readonly Sale[] => this.#salesBySeller.get(sellerId) ?? [];
  offersOf = (sellerId: number): readonly Offer[] => this.#offersBySeller.get(sellerId) ?? [];
  /** The seller's offers, without those that replaced a sold-out one. */
  firstListingsOf = (sellerId: number): readonly Offer[] => this.#firstListings.get(sellerId) ?? [];
  customersOf = (sellerId: number): readonly Buyer[] => this.#customers.get(sellerId) ?? [];
  allPurchases = (): Purchase[] => [...this.#purchases.values()];
  allSales = (): Sale[] => [...this.#sales.values()];
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function found<T>(value: T | undefined, id: number): T {
  if (value === undefined) throw new RangeError(`nothing has the id ${id}`);
  return value;
}
