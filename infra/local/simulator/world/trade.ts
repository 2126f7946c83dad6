import type { Chance } from './chance.ts';
import { shipmentOf } from './countries.ts';
import { type Deal, type Form, type FormChoices, isOnline, type Offer } from './goods.ts';
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
  /** Probability that a form with further events is announced only by the first of them. */
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

/** The actions of buyers, with their events in the journal: one per deal of the form. */
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
  buy({ offer: wanted, buyerId, quantity, percentOff, variant }: BuyRequest): Deal {
    const offer = this.offers.onSale(wanted, quantity);
    const listMinor = offer.priceMinor;
    const unitMinor = Math.max(1, listMinor - Math.floor((listMinor * percentOff) / 100));
    const deal: Deal = {
      id: this.ledger.nextId('deal'),
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
    this.ledger.addDeal(deal);
    this.offers.sell(offer, deal);
    this.#tell(EVENT.dealCreated, { dealIds: [deal.id], formId: 0 });
    return deal;
  }

  /** Fills a form for deals that no live form holds. `followed`: the form will have further events. */
  fill(dealIds: readonly number[], choices: FormChoices, { followed }: { followed: boolean }): Form {
    const deals = dealIds.map((id) => this.ledger.deal(id));
    const [first] = deals;
    if (first === undefined || deals.some((deal) => deal.formId !== undefined)) {
      throw new Error('a form needs deals, and none that a live form holds');
    }
    const online = isOnline(choices.payType);
    const form: Form = {
      id: this.ledger.nextId('form'),
      sellerId: first.sellerId,
      buyerId: first.buyerId,
      dealIds,
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
      const earlier = this.ledger.formsOf(form.sellerId).at(-1);
      form.misnamedId = this.#parts.lies.happens(0.3) ? form.id : earlier?.id;
    }
    this.ledger.addForm(form);
    for (const deal of deals) deal.formId = form.id;
    if (form.announced) this.#tell(EVENT.formCreated, { dealIds, formId: form.id });
    return form;
  }

  finishPayment(form: Form): void {
    if (form.dealIds.length > 1 && this.#lies('leaves')) this.#leave(form);
    form.payment = 'finished';
    form.paidAt = this.#parts.now();
    this.#tellOf(form, EVENT.paymentFinished);
  }

  /** The payment system refuses: the form is dead, without a date of cancellation. */
  rejectPayment(form: Form): void {
    form.payment = 'rejected';
    this.#release(form);
  }

  cancel(form: Form): void {
    form.cancelledAt = this.#parts.now();
    this.#release(form);
  }

  /** The money goes back. Sources name no event for this; the event of the payment is repeated. */
  withdrawPayment(form: Form): void {
    form.payment = 'withdrawn';
    this.#tellOf(form, EVENT.paymentFinished);
  }

  addSurcharge(form: Form, amountMinor: number): void {
    this.ledger.addSurcharge(form, { id: this.ledger.nextId('form'), amountMinor });
  }

  addParcel(form: Form, parcel: Form['parcels'][number]): void {
    form.parcels.push(parcel);
  }

  /** A purchase leaves its form and is an order of its own again. Sources name no event for this. */
  #leave(form: Form): void {
    const [leaving, ...others] = form.dealIds;
    if (leaving === undefined) return;
    form.dealIds = others;
    this.ledger.deal(leaving).formId = undefined;
  }

  /**
   * Whether a lie of this kind happens. Probability 0 draws no random number, so a setting left alone changes
   * no world.
   */
  #lies(how: 'misnames' | 'leaves'): boolean {
    const probability = this.#parts.settings[how];
    return probability > 0 && this.#parts.lies.happens(probability);
  }

  #release(form: Form): void {
    for (const id of form.dealIds) this.ledger.deal(id).formId = undefined;
    this.#tellOf(form, EVENT.formCancelled);
  }

  /** Writes the events of a form, and afterwards that of its creation if it was held back. */
  #tellOf(form: Form, type: EventType): void {
    const about = { dealIds: form.dealIds, formId: form.id };
    this.#tell(type, about);
    if (form.announced) return;
    form.announced = true;
    this.#tell(EVENT.formCreated, about);
  }

  #tell(type: EventType, { dealIds, formId }: { dealIds: readonly number[]; formId: number }): void {
    for (const dealId of dealIds) {
      const { sellerId } = this.ledger.deal(dealId);
      this.#parts.journal.write({ type, sellerId, dealId, formId }, this.#parts.now());
    }
  }
}
