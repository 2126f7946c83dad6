import type { RequestOf } from '../wire/operations.ts';
import type { Offer } from '../world/goods.ts';
import { Refusal } from '../world/refusal.ts';
import type { Session } from '../world/sessions.ts';
import type { World } from '../world/world.ts';
import { type CallContext, floatText, idOf, type Method, minorOf, sessionOf } from './context.ts';
import { categoryOf, imageOf, UNTIL_SOLD_OUT } from './offer-info.ts';

const PAGE = 100;
const LARGEST_PAGE = 1_000;

/**
 * The three tabs of the seller's offers: a running offer is on sale, and an offer with a piece sold counts as
 * sold.
 */
export const doGetMySellItems: Method<'doGetMySellItems'> = (request, context) => {
  const { count, offers } = listed(request, { context, tab: (offer) => offer.endedAt === undefined });
  return { sellItemsCounter: count, sellItemsList: offers.map((offer) => sellItem(context.world, offer)) };
};

export const doGetMySoldItems: Method<'doGetMySoldItems'> = (request, context) => {
  const { count, offers } = listed(request, {
    context,
    tab: (offer) => offer.soldQuantity > 0,
    order: (one, other) => (other.lastPurchaseId ?? 0) - (one.lastPurchaseId ?? 0),
  });
  return { soldItemsCounter: count, soldItemsList: offers.map((offer) => sellItem(context.world, offer)) };
};

export const doGetMyNotSoldItems: Method<'doGetMyNotSoldItems'> = (request, context) => {
  const unsold = (offer: Offer) => offer.endedAt !== undefined && offer.soldQuantity === 0;
  const { count, offers } = listed(request, { context, tab: unsold });
  return {
    notSoldItemsCounter: count,
    notSoldItemsList: offers.map((offer) => sellItem(context.world, offer)),
  };
};

/** The part that the requests of the three tabs share. */
type TabRequest = Omit<RequestOf<'doGetMySellItems'>, 'filterOptions'> & {
  readonly filterOptions?: RequestOf<'doGetMySellItems'>['filterOptions'] & { filterFromEnd?: number };
};

interface Tab {
  readonly context: CallContext;
  readonly tab: (offer: Offer) => boolean;
  /** Order of the offers when the request names none. */
  readonly order?: (one: Offer, other: Offer) => number;
}

/** The page (numbered from 0) that a request asks for, and the number of offers on all pages. */
function listed(request: TabRequest, { context, tab, order }: Tab): { count: number; offers: Offer[] } {
  const { world } = context;
  const session = sessionOf(request.sessionId, context);
  const { pageSize = PAGE, pageNumber = 0 } = request;
  if (pageSize < 1 || pageSize > LARGEST_PAGE || pageNumber < 0) {
    throw new Refusal('ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR');
  }
  const found = ownOffers(world, session)
    .filter((offer) => tab(offer) && isAskedFor(offer, { request, now: world.clock.now() }))
    .sort(request.sortOptions === undefined && order !== undefined ? order : sorting(request));
  const start = pageNumber * pageSize;
  return { count: found.length, offers: found.slice(start, start + pageSize) };
}

const ownOffers = (world: World, { sellerId, countryId }: Session): Offer[] =>
  world.trade.ledger.offersOf(sellerId).filter((offer) => offer.countryId === countryId);

/** Hours behind the codes of the filters for times; the higher ones are two to seven days. */
const HOURS = [undefined, undefined, 1, 3, 6, 12, 24, 48, 72, 96, 120, 144, 168];

function isAskedFor(offer: Offer, { request, now }: { request: TabRequest; now: number }): boolean {
  const { searchValue = '', categoryId, itemIds = [], filterOptions = {} } = request;
  const { filterPrice = {}, filterFormat = 0, filterBids = 0, filterAutoListing = 0 } = filterOptions;
  const since = (code = 0) => now - (HOURS[code] ?? Infinity) * 3_600;
  return (
    offer.title.toLowerCase().includes(searchValue.toLowerCase()) &&
    (categoryId === undefined || categoryId === 0 || categoryId === categoryOf(offer)) &&
    (itemIds.length === 0 || itemIds.map(idOf).includes(offer.id)) &&
    (filterFormat === 0 || filterFormat === (offer.startingMinor > 0 ? 1 : 2)) &&
    (filterBids === 0 || (filterBids === 1) === offer.bids > 0) &&
    (filterOptions.filterToEnd ?? 0) === 0 &&
    filterAutoListing <= 1 &&
    offer.startedAt >= since(filterOptions.filterFromStart) &&
    (offer.endedAt ?? now) >= since(filterOptions.filterFromEnd) &&
    offer.priceMinor >= minorOf(filterPrice.filterPriceFrom ?? '0') &&
    (filterPrice.filterPriceTo === undefined || offer.priceMinor <= minorOf(filterPrice.filterPriceTo))
  );
}

const SORT = { end: 1, price: 2, name: 3, bids: 4 } as const;
const DESCENDING = 2;

function sorting({ sortOptions = {} }: TabRequest): (a: Offer, b: Offer) => number {
  const { sortType = SORT.end, sortOrder } = sortOptions;
  const sign = sortOrder === DESCENDING ? -1 : 1;
  const compare = (a: Offer, b: Offer): number => {
    if (sortType === SORT.price) return a.priceMinor - b.priceMinor;
    if (sortType === SORT.name) return a.title.localeCompare(b.title, 'pl');
    if (sortType === SORT.bids) return a.bids - b.bids;
    return (a.endedAt ?? Number.MAX_SAFE_INTEGER) - (b.endedAt ?? Number.MAX_SAFE_INTEGER);
  };
  return (a, b) => sign * (compare(a, b) || a.id - b.id);
}

function sellItem({ trade: { ledger } }: World, offer: Offer) {
  const bidder = offer.highBidderId === 0 ? undefined : ledger.buyer(offer.highBidderId);
  return {
    itemId: String(offer.id),
    itemTitle: offer.title,
    itemThumbnailUrl: imageOf(offer),
    itemPrice: prices(offer),
    itemStartQuantity: offer.startQuantity,
    itemSoldQuantity: offer.soldQuantity,
    itemQuantityType: 1,
    itemStartTime: String(offer.startedAt),
    itemEndTime: String(offer.endedAt ?? 0),
    itemEndTimeLeft: offer.endedAt === undefined ? 'do wyczerpania' : 'zakończona',
    itemBiddersCounter: offer.bids,
    itemHighestBidder: {
      userId: bidder?.id ?? 0,
      userLogin: bidder?.login ?? '',
      userRating: bidder === undefined ? 0 : bidder.id % 300,
      userIcons: 0,
      userCountry: bidder?.home.countryId ?? 0,
    },
    itemCategoryId: categoryOf(offer),
    itemWatchersCounter: offer.id % 4,
    itemViewsCounter: offer.soldQuantity * 7,
    itemNote: '',
    itemSpecialInfo: 0,
    itemShopInfo: offer.startingMinor > 0 ? 0 : 1,
    itemProductInfo: '0',
    itemPayuInfo: 1,
    itemDurationInfo: { durationType: UNTIL_SOLD_OUT },
  };
}

const KIND = { buyNow: 1, current: 2, starting: 3, reserve: 4 } as const;

function prices({ priceMinor, startingMinor, reserveMinor }: Offer) {
  const kinds = [
    [KIND.buyNow, priceMinor],
    [KIND.current, startingMinor],
    [KIND.starting, startingMinor],
    [KIND.reserve, reserveMinor],
  ] as const;
  return kinds
    .filter(([, minor]) => minor > 0)
    .map(([priceType, minor]) => ({ priceType, priceValue: floatText(minor) }));
}
