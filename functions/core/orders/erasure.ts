import type { EpochMillis } from '../base/time.ts';
import type { OrderContent } from './order.ts';
import type { OrderRow } from './store.ts';

/**
 * The order without data of its buyer: who it is, where it lives and collects its parcels, what it wrote, and the
 * numbers of parcels, by which a carrier finds it. Goods, amounts, times, state and the id of the payment stay.
 */
function withoutBuyerIn(content: OrderContent): OrderContent {
  const { contactAddress: _, shipmentAddress: _1, pickupPoint: _2, invoiceAddress: _3, ...kept } = content;
  const { delivery } = content;
  return {
    ...kept,
    buyer: { id: '', login: '', email: '' },
    message: '',
    ...(delivery !== undefined && {
      delivery: {
        ...delivery,
        pickupInfo: '',
        parcels: delivery.parcels.map((parcel) => ({ ...parcel, number: '' })),
      },
    }),
  };
}

type Parts = Pick<OrderRow, 'content' | 'letGo'>;

/** The parts of a row without data of the buyer. Erasing twice changes nothing more. */
export function withoutBuyer<Row extends Parts>(row: Row): Row {
  const { content, letGo } = row;
  return {
    ...row,
    ...(content !== undefined && { content: withoutBuyerIn(content) }),
    ...(letGo !== undefined && { letGo: letGo.map((purchase) => ({ ...purchase, buyerId: '' })) }),
  };
}

/**
 * When a new order counts as erased, because all of its purchases were: the marketplace goes on with an erased order
 * under another id. Undefined for an order with a purchase that was not erased, because that one has to be sent.
 */
export function erasedWith(
  { replaces }: Pick<OrderContent, 'replaces'>,
  erasedAt: (purchaseId: string) => EpochMillis | undefined,
): EpochMillis | undefined {
  const times = replaces.map(erasedAt);
  return times.every((time) => time !== undefined) ? times.toSorted().at(-1) : undefined;
}
