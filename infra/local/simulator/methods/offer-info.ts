import type { ReplyOf } from '../wire/operations.ts';
import { countryOf } from '../world/countries.ts';
import type { Offer } from '../world/goods.ts';
import { piecesLeft } from '../world/offers.ts';
import type { Seller } from '../world/sellers.ts';
import type { World } from '../world/world.ts';
import { floatText, idsOf, type Method, sessionOf } from './context.ts';

type Info = NonNullable<ReplyOf<'doGetItemsInfo'>['arrayItemListInfo']>[number];

const MOST_OFFERS = 25;
/** The code of duration that every offer here has. The real number is unknown; this one is ours. */
export const UNTIL_SOLD_OUT = 99;

/**
 * Details of anybody's offers; strangers read 0 as starting price and time. Flags ask for the parts beside
 * the offer itself.
 */
export const doGetItemsInfo: Method<'doGetItemsInfo'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionHandle, context);
  const ids = idsOf(request.itemsIdArray, MOST_OFFERS);
  const offers = new Map(ids.map((id) => [id, world.trade.ledger.findOffer(id)]));
  return {
    arrayItemListInfo: [...offers.values()].flatMap((offer) =>
      offer === undefined
        ? []
        : [info(world, { offer, isOwn: offer.sellerId === session.sellerId, request })],
    ),
    arrayItemsNotFound: ids.filter((id) => offers.get(id) === undefined).map(String),
    arrayItemsAdminKilled: [],
  };
};

interface Flags {
  readonly getDesc?: number;
  readonly getImageUrl?: number;
  readonly getAttribs?: number;
  readonly getPostageOptions?: number;
  readonly getCompanyInfo?: number;
}

function info(
  world: World,
  { offer, isOwn, request }: { offer: Offer; isOwn: boolean; request: Flags },
): Info {
  const seller = [...world.sellers.values()].find(({ id }) => id === offer.sellerId);
  const itemCats = CATEGORIES.map((catName, index) => ({
    catLevel: index,
    catId: String(categoryOf(offer) - CATEGORIES.length + 1 + index),
    catName,
  }));
  return {
    itemInfo: facts(world, { offer, seller, isOwn, withText: request.getDesc === 1 }),
    itemCats,
    itemImages: request.getImageUrl === 1 ? [{ imageType: 1, imageUrl: imageOf(offer) }] : [],
    itemAttribs: request.getAttribs === 1 ? [{ attribName: 'Stan', attribValues: ['Nowy'] }] : [],
    itemPostageOptions: request.getPostageOptions === 1 ? postages(offer) : [],
    itemPaymentOptions: PAYMENT_OPTIONS,
    itemCompanyInfo:
      request.getCompanyInfo === 1 ? { ...NO_COMPANY, companyName: 'Zmyślony Sklep' } : NO_COMPANY,
    itemProductInfo: NO_PRODUCT,
  };
}

interface Subject {
  readonly offer: Offer;
  readonly seller: Seller | undefined;
  readonly isOwn: boolean;
  readonly withText: boolean;
}

function facts({ trade: { ledger } }: World, { offer, seller, isOwn, withText }: Subject): Info['itemInfo'] {
  return {
    itId: String(offer.id),
    itCountry: offer.countryId,
    itName: offer.title,
    itPrice: floatText(offer.startingMinor === 0 ? offer.priceMinor : offer.startingMinor),
    itBidCount: offer.bids,
    itEndingTime: String(offer.endedAt ?? 0),
    itSellerId: String(offer.sellerId),
    itSellerLogin: seller?.login ?? '',
    itSellerRating: offer.sellerId % 5_000,
    itStartingTime: isOwn ? String(offer.startedAt) : '0',
    itStartingPrice: floatText(isOwn ? offer.startingMinor : 0),
    itQuantity: offer.endedAt === undefined ? piecesLeft(offer) : 0,
    itFotoCount: 1,
    itReservePrice: floatText(isOwn ? offer.reserveMinor : 0),
    itLocation: offer.countryId === 56 ? 'Zkouškov' : 'Testowo',
    itBuyNowPrice: floatText(offer.priceMinor),
    itBuyNowActive: offer.endedAt === undefined ? 1 : 0,
    itHighBidder: offer.highBidderId,
    itHighBidderLogin: offer.highBidderId === 0 ? '' : ledger.buyer(offer.highBidderId).login,
    itDescription: withText ? `<p>${offer.title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</p>` : '',
    itOptions: 0,
    itState: 1,
    itIsEco: 0,
    itHitCount: String(offer.soldQuantity * 7),
    itPostcode: offer.countryId === 56 ? '000 00' : '00-000',
    itVatInvoice: 1,
    itBankAccount1: '',
    itBankAccount2: '',
    itStartingQuantity: offer.startQuantity,
    itIsForGuests: 1,
    itHasProduct: 0,
    itOrderFulfillmentTime: 24,
    itEndingInfo: offer.endedAt === undefined ? 1 : 2,
    itIsAllegroStandard: 0,
    itIsNewUsed: 1,
    itIsBrandZone: 0,
    itDurationInfo: { durationType: UNTIL_SOLD_OUT },
    itIsFulfillmentTimeActive: 1,
  };
}

const CATEGORIES = ['Próby', 'Przykłady'] as const;

/** The leaf of the offer's path in the category tree. */
export const categoryOf = ({ id }: Offer): number => 10_001 + (id % 9) * 10;
export const imageOf = ({ id }: Offer): string => `https://img.example/${id}.jpg`;

const postages = ({ countryId }: Offer): NonNullable<NonNullable<Info['itemPostageOptions']>> =>
  countryOf(countryId).shipments.map(({ id, costMinor, hours: [from, to] }) => ({
    postageAmount: floatText(costMinor),
    postageAmountAdd: '0',
    postagePackSize: 10,
    postageId: id,
    postageFreeShipping: 0,
    postageFreeReturn: 0,
    postageFulfillmentTime: { fulfillmentTimeFrom: from, fulfillmentTimeTo: to },
  }));

const PAYMENT_OPTIONS: Info['itemPaymentOptions'] = {
  payOptionTransfer: 1,
  payOptionOnDelivery: 1,
  payOptionAllegroPay: 0,
  payOptionSeeDesc: 0,
  payOptionPayu: 1,
  payOptionEscrow: 0,
  payOptionQiwi: 0,
};

const NO_COMPANY: Info['itemCompanyInfo'] = {
  companyFirstName: '',
  companyLastName: '',
  companyName: '',
  companyAddress: '',
  companyPostcode: '',
  companyCity: '',
  companyNip: '',
};

const NO_PRODUCT: Info['itemProductInfo'] = {
  productId: '0',
  productName: '',
  productDescription: '',
  productImagesList: [],
  productParametersGroupList: [],
};
