import * as z from 'zod/mini';
import { described, Moment, Money } from './kinds.ts';

/** A moment of the marketplace. Its text is kept, because an hour each autumn is ambiguous. */
const MarketplaceTime = described(z.object({ iso: z.string(), text: z.string() }), {
  id: 'MarketplaceTime',
  description:
    "`iso`: ISO 8601 with offset, empty if the text is not a date and time. `text`: the marketplace's own text.",
});

const NamedId = described(z.object({ id: z.string(), name: z.optional(z.string()) }), {
  id: 'NamedId',
  description: "The marketplace's own id, with the name if it is known.",
});

const address = {
  fullName: z.string(),
  company: z.string(),
  street: z.string(),
  postcode: z.string(),
  city: z.string(),
  country: described(z.optional(z.string()), {
    description: 'ISO 3166-1 alpha-2; absent if the country is not known.',
  }),
  phone: z.string(),
  taxId: z.string(),
};
const Address = described(z.object(address), { id: 'Address' });
const PickupPoint = described(
  z.object({
    ...address,
    pointId: described(z.optional(z.string()), {
      description: "The carrier's id of the point, if the marketplace names it.",
    }),
  }),
  { id: 'PickupPoint', description: 'The place where the buyer collects the parcel: a locker or a shop.' },
);

const Payment = described(
  z.object({
    method: z.enum(['cash-on-delivery', 'bank-transfer', 'not-specified', 'online']),
    status: z.enum(['none', 'started', 'finished', 'cancelled', 'rejected', 'withdrawn', 'unknown']),
    methodText: z.string(),
    statusText: z.string(),
    id: z.string(),
    paidOnline: z.optional(Money),
    startedAt: z.optional(MarketplaceTime),
    receivedAt: z.optional(MarketplaceTime),
  }),
  { id: 'Payment', description: "A payment. `methodText` and `statusText` are the marketplace's own words." },
);

const Purchase = z.object({
  purchaseId: z.string(),
  quantity: z.optional(z.int()),
  unitPrice: described(z.optional(Money), { description: 'Price of a piece, after discount.' }),
  discounted: z.boolean(),
  boughtAt: z.string(),
  variant: z.optional(z.object({ name: z.string(), value: z.string() })),
});

const Line = described(
  z.object({
    offerId: z.string(),
    title: z.optional(z.string()),
    quantity: z.optional(z.int()),
    unitPrice: z.optional(Money),
    amount: z.optional(Money),
    purchases: z.array(Purchase),
  }),
  {
    id: 'OrderLine',
    description: 'A line of an order. Amounts and numbers that cannot be read are absent, never zero.',
  },
);

const Delivery = described(
  z.object({
    method: z.optional(NamedId),
    cost: z.optional(Money),
    pickupInfo: z.string(),
    sentBySeller: z.boolean(),
    parcels: z.array(z.object({ carrier: z.optional(NamedId), number: z.string(), status: z.string() })),
  }),
  { id: 'Delivery' },
);

const Surcharge = described(
  z.object({
    id: z.string(),
    amount: z.optional(Money),
    payment: z.optional(Payment),
    cancelledAt: z.optional(MarketplaceTime),
  }),
  { id: 'Surcharge', description: 'An extra payment that the seller has asked for; not part of the total.' },
);

export const ORDER_FLAGS = [
  'total-mismatch',
  'price-unknown',
  'negative-price',
  'impossible-date',
  'unknown-payment-word',
  'missing-field',
  'broken-text',
  'long-text',
  'surcharge-unknown',
  'cancellation-contradicted',
] as const;

const order = {
  orderId: z.string(),
  revision: described(z.int(), { description: 'Grows with every change of the order.' }),
  live: described(z.boolean(), { description: 'Whether the sale continues under this id.' }),
  state: z.enum([
    'awaiting-details',
    'awaiting-payment',
    'awaiting-manual-payment',
    'paid',
    'ready-to-ship',
    'payment-withdrawn',
    'released',
    'cancelled',
    'replaced',
  ]),
  buyer: z.object({ id: z.string(), login: z.string(), email: z.string() }),
  lines: z.array(Line),
  total: described(z.optional(Money), {
    description: 'Goods, delivery and additional services, without surcharges.',
  }),
  additionalServices: z.optional(Money),
  contactAddress: described(z.optional(Address), {
    description: 'Address of the buyer while there is no sale.',
  }),
  shipmentAddress: z.optional(Address),
  pickupPoint: z.optional(PickupPoint),
  invoiceWanted: z.boolean(),
  invoiceAddress: z.optional(Address),
  message: z.string(),
  payment: z.optional(Payment),
  delivery: z.optional(Delivery),
  cancelledAt: z.optional(MarketplaceTime),
  surchargeIds: z.array(z.string()),
  surcharges: z.optional(z.array(Surcharge)),
  replaces: described(z.array(z.string()), {
    description: 'Ids of the purchases whose own orders this order replaces.',
  }),
  heldBy: described(z.optional(z.array(z.string())), {
    description: 'For a `replaced` order: the ids of the orders that now have its purchases.',
  }),
  flags: described(z.optional(z.array(z.enum(ORDER_FLAGS))), { description: 'Oddities of the order.' }),
  unread: described(z.optional(z.array(z.string())), {
    description: "The marketplace's names of fields that are missing or cannot be read.",
  }),
  firstSeenAt: Moment,
  changedAt: Moment,
  erasedAt: described(z.optional(Moment), {
    description:
      "When the buyer's data were erased: they are empty or absent since, whatever is read later. Absent for other orders.",
  }),
};

/** An order with its revision and its replacements. */
export const Order = described(z.object(order), {
  id: 'Order',
  description:
    'An order. Amounts are whole minor units with their currency; ids are texts; values that cannot be read are absent.',
});

export const ORDER_CHANGES = [
  'created',
  'details-filled',
  'paid',
  'cancelled',
  'changed',
  'sent-again',
] as const;

/** An entry of the feed. */
export const Change = described(
  z.object({
    accountId: z.string(),
    number: described(z.int(), {
      description: 'Number in the feed of the account: 1, 2, 3 and so on, without gaps.',
    }),
    orderId: z.string(),
    changes: z.array(z.enum(ORDER_CHANGES)),
    changedAt: described(Moment, { description: 'Time when the change was stored.' }),
    order: described(z.nullable(z.object(order)), {
      description:
        'The order in its present state, which may be newer than the change; null if it is not stored any more.',
    }),
  }),
  { id: 'Change' },
);
