import type { ReplyOf } from '../wire/operations.ts';
import type { Purchase } from '../world/goods.ts';
import type { Buyer } from '../world/people.ts';
import { Refusal } from '../world/refusal.ts';
import type { World } from '../world/world.ts';
import { floatText, idOf, idsOf, type Method, sessionOf } from './context.ts';
import { contradicts } from './contradict.ts';

type OfferBuyers = NonNullable<ReplyOf<'doGetPostBuyData'>['itemsPostBuyData']>[number];
type OfferBuyer = NonNullable<OfferBuyers['usersPostBuyData']>[number];

const MOST_OFFERS = 25;

/** Purchases of one buyer in one offer that no finished payment covers. */
export const doGetDeals: Method<'doGetDeals'> = ({ sessionHandle, itemId, buyerId }, context) => {
  const { ledger } = context.world.trade;
  const session = sessionOf(sessionHandle, context);
  if (buyerId <= 0) throw new Refusal('ERR_INCORRECT_BUYER_ID');
  const offer = ledger.findOffer(idOf(itemId));
  if (offer === undefined) throw new Refusal('ERR_INCORRECT_ITEM_ID');
  if (offer.sellerId !== session.sellerId) throw new Refusal('ERR_YOU_NOT_SOLD_THIS_ITEM');
  if (contradicts(context.world)) return { dealsList: [] };
  const isPaid = ({ saleId }: Purchase) => saleId !== undefined && ledger.sale(saleId).payment === 'finished';
  const dealsList = ledger
    .purchasesOf(offer.id, buyerId)
    .filter((purchase) => !isPaid(purchase))
    .map((purchase) => ({
      dealId: String(purchase.id),
      dealDate: String(purchase.boughtAt),
      dealQuantity: purchase.quantity,
      dealAmountOriginal: floatText(purchase.listMinor * purchase.quantity),
      dealAmountDiscounted: floatText(purchase.unitMinor * purchase.quantity),
    }));
  return { dealsList };
};

/** Contact data of buyers. An offer that is unknown or another seller's is answered with no buyers. */
export const doGetPostBuyData: Method<'doGetPostBuyData'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionHandle, context);
  const wanted = request.buyerFilterArray?.map(idOf) ?? [];
  const itemsPostBuyData = idsOf(request.itemsArray, MOST_OFFERS).map((offerId): OfferBuyers => {
    const isOwn = world.trade.ledger.findOffer(offerId)?.sellerId === session.sellerId;
    const isShown = isOwn && !contradicts(world);
    return { itemId: String(offerId), usersPostBuyData: isShown ? buyersOf(world, { offerId, wanted }) : [] };
  });
  return { itemsPostBuyData };
};

function buyersOf(
  { trade: { ledger } }: World,
  { offerId, wanted }: { offerId: number; wanted: readonly number[] },
): OfferBuyer[] {
  const ids =
    wanted.length > 0
      ? wanted.filter((id) => ledger.purchasesOf(offerId, id).length > 0)
      : ledger.buyersIn(offerId);
  const { countryId } = ledger.offer(offerId);
  return [...new Set(ids)].map((id) => contactData(ledger.buyer(id), countryId));
}

function contactData(buyer: Buyer, siteCountryId: number): OfferBuyer {
  const account = {
    userId: String(buyer.id),
    userFirstName: buyer.firstName,
    userLastName: buyer.lastName,
    userCompany: buyer.company,
    userCountryId: buyer.home.countryId,
    userPostcode: buyer.home.postcode,
    userCity: buyer.home.city,
    userAddress: buyer.home.street,
  };
  return {
    userData: {
      ...account,
      userLogin: buyer.login,
      userRating: buyer.id % 300,
      userMaidenName: '',
      userStateId: siteCountryId === 1 ? 1 + (buyer.id % 16) : 0,
      userEmail: buyer.email,
      userPhone: buyer.phone,
      userPhone2: '',
      userSsStatus: 0,
      siteCountryId,
      userJuniorStatus: 0,
      userBirthDate: '0',
      userHasShop: 0,
      userCompanyIcon: buyer.company === '' ? 0 : 1,
      userIsAllegroStandard: 0,
    },
    userSentToData: account,
    userBankAccounts: [],
    companySecondAddress: NO_SECOND_ADDRESS,
  };
}

/** The second address, which the service shows to buyers only: empty for sellers. */
const NO_SECOND_ADDRESS: OfferBuyer['companySecondAddress'] = {
  companyWorkerFirstName: '',
  companyWorkerLastName: '',
  companyAddress: '',
  companyPostcode: '',
  companyCity: '',
  companyCountryId: 0,
  companyStateId: 0,
};
