import type { Shown } from '../contract/operation.ts';
import type { Order } from '../contract/order.ts';
import { toIso } from '../core/base/time.ts';
import type { Address, PickupPoint } from '../core/marketplace/sales.ts';
import {
  isLive,
  type OrderContent,
  type OrderDelivery,
  type OrderLine,
  type OrderPayment,
  type OrderSurcharge,
  orderIdOfSale,
} from '../core/orders/order.ts';
import type { OrderRow } from '../core/orders/store.ts';

/**
 * An order with its place in history. Every field is named here, so that what is kept for our own use is not shown.
 * Amounts are whole minor units (grosze, halire) with their currency.
 */
export const orderView = (row: OrderRow, content: OrderContent): Shown<typeof Order> => ({
  orderId: row.orderId,
  revision: row.revision,
  live: isLive(content.state),
  state: content.state,
  buyer: { id: content.buyer.id, login: content.buyer.login, email: content.buyer.email },
  lines: content.lines.map(lineView),
  total: content.total,
  additionalServices: content.additionalServices,
  contactAddress: content.contactAddress && addressView(content.contactAddress),
  shipmentAddress: content.shipmentAddress && addressView(content.shipmentAddress),
  pickupPoint: content.pickupPoint && pickupView(content.pickupPoint),
  invoiceWanted: content.invoiceWanted,
  invoiceAddress: content.invoiceAddress && addressView(content.invoiceAddress),
  message: content.message,
  payment: content.payment && paymentView(content.payment),
  delivery: content.delivery && deliveryView(content.delivery),
  cancelledAt: content.cancelledAt,
  surchargeIds: content.surchargeIds,
  surcharges: content.surcharges?.map(surchargeView),
  replaces: content.replaces,
  ...(content.state === 'replaced' && { heldBy: (row.heldBy ?? []).map(orderIdOfSale) }),
  flags: content.flags,
  unread: content.unread,
  firstSeenAt: toIso(row.createdAtMillis),
  changedAt: toIso(row.changedAtMillis),
  erasedAt: row.erasedAtMillis && toIso(row.erasedAtMillis),
});

const lineView = ({ offerId, title, quantity, unitPrice, amount, purchases }: OrderLine) => ({
  offerId,
  title,
  quantity,
  unitPrice,
  amount,
  purchases: purchases.map((purchase) => ({
    purchaseId: purchase.purchaseId,
    quantity: purchase.quantity,
    unitPrice: purchase.unitPrice,
    discounted: purchase.discounted,
    boughtAt: purchase.boughtAt,
    variant: purchase.variant && { name: purchase.variant.name, value: purchase.variant.value },
  })),
});

const addressView = (address: Address) => ({
  fullName: address.fullName,
  company: address.company,
  street: address.street,
  postcode: address.postcode,
  city: address.city,
  country: address.country,
  phone: address.phone,
  taxId: address.taxId,
});

const pickupView = (point: PickupPoint) => ({ ...addressView(point), pointId: point.pointId });

const paymentView = (payment: OrderPayment) => ({
  method: payment.method,
  status: payment.status,
  methodText: payment.methodText,
  statusText: payment.statusText,
  id: payment.id,
  paidOnline: payment.paidOnline,
  startedAt: payment.startedAt,
  receivedAt: payment.receivedAt,
});

const deliveryView = ({ method, cost, pickupInfo, sentBySeller, parcels }: OrderDelivery) => ({
  method: method && { id: method.id, name: method.name },
  cost,
  pickupInfo,
  sentBySeller,
  parcels: parcels.map(({ carrier, number, status }) => ({
    carrier: carrier && { id: carrier.id, name: carrier.name },
    number,
    status,
  })),
});

const surchargeView = ({ id, amount, payment, cancelledAt }: OrderSurcharge) => ({
  id,
  amount,
  payment: payment && paymentView(payment),
  cancelledAt,
});
