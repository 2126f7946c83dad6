import { isDead, isOnline, type Sale } from '../world/goods.ts';
import { Refusal } from '../world/refusal.ts';
import type { Session } from '../world/sessions.ts';
import type { World } from '../world/world.ts';
import { idOf, idsOf, type Method, sessionOf } from './context.ts';
import { isVisible } from './forms.ts';

const MOST_OFFERS = 25;
const PAYMENT = { online: 1, transfer: 2, onDelivery: 4 } as const;
const ANY_PAYMENT = 7;
const ROLE = { seller: 1, buyer: 2 } as const;

/**
 * Ids of forms and of their surcharges: paid ones and those with cash on delivery, no cancelled ones. Nobody
 * here buys as a seller, so the role `buyer` finds nothing.
 */
export const doGetTransactionsIDs: Method<'doGetTransactionsIDs'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionHandle, context);
  const offerIds = new Set(idsOf(request.itemsIdArray, MOST_OFFERS));
  const shipments = request.shipmentIdArray?.map(idOf) ?? [];
  if (!['seller', 'buyer'].includes(request.userRole)) throw new Refusal('ERR_INVALID_USER_TYPE');
  if (request.userRole === 'buyer') return { transactionsIdsArray: [] };
  const wanted = (sale: Sale) =>
    !isDead(sale) &&
    (sale.payment === 'finished' || sale.choices.payType === 'collect_on_delivery') &&
    sale.purchaseIds.some((id) => offerIds.has(world.trade.ledger.purchase(id).offerId)) &&
    (shipments.length === 0 || shipments.includes(sale.choices.shipmentId));
  const sales = newestFirst(world, session).filter(wanted);
  const ids = sales.flatMap((sale) => [...sale.surcharges.map(({ id }) => id), sale.id]);
  return { transactionsIdsArray: ids.map(String) };
};

/** Ids of forms that are not given up, filtered by way of payment and by the time of filling. */
export const doGetFilledPostBuyForms: Method<'doGetFilledPostBuyForms'> = (request, context) => {
  const { world } = context;
  const session = sessionOf(request.sessionId, context);
  const { paymentType = ANY_PAYMENT, userRole, fillingTimeFrom = 0, fillingTimeTo = Infinity } = request;
  if (paymentType < 1 || paymentType > ANY_PAYMENT) throw new Refusal('ERR_INCORRECT_PAYMENT_TYPE');
  if (userRole !== ROLE.seller && userRole !== ROLE.buyer) throw new Refusal('ERR_INCORRECT_USER_ROLE');
  const wanted = (sale: Sale) =>
    userRole === ROLE.seller &&
    !isDead(sale) &&
    (paymentBit(sale) & paymentType) > 0 &&
    sale.filledAt >= Number(fillingTimeFrom) &&
    sale.filledAt <= Number(fillingTimeTo);
  const transactionIds = newestFirst(world, session)
    .filter(wanted)
    .map(({ id }) => String(id));
  return { filledPostBuyForms: { transactionIds } };
};

function paymentBit({ choices: { payType } }: Sale): number {
  if (isOnline(payType)) return PAYMENT.online;
  return payType === 'collect_on_delivery' ? PAYMENT.onDelivery : PAYMENT.transfer;
}

const newestFirst = (world: World, session: Session): Sale[] =>
  world.trade.ledger
    .salesOf(session.sellerId)
    .filter((sale) => isVisible(world, { sale, session }))
    .toReversed();
