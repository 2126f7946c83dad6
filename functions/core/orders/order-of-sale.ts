import type { Address, OrderFlag, Sale, SaleLine, Surcharge } from '../marketplace/sales.ts';
import { withFlags } from './flags.ts';
import {
  isLive,
  isSurcharge,
  type OrderContent,
  type OrderLine,
  type OrderPayment,
  type OrderSurcharge,
  purchaseIdsOf,
} from './order.ts';

/**
 * The order for a sale. `surcharges` are those that could be read; parts that this reading leaves
 * out stay as they were `before`. A sale with goods that another sale names as a surcharge is an order of its
 * own, so its amount is not counted here too.
 */
export function orderOfSale(
  sale: Sale,
  {
    before,
    surcharges = new Map(),
  }: { surcharges?: ReadonlyMap<string, Sale>; before?: OrderContent | undefined } = {},
): OrderContent {
  // A sale that is over stays over, whatever a reading shows: an older reading may have come late.
  const isOver = before?.state === 'cancelled';
  const state = isOver ? 'cancelled' : sale.state;
  const isExtra = (id: string) => id !== sale.id && isSurcharge(surcharges.get(id) ?? { lines: [] });
  const extraIds = sale.surchargeIds.filter(isExtra);
  const extras = [
    ...(sale.surcharges ?? []).map(shownSurcharge),
    ...extraIds.map((id) => surchargeOf(id, { sale: surcharges.get(id), before })),
  ];
  const lacksGoods = isSurcharge(sale) && before !== undefined && before.lines.length > 0;
  const content: OrderContent = {
    state,
    buyer: sale.buyer,
    lines: lacksGoods ? before.lines : sale.lines.map(lineOf),
    ...(sale.total !== undefined && { total: sale.total }),
    ...(sale.additionalServices !== undefined && { additionalServices: sale.additionalServices }),
    ...(sale.shipmentAddress !== undefined && { shipmentAddress: sale.shipmentAddress }),
    ...(sale.pickupPoint !== undefined && { pickupPoint: sale.pickupPoint }),
    invoiceWanted: sale.invoiceWanted,
    ...(sale.invoiceAddress !== undefined && { invoiceAddress: sale.invoiceAddress }),
    message: sale.message,
    payment: paymentOf(sale),
    delivery: {
      ...(sale.deliveryMethod !== undefined && { method: sale.deliveryMethod }),
      ...(sale.deliveryCost !== undefined && { cost: sale.deliveryCost }),
      pickupInfo: sale.pickupInfo,
      sentBySeller: sale.sentBySeller,
      parcels: sale.parcels,
    },
    ...(sale.cancelledAt !== undefined && { cancelledAt: sale.cancelledAt }),
    surchargeIds: sale.surchargeIds,
    ...(extras.length > 0 && { surcharges: extras }),
    replaces: lacksGoods ? before.replaces : purchaseIdsOf(sale),
    ...(sale.unread !== undefined && { unread: sale.unread }),
  };
  const odd: OrderFlag[] = [
    ...(lacksGoods && isLive(state) ? (['missing-field'] as const) : []),
    ...(isOver && sale.state !== 'cancelled' ? (['cancellation-contradicted'] as const) : []),
  ];
  const whole = before === undefined ? content : { ...content, ...leftOut(content, before) };
  return withFlags(whole, [...(sale.flags ?? []), ...odd]);
}

const ADDRESSES = ['shipmentAddress', 'pickupPoint', 'invoiceAddress'] as const;

/**
 * Parts that the sale had `before` and this reading lacks. A sale does not lose them, so the reading left
 * them out.
 */
function leftOut(content: OrderContent, before: OrderContent): Partial<OrderContent> {
  const { buyer, delivery, surchargeIds } = content;
  const kept = (['total', ...ADDRESSES] as const).filter(
    (field) => content[field] === undefined && before[field] !== undefined,
  );
  const cost = delivery?.cost ?? before.delivery?.cost;
  const noParcels = delivery?.parcels.length === 0;
  return {
    ...Object.fromEntries(kept.map((field) => [field, before[field]])),
    ...Object.fromEntries(
      ADDRESSES.map((field) => [field, withCountry(content[field], before[field])] as const).filter(
        ([, address]) => address !== undefined,
      ),
    ),
    buyer: { ...buyer, login: buyer.login || before.buyer.login, email: buyer.email || before.buyer.email },
    message: content.message || before.message,
    ...(delivery !== undefined && {
      delivery: {
        ...delivery,
        ...(cost !== undefined && { cost }),
        parcels: noParcels ? (before.delivery?.parcels ?? []) : delivery.parcels,
      },
    }),
    ...(surchargeIds.length === 0 &&
      content.surcharges === undefined &&
      before.surcharges !== undefined && {
        surchargeIds: before.surchargeIds,
        surcharges: before.surcharges,
      }),
  };
}

/** The address with the country of an earlier reading, if this reading lacks it; undefined if nothing changes. */
function withCountry(now: Address | undefined, before: Address | undefined): Address | undefined {
  if (now === undefined || now.country !== undefined || before?.country === undefined) return undefined;
  const { country, ...texts } = before;
  const isSame = Object.entries(texts).every(([name, text]) => now[name as keyof Address] === text);
  return isSame ? { ...now, country } : undefined;
}

const lineOf = (line: SaleLine): OrderLine => ({
  ...line,
  purchases: line.purchases.map((purchase) => ({ ...purchase, boughtAt: purchase.boughtAt.iso })),
});

function paymentOf({
  payment: { startedAt, receivedAt, ...payment },
  paidOnline,
}: Pick<Sale, 'payment' | 'paidOnline'>): OrderPayment {
  return {
    ...payment,
    ...(paidOnline !== undefined && { paidOnline }),
    ...(startedAt !== undefined && { startedAt }),
    ...(receivedAt !== undefined && { receivedAt }),
  };
}

function surchargeOf(
  id: string,
  { sale, before }: { sale: Sale | undefined; before: OrderContent | undefined },
): OrderSurcharge {
  if (sale === undefined) return before?.surcharges?.find((one) => one.id === id) ?? { id };
  return shownSurcharge({ ...sale, id, ...(sale.total !== undefined && { amount: sale.total }) });
}

const shownSurcharge = (surcharge: Surcharge): OrderSurcharge => ({
  id: surcharge.id,
  ...(surcharge.amount !== undefined && { amount: surcharge.amount }),
  payment: paymentOf(surcharge),
  ...(surcharge.cancelledAt !== undefined && { cancelledAt: surcharge.cancelledAt }),
});
