import type { Address, Form, FormLine, OrderFlag, Surcharge } from '../marketplace/sales.ts';
import { withFlags } from './flags.ts';
import {
  dealsOf,
  isLive,
  isSurcharge,
  type OrderContent,
  type OrderLine,
  type OrderPayment,
  type OrderSurcharge,
} from './order.ts';

/**
 * The order for a post-buy form. `surcharges` are those that could be read; parts that this reading leaves
 * out stay as they were `before`. A form with goods that another form names as a surcharge is an order of its
 * own, so its amount is not counted here too.
 */
export function orderOfForm(
  form: Form,
  use: { surcharges?: ReadonlyMap<string, Form>; before?: OrderContent | undefined } = {},
): OrderContent {
  const { before, surcharges = new Map() } = use;
  // A sale that is over stays over, whatever a reading shows: an older reading may have come late.
  const isOver = before?.state === 'cancelled';
  const state = isOver ? 'cancelled' : form.state;
  const isExtra = (id: string) => id !== form.id && isSurcharge(surcharges.get(id) ?? { lines: [] });
  const extraIds = form.surchargeIds.filter(isExtra);
  const extras = [
    ...(form.surcharges ?? []).map(shownSurcharge),
    ...extraIds.map((id) => surchargeOf(id, { form: surcharges.get(id), before })),
  ];
  const lacksGoods = isSurcharge(form) && before !== undefined && before.lines.length > 0;
  const content: OrderContent = {
    state,
    buyer: form.buyer,
    lines: lacksGoods ? before.lines : form.lines.map(lineOf),
    ...(form.total !== undefined && { total: form.total }),
    ...(form.additionalServices !== undefined && { additionalServices: form.additionalServices }),
    ...(form.shipmentAddress !== undefined && { shipmentAddress: form.shipmentAddress }),
    ...(form.pickupPoint !== undefined && { pickupPoint: form.pickupPoint }),
    invoiceWanted: form.invoiceWanted,
    ...(form.invoiceAddress !== undefined && { invoiceAddress: form.invoiceAddress }),
    message: form.message,
    payment: paymentOf(form),
    delivery: {
      ...(form.deliveryMethod !== undefined && { method: form.deliveryMethod }),
      ...(form.deliveryCost !== undefined && { cost: form.deliveryCost }),
      pickupInfo: form.pickupInfo,
      sentBySeller: form.sentBySeller,
      parcels: form.parcels,
    },
    ...(form.cancelledAt !== undefined && { cancelledAt: form.cancelledAt }),
    surchargeIds: form.surchargeIds,
    ...(extras.length > 0 && { surcharges: extras }),
    replaces: lacksGoods ? before.replaces : dealsOf(form),
    ...(form.unread !== undefined && { unread: form.unread }),
  };
  const odd: OrderFlag[] = [
    ...(lacksGoods && isLive(state) ? (['missing-field'] as const) : []),
    ...(isOver && form.state !== 'cancelled' ? (['cancellation-contradicted'] as const) : []),
  ];
  const whole = before === undefined ? content : { ...content, ...leftOut(content, before) };
  return withFlags(whole, [...(form.flags ?? []), ...odd]);
}

const ADDRESSES = ['shipmentAddress', 'pickupPoint', 'invoiceAddress'] as const;

/**
 * Parts that the form had `before` and this reading lacks. A form does not lose them, so the reading left
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

const lineOf = (line: FormLine): OrderLine => ({
  ...line,
  deals: line.deals.map((deal) => ({ ...deal, boughtAt: deal.boughtAt.iso })),
});

function paymentOf({
  payment: { startedAt, receivedAt, ...payment },
  paidOnline,
}: Pick<Form, 'payment' | 'paidOnline'>): OrderPayment {
  return {
    ...payment,
    ...(paidOnline !== undefined && { paidOnline }),
    ...(startedAt !== undefined && { startedAt }),
    ...(receivedAt !== undefined && { receivedAt }),
  };
}

function surchargeOf(
  id: string,
  { form, before }: { form: Form | undefined; before: OrderContent | undefined },
): OrderSurcharge {
  if (form === undefined) return before?.surcharges?.find((one) => one.id === id) ?? { id };
  return shownSurcharge({ ...form, id, ...(form.total !== undefined && { amount: form.total }) });
}

const shownSurcharge = (surcharge: Surcharge): OrderSurcharge => ({
  id: surcharge.id,
  ...(surcharge.amount !== undefined && { amount: surcharge.amount }),
  payment: paymentOf(surcharge),
  ...(surcharge.cancelledAt !== undefined && { cancelledAt: surcharge.cancelledAt }),
});
