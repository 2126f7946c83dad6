import type { Offer } from '../world/goods.ts';
import { piecesLeft } from '../world/offers.ts';
import { Refusal } from '../world/refusal.ts';
import type { Session } from '../world/sessions.ts';
import type { World } from '../world/world.ts';
import { idOf, type Method, minorOf, sessionOf } from './context.ts';

const MOST_PIECES = 999;
const MOST_FINISHED = 25;
const LEAST_MINOR = 1;
const LEAST_MINOR_CZECH = 100;

/**
 * Changes the quantity of an offer. The new number counts pieces sold before; at least one piece has to be
 * left.
 */
export const doChangeQuantityItem: Method<'doChangeQuantityItem'> = (request, context) => {
  const { world } = context;
  const offer = runningOffer(world, {
    id: request.itemId,
    session: sessionOf(request.sessionHandle, context),
  });
  const quantity = request.newItemQuantity;
  if (quantity < 1 || quantity > MOST_PIECES || quantity <= offer.soldQuantity) {
    throw new Refusal('ERR_INVALID_QUANTITY');
  }
  world.trade.offers.changeQuantity(offer, quantity);
  return {
    itemId: String(offer.id),
    itemInfo: 'Zmiana liczby sztuk nie kosztuje.',
    itemQuantityLeft: piecesLeft(offer),
    itemQuantitySold: offer.soldQuantity,
  };
};

/**
 * Changes prices. A price that is left out stays, 0 switches it off; Buy Now has to remain, because buyers
 * here bid and then buy.
 */
export const doChangePriceItem: Method<'doChangePriceItem'> = (request, context) => {
  const { world } = context;
  const offer = runningOffer(world, {
    id: request.itemId,
    session: sessionOf(request.sessionHandle, context),
  });
  const wished = (text: string | undefined, now: number) => {
    const minor = text === undefined ? now : minorOf(text);
    // NaN and the infinities become -1, which the checks below refuse.
    return Number.isFinite(minor) ? minor : -1;
  };
  const prices = {
    priceMinor: wished(request.newBuyNowPrice, offer.priceMinor),
    startingMinor: wished(request.newStartingPrice, offer.startingMinor),
    reserveMinor: wished(request.newReservePrice, offer.reserveMinor),
  };
  checkPrices(prices, offer);
  world.trade.offers.changePrices(offer, prices);
  return { itemInfo: 'Zmiana ceny nie kosztuje.', itemId: String(offer.id) };
};

function checkPrices(
  { priceMinor, startingMinor, reserveMinor }: Pick<Offer, 'priceMinor' | 'startingMinor' | 'reserveMinor'>,
  { startingMinor: before, bids, countryId }: Offer,
): void {
  const least = countryId === 56 ? LEAST_MINOR_CZECH : LEAST_MINOR;
  if (priceMinor < LEAST_MINOR) throw new Refusal('ERR_INVALID_BUY_NOW_PRICE');
  if (startingMinor !== before) {
    if (bids > 0) throw new Refusal('ERR_CANT_CHANGE_STARTING_PRICE_AFTER_BID');
    if (startingMinor < 0 || (startingMinor > 0 && startingMinor < least)) {
      throw new Refusal('ERR_INVALID_STARTING_PRICE');
    }
  }
  if (reserveMinor < 0 || (reserveMinor > 0 && startingMinor === 0))
    throw new Refusal('ERR_INVALID_RESERVE_PRICE');
  if (priceMinor < startingMinor) throw new Refusal('ERR_BUY_NOW_LESS_THAN_STARTING_PRICE');
  if (priceMinor < reserveMinor) throw new Refusal('ERR_BUY_NOW_LESS_THAN_RESERVE_PRICE');
}

/** Ends offers. An offer that cannot be ended is reported by its id in the reply, not by a fault. */
export const doFinishItems: Method<'doFinishItems'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionHandle, context);
  const { finishItemsList: list = [] } = request;
  if (list.length === 0) throw new Refusal('ERR_INPUT_ARRAY_EMPTY');
  if (list.length > MOST_FINISHED) throw new Refusal('ERR_ITEMS_ARRAY_OVERSIZED');
  const finishItemsSucceed: string[] = [];
  const finishItemsFailed: { finishItemId: string; finishErrorCode: string; finishErrorMessage: string }[] =
    [];
  for (const one of list) {
    try {
      finish(world, { ...one, session });
      finishItemsSucceed.push(one.finishItemId);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message } = error;
      finishItemsFailed.push({
        finishItemId: one.finishItemId,
        finishErrorCode: code,
        finishErrorMessage: message,
      });
    }
  }
  return { finishItemsSucceed, finishItemsFailed };
};

interface Ending {
  readonly finishItemId: string;
  readonly finishCancelAllBids?: number;
  readonly finishCancelReason?: string;
  readonly session: Session;
}

function finish(world: World, { finishItemId, session, ...how }: Ending): void {
  const offer = runningOffer(world, { id: finishItemId, session });
  const cancels = how.finishCancelAllBids === 1;
  if (cancels && (how.finishCancelReason ?? '').trim() === '')
    throw new Refusal('ERR_GIVE_CANCEL_BIDS_REASON');
  if (cancels) world.trade.offers.cancelBids(offer);
  world.trade.offers.finish(offer);
}

/** The seller's own offer that is not over. Throws `Refusal`. */
function runningOffer(
  { trade: { ledger } }: World,
  { id, session }: { id: string; session: Session },
): Offer {
  const offer = ledger.findOffer(idOf(id));
  const isOwn = offer?.sellerId === session.sellerId && offer.countryId === session.countryId;
  if (offer === undefined || !isOwn || offer.endedAt !== undefined) throw new Refusal('ERR_INVALID_ITEM_ID');
  return offer;
}
