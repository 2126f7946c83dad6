import type { Offer } from './goods.ts';
import type { Ledger } from './ledger.ts';
import type { OfferChange, OfferJournal } from './offer-journal.ts';

interface Parts {
  readonly ledger: Ledger;
  readonly journal: OfferJournal;
  readonly now: () => number;
}

/** The data of an offer that its seller gives. */
export type Listing = Pick<Offer, 'sellerId' | 'countryId' | 'title' | 'priceMinor' | 'hasVariants'>;

/** The life of offers, as the offer journal tells it. */
export class Offers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  open(listing: Listing): Offer {
    return this.#list(listing, { id: this.#parts.ledger.nextId('offer'), relisted: false });
  }

  /** The offer if so many pieces are left, otherwise the offer that its seller listed as a replacement. */
  onSale(offer: Offer, quantity: number): Offer {
    if (offer.endedAt === undefined && piecesLeft(offer) >= quantity) return offer;
    const { ledger } = this.#parts;
    if (offer.successorId !== undefined) return this.onSale(ledger.offer(offer.successorId), quantity);
    const successor = this.#list(offer, { id: ledger.nextId('relisted'), relisted: true });
    offer.successorId = successor.id;
    return successor;
  }

  /** A sale. In an auction a bid comes first; the last piece ends the offer. */
  sell(offer: Offer, purchase: { id: number; quantity: number; unitMinor: number; buyerId: number }): void {
    const { quantity, unitMinor, buyerId } = purchase;
    offer.lastPurchaseId = purchase.id;
    if (offer.startingMinor > 0) {
      offer.bids += 1;
      offer.highBidderId = buyerId;
      this.#tell(offer, 'bid', offer.startingMinor);
    }
    offer.soldQuantity += quantity;
    this.#tell(offer, 'now', unitMinor);
    if (piecesLeft(offer) === 0) this.finish(offer);
  }

  /** Changes the pieces offered in all; `startQuantity` includes sold pieces. */
  changeQuantity(offer: Offer, startQuantity: number): void {
    offer.startQuantity = startQuantity;
    this.#tell(offer, 'change', offer.priceMinor);
  }

  changePrices(offer: Offer, prices: Pick<Offer, 'priceMinor' | 'startingMinor' | 'reserveMinor'>): void {
    Object.assign(offer, prices);
    this.#tell(offer, 'change', offer.priceMinor);
  }

  cancelBids(offer: Offer): void {
    for (; offer.bids > 0; offer.bids -= 1) this.#tell(offer, 'cancel_bid', offer.startingMinor);
    offer.highBidderId = 0;
  }

  finish(offer: Offer): void {
    offer.endedAt = this.#parts.now();
    this.#tell(offer, 'end', offer.soldQuantity === 0 ? 0 : offer.priceMinor);
  }

  /** Lists an offer. Traits that no buyer's plan depends on follow from its id. */
  #list(
    { sellerId, countryId, title, priceMinor, hasVariants }: Listing,
    { id, relisted }: { id: number; relisted: boolean },
  ): Offer {
    const offer: Offer = {
      id,
      sellerId,
      countryId,
      title,
      priceMinor,
      hasVariants,
      relisted,
      startingMinor: id % 5 === 0 ? Math.ceil(priceMinor / 2) : 0,
      reserveMinor: 0,
      startQuantity: 900 + (id % 100),
      soldQuantity: 0,
      bids: 0,
      highBidderId: 0,
      startedAt: this.#parts.now(),
    };
    this.#parts.ledger.addOffer(offer);
    this.#tell(offer, 'start', 0);
    return offer;
  }

  #tell({ id, sellerId, countryId }: Offer, change: OfferChange, priceMinor: number): void {
    const entry = { change, offerId: id, sellerId, countryId, priceMinor };
    this.#parts.journal.write(entry, this.#parts.now());
  }
}

export const piecesLeft = ({ startQuantity, soldQuantity }: Offer): number => startQuantity - soldQuantity;
