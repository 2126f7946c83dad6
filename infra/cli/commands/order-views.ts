import type { AnswerOf } from '../api/contract.ts';
import type { Session } from '../session.ts';
import { money, orDash, time } from '../show/text.ts';

type Order = AnswerOf<'orders.show'>;
type Address = NonNullable<Order['shipmentAddress']>;

export const orderTable = (session: Session, orders: readonly Order[]): string =>
  session.table(orders, [
    ['ORDER', ({ orderId }) => orderId],
    ['STATE', ({ state }) => state],
    ['TOTAL', ({ total }) => money(total)],
    ['BUYER', ({ buyer }) => buyer.login],
    ['CHANGED', ({ changedAt }) => time(changedAt)],
    ['FLAGS', ({ flags = [] }) => orDash(flags.join(', '))],
  ]);

export function orderFacts(session: Session, order: Order): string {
  const { buyer, payment, delivery } = order;
  const head = session.facts([
    ['order', `${order.orderId}, revision ${order.revision}${order.live ? '' : ', not live'}`],
    ['state', order.state],
    ['goes on as', order.heldBy?.join(', ')],
    ['total', money(order.total)],
    ['buyer', [buyer.login, buyer.email, buyer.id].filter(Boolean).join(', ')],
    ['payment', payment && `${payment.method}, ${payment.status}, ${orDash(payment.methodText)}`],
    ['delivery', delivery && `${deliveryMethod(delivery)}, ${money(delivery.cost)}`],
    ['parcels', delivery?.parcels.map(({ number }) => number).join(', ') || undefined],
    ['to', order.shipmentAddress && addressOf(order.shipmentAddress)],
    ['pick-up point', order.pickupPoint && addressOf(order.pickupPoint)],
    ['invoice', order.invoiceAddress && addressOf(order.invoiceAddress)],
    ['message', order.message || undefined],
    ['flags', order.flags?.join(', ')],
    ['first seen', time(order.firstSeenAt)],
    ['changed', time(order.changedAt)],
    ['buyer erased', order.erasedAt && time(order.erasedAt)],
  ]);
  const lines = session.table(order.lines, [
    ['OFFER', ({ offerId }) => offerId],
    ['TITLE', ({ title }) => orDash(title)],
    ['PIECES', ({ quantity }) => orDash(quantity)],
    ['PRICE', ({ unitPrice }) => money(unitPrice)],
    ['AMOUNT', ({ amount }) => money(amount)],
  ]);
  return `${head}\n${lines}`;
}

/** The name of the way of delivery, or its number at the marketplace. */
const deliveryMethod = ({ method }: NonNullable<Order['delivery']>): string =>
  method?.name ?? (method === undefined ? '-' : `method ${method.id}`);

const addressOf = ({ fullName, company, street, postcode, city, country, phone, taxId }: Address): string =>
  [fullName, company, street, `${postcode} ${city}`.trim(), country, phone, taxId].filter(Boolean).join(', ');
