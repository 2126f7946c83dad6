import type { Chance } from './chance.ts';
import { shipmentOf } from './countries.ts';
import { isOnline, type Offer, type Purchase, type Sale, type SaleChoices } from './goods.ts';
import { EVENT, type EventType, type Journal } from './journal.ts';
import { Ledger, type LedgerSnapshot } from './ledger.ts';
import type { OfferJournal } from './offer-journal.ts';
import { Offers } from './offers.ts';
import type { Settings } from './settings.ts';

interface Parts {
  readonly seed: number;
  readonly journal: Journal;
  readonly offerJournal: OfferJournal;
  readonly chance: Chance;
  readonly now: () => number;
  /** Probability that a sale with further events is announced only by the first of them. */
  readonly outOfOrder: () => number;
  readonly lies: Chance;
  readonly settings: Pick<Settings, 'misnames' | 'leaves'>;
}

export interface BuyRequest {
  readonly offer: Offer;
  readonly buyerId: number;
  readonly quantity: number;
  readonly percentOff: number;
  readonly variant?: string | undefined;
}

/** The actions of buyers, with their events in the journal: one per purchase of the sale. */
export class Trade {
  readonly ledger: Ledger;
  readonly offers: Offers;
  readonly #parts: Parts;

  constructor(parts: Parts, saved?: LedgerSnapshot) {
    this.#parts = parts;
    this.ledger = new Ledger(parts.seed, saved);
    this.offers = new Offers({ ledger: this.ledger, journal: parts.offerJournal, now: parts.now });
  }

  /** A purchase at the price of this moment. A sold-out offer is replaced by its successor. */
  buy({ offer: wanted, buyerId, quantity, percentOff, variant }: BuyRequest): Purchase {
    const offer = this.offers.onSale(wanted, quantity);
    const listMinor = offer.priceMinor;
    const unitMinor = Math.max(1, listMinor - Math.floor((listMinor * percentOff) / 100));
    const purchase: Purchase = {
      id: this.ledger.nextId('purchase'),
      offerId: offer.id,
      sellerId: offer.sellerId,
      buyerId,
      quantity,
      listMinor,
      unitMinor,
      discounted: unitMinor < listMinor,
      variant,
      boughtAt: this.#parts.now(),
    };
    this.ledger.addPurchase(purchase);
    this.offers.sell(offer, purchase);
    this.#tell(EVENT.purchaseCreated, { purchaseIds: [purchase.id], saleId: 0 });
    return purchase;
  }

  /** Fills a sale for purchases that no live sale holds. `followed`: the sale will have further events. */
  fill(purchaseIds: readonly number[], choices: SaleChoices, { followed }: { followed: boolean }): Sale {
    const purchases = purchaseIds.map((id) => this.ledger.purchase(id));
    const [first] = purchases;
    if (first === undefined || purchases.some((purchase) => purchase.saleId !== undefined)) {
      throw new Error('a sale needs purchases, and none that a live sale holds');
    }
    const online = isOnline(choices.payType);
    const sale: Sale = {
      id: this.ledger.nextId('sale'),
      sellerId: first.sellerId,
      buyerId: first.buyerId,
      purchaseIds,
      choices,
      filledAt: this.#parts.now(),
      postageMinor: shipmentOf(this.ledger.offer(first.offerId).countryId, choices.shipmentId).costMinor,
      paymentId: online ? this.ledger.nextId('payment') : 0,
      payment: online ? 'started' : 'none',
      announced: !(followed && this.#parts.chance.happens(this.#parts.outOfOrder())),
      surcharges: [],
      parcels: [],
    };
    if (this.#lies('misnames')) {
      const earlier = this.ledger.salesOf(sale.sellerId).at(-1);
      sale.misnamedId = this.#parts.lies.happens(0.3) ? sale.id : earlier?.id;
    }
    this.ledger.addSale(sale);
    for (const purchase of purchases) purchase.saleId = sale.id;
    if (sale.announced) this.#tell(EVENT.saleCreated, { purchaseIds, saleId: sale.id });
    return sale;
  }

  finishPayment(sale: Sale): void {
    if (sale.purchaseIds.length > 1 && this.#lies('leaves')) this.#leave(sale);
    sale.payment = 'finished';
    sale.paidAt = this.#parts.now();
    this.#tellOf(sale, EVENT.paymentFinished);
  }

  /** The payment system refuses: the sale is dead, without a date of cancellation. */
  rejectPayment(sale: Sale): void {
    sale.payment = 'rejected';
    this.#release(sale);
  }

  cancel(sale: Sale): void {
    sale.cancelledAt = this.#parts.now();
    this.#release(sale);
  }

  /** The money goes back. Sources name no event for this; the event of the payment is repeated. */
  withdrawPayment(sale: Sale): void {
    sale.payment = 'withdrawn';
    this.#tellOf(sale, EVENT.paymentFinished);
  }

  addSurcharge(sale: Sale, amountMinor: number): void {
    this.ledger.addSurcharge(sale, { id: this.ledger.nextId('sale'), amountMinor });
  }

  addParcel(sale: Sale, parcel: Sale['parcels'][number]): void {
    sale.parcels.push(parcel);
  }

  /** A purchase leaves its sale and is an order of its own again. Sources name no event for this. */
  #leave(sale: Sale): void {
    const [leaving, ...others] = sale.purchaseIds;
    if (leaving === undefined) return;
    sale.purchaseIds = others;
    this.ledger.purchase(leaving).saleId = undefined;
  }

  /**
   * Whether a lie of this kind happens. Probability 0 draws no random number, so a setting left alone changes
   * no world.
   */
  #lies(how: 'misnames' | 'leaves'): boolean {
    const probability = this.#parts.settings[how];
    return probability > 0 && this.#parts.lies.happens(probability);
  }

  #release(sale: Sale): void {
    for (const id of sale.purchaseIds) this.ledger.purchase(id).saleId = undefined;
    this.#tellOf(sale, EVENT.saleCancelled);
  }

  /** Writes the events of a sale, and afterwards that of its creation if it was held back. */
  #tellOf(sale: Sale, type: EventType): void {
    const about = { purchaseIds: sale.purchaseIds, saleId: sale.id };
    this.#tell(type, about);
    if (sale.announced) return;
    sale.announced = true;
    this.#tell(EVENT.saleCreated, about);
  }

  #tell(type: EventType, { purchaseIds, saleId }: { purchaseIds: readonly number[]; saleId: number }): void {
    for (const purchaseId of purchaseIds) {
      const { sellerId } = this.ledger.purchase(purchaseId);
      this.#parts.journal.write({ type, sellerId, purchaseId, saleId }, this.#parts.now());
    }
  }
}
