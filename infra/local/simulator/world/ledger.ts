import { Chance } from './chance.ts';
import type { Deal, Form, Offer } from './goods.ts';
import type { Buyer } from './people.ts';

/** First id of each sequence, and the widest gap between two ids. Buyers' ids have to fit an xsd:int. */
const SEQUENCES = {
  deal: { first: 6_200_000_000, gap: 40 },
  form: { first: 9_500_000_000, gap: 60 },
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
  readonly deals: readonly Deal[];
  readonly forms: readonly Form[];
}

/**
 * All offers, buyers, deals and forms, with the indexes that calls need. Look-ups by id throw RangeError for
 * an unknown id.
 */
export class Ledger {
  readonly #seed: number;
  readonly #lastIds: Record<Sequence, number>;
  readonly #offers = new Map<number, Offer>();
  readonly #buyers = new Map<number, Buyer>();
  readonly #deals = new Map<number, Deal>();
  readonly #forms = new Map<number, Form>();
  readonly #formOfSurcharge = new Map<number, { form: Form; surcharge: Surcharge }>();
  readonly #dealsByOffer = new Map<number, Map<number, Deal[]>>();
  readonly #formsBySeller = new Map<number, Form[]>();
  readonly #offersBySeller = new Map<number, Offer[]>();
  readonly #firstListings = new Map<number, Offer[]>();
  readonly #customers = new Map<number, Buyer[]>();

  constructor(seed: number, saved?: LedgerSnapshot) {
    this.#seed = seed;
    this.#lastIds = saved?.lastIds ?? {
      deal: SEQUENCES.deal.first,
      form: SEQUENCES.form.first,
      offer: SEQUENCES.offer.first,
      relisted: SEQUENCES.relisted.first,
      payment: SEQUENCES.payment.first,
      buyer: SEQUENCES.buyer.first,
    };
    for (const offer of saved?.offers ?? []) this.addOffer(offer);
    for (const buyer of saved?.buyers ?? []) this.addBuyer(buyer);
    for (const deal of saved?.deals ?? []) this.addDeal(deal);
    for (const form of saved?.forms ?? []) this.addForm(form);
  }

  snapshot(): LedgerSnapshot {
    return {
      lastIds: this.#lastIds,
      offers: [...this.#offers.values()],
      buyers: [...this.#buyers.values()],
      deals: [...this.#deals.values()],
      forms: [...this.#forms.values()],
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

  addDeal(deal: Deal): void {
    this.#deals.set(deal.id, deal);
    const buyers = this.#dealsByOffer.get(deal.offerId) ?? new Map<number, Deal[]>();
    this.#dealsByOffer.set(deal.offerId, buyers);
    append(buyers, deal.buyerId, deal);
  }

  addForm(form: Form): void {
    this.#forms.set(form.id, form);
    append(this.#formsBySeller, form.sellerId, form);
    for (const surcharge of form.surcharges) this.#formOfSurcharge.set(surcharge.id, { form, surcharge });
  }

  addSurcharge(form: Form, surcharge: Surcharge): void {
    form.surcharges.push(surcharge);
    this.#formOfSurcharge.set(surcharge.id, { form, surcharge });
  }

  offer = (id: number): Offer => found(this.#offers.get(id), id);
  buyer = (id: number): Buyer => found(this.#buyers.get(id), id);
  deal = (id: number): Deal => found(this.#deals.get(id), id);
  form = (id: number): Form => found(this.#forms.get(id), id);

  findOffer = (id: number): Offer | undefined => this.#offers.get(id);
  findForm = (id: number): Form | undefined => this.#forms.get(id);
  findSurcharge = (id: number) => this.#formOfSurcharge.get(id);

  /** The deals of one buyer in one offer, oldest first. */
  purchasesOf = (offerId: number, buyerId: number): readonly Deal[] =>
    this.#dealsByOffer.get(offerId)?.get(buyerId) ?? [];

  buyersIn = (offerId: number): readonly number[] => [...(this.#dealsByOffer.get(offerId)?.keys() ?? [])];

  /** The seller's forms, oldest first. */
  formsOf = (sellerId: number): readonly Form[] => this.#formsBySeller.get(sellerId) ?? [];
  offersOf = (sellerId: number): readonly Offer[] => this.#offersBySeller.get(sellerId) ?? [];
  /** The seller's offers, without those that replaced a sold-out one. */
  firstListingsOf = (sellerId: number): readonly Offer[] => this.#firstListings.get(sellerId) ?? [];
  customersOf = (sellerId: number): readonly Buyer[] => this.#customers.get(sellerId) ?? [];
  allDeals = (): Deal[] => [...this.#deals.values()];
  allForms = (): Form[] => [...this.#forms.values()];
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
