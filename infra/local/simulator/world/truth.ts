import { countryLetters } from './atlas.ts';
import { countryOf } from './countries.ts';
import { type Deal, type Form, isDead, isOnline, linesOf, type Spoil } from './goods.ts';
import type { Buyer, Place } from './people.ts';
import type { World } from './world.ts';

interface Money {
  readonly minor: number;
  readonly currency: string;
}

interface TrueAddress {
  readonly fullName: string;
  readonly company: string;
  readonly street: string;
  readonly postcode: string;
  readonly city: string;
  readonly country?: string;
  readonly phone: string;
  readonly taxId: string;
}

export type OrderState =
  | 'awaiting-form'
  | 'released'
  | 'payment-withdrawn'
  | 'ready-to-ship'
  | 'paid'
  | 'awaiting-manual-payment'
  | 'awaiting-payment';

/**
 * An order as it really is, taken from the world's own facts and never from anything that went over the wire.
 */
export interface TrueOrder {
  readonly orderId: string;
  readonly live: boolean;
  readonly state: OrderState;
  readonly buyer: { readonly id: string; readonly login: string; readonly email: string };
  readonly lines: readonly {
    readonly offerId: string;
    readonly title: string | null;
    readonly quantity: number;
    readonly unitPrice: Money;
    readonly amount: Money;
    readonly deals: readonly {
      readonly dealId: string;
      readonly quantity: number;
      readonly unitPrice: Money;
      readonly discounted: boolean;
    }[];
  }[];
  readonly total: Money;
  readonly deliveryCost: Money | null;
  readonly deliveryMethod: { readonly id: string } | null;
  readonly parcels: readonly { readonly carrier: { readonly id: string }; readonly number: string }[];
  readonly shipmentAddress: TrueAddress | null;
  readonly pickupPoint: TrueAddress | null;
  readonly invoiceAddress: TrueAddress | null;
  readonly invoiceWanted: boolean;
  readonly message: string;
  /** How the service shows the form wrong; absent if the form is shown right. */
  readonly spoiled?: Spoil['kind'];
}

/**
 * Every order of one seller or of all sellers: one per form, cancelled ones too, and one per deal that no
 * live form holds.
 */
export function trueOrders(world: World, sellerId?: number): TrueOrder[] {
  const wanted = (one: { sellerId: number }) => sellerId === undefined || one.sellerId === sellerId;
  const { ledger } = world.trade;
  return [
    ...ledger
      .allForms()
      .filter(wanted)
      .map((form) => formOrder(world, form)),
    ...ledger
      .allDeals()
      .filter((deal) => wanted(deal) && deal.formId === undefined)
      .map((deal) => dealOrder(world, deal)),
  ];
}

/** Number of live forms and of deals that no live form holds. */
export function countLiveOrders({ trade: { ledger } }: World): number {
  const isLoose = (deal: Deal) => deal.formId === undefined;
  return ledger.allForms().filter((form) => !isDead(form)).length + ledger.allDeals().filter(isLoose).length;
}

function formOrder({ trade: { ledger } }: World, form: Form): TrueOrder {
  const buyer = ledger.buyer(form.buyerId);
  const lines = linesOf(form.dealIds.map(ledger.deal)).map((line) => ({
    ...line,
    offer: ledger.offer(line.offerId),
  }));
  const countryId = lines[0]?.offer.countryId ?? 0;
  const { choices } = form;
  const shipment = countryOf(countryId).shipments.find((one) => one.id === choices.shipmentId);
  const money = (minor: number): Money => ({ minor, currency: countryOf(countryId).currency });
  return {
    orderId: `form:${form.id}`,
    live: !isDead(form),
    state: formState(form),
    buyer: identity(buyer),
    lines: lines.map(({ offer, deals, quantity, amountMinor, listMinor }) => ({
      offerId: String(offer.id),
      title: offer.title,
      quantity,
      unitPrice: money(listMinor),
      amount: money(amountMinor),
      deals: deals.map((deal) => trueDeal(deal, money)),
    })),
    total: money(lines.reduce((sum, line) => sum + line.amountMinor, form.postageMinor)),
    deliveryCost: money(form.postageMinor),
    deliveryMethod: { id: String(choices.shipmentId) },
    parcels: form.parcels.map(({ carrierId, number }) => ({ carrier: { id: String(carrierId) }, number })),
    shipmentAddress:
      shipment?.goes === 'nowhere' ? null : address(buyer, { ...buyer.delivery, phone: buyer.phone }),
    pickupPoint: choices.point === undefined ? null : pointAddress(choices.point),
    invoiceAddress: choices.invoiceWanted ? address(buyer, { ...buyer.home, taxId: buyer.taxId }) : null,
    invoiceWanted: choices.invoiceWanted,
    message: choices.message,
    ...(form.spoil !== undefined && { spoiled: form.spoil.kind }),
  };
}

function formState(form: Form): OrderState {
  if (isDead(form)) return 'released';
  if (form.payment === 'withdrawn') return 'payment-withdrawn';
  if (form.choices.payType === 'collect_on_delivery') return 'ready-to-ship';
  if (form.payment === 'finished') return 'paid';
  return isOnline(form.choices.payType) ? 'awaiting-payment' : 'awaiting-manual-payment';
}

function dealOrder({ trade: { ledger } }: World, deal: Deal): TrueOrder {
  const buyer = ledger.buyer(deal.buyerId);
  const { currency } = countryOf(ledger.offer(deal.offerId).countryId);
  const money = (minor: number): Money => ({ minor, currency });
  const amount = money(deal.unitMinor * deal.quantity);
  return {
    orderId: `deal:${deal.id}`,
    live: true,
    state: 'awaiting-form',
    buyer: identity(buyer),
    lines: [
      {
        offerId: String(deal.offerId),
        title: null,
        quantity: deal.quantity,
        unitPrice: money(deal.unitMinor),
        amount,
        deals: [trueDeal(deal, money)],
      },
    ],
    total: amount,
    deliveryCost: null,
    deliveryMethod: null,
    parcels: [],
    shipmentAddress: address(buyer, buyer.home),
    pickupPoint: null,
    invoiceAddress: null,
    invoiceWanted: false,
    message: '',
  };
}

const identity = ({ id, login, email }: Buyer) => ({ id: String(id), login, email });

const trueDeal = (deal: Deal, money: (minor: number) => Money) => ({
  dealId: String(deal.id),
  quantity: deal.quantity,
  unitPrice: money(deal.unitMinor),
  discounted: deal.discounted,
});

function address(
  buyer: Buyer,
  { countryId, ...rest }: Place & { phone?: string; taxId?: string },
): TrueAddress {
  const fullName = `${buyer.firstName} ${buyer.lastName}`;
  return { fullName, company: buyer.company, phone: '', taxId: '', ...rest, ...lettersOf(countryId) };
}

const lettersOf = (countryId: number): { country?: string } => {
  const country = countryLetters(countryId);
  return country === undefined ? {} : { country };
};

const pointAddress = ({
  name,
  place: { countryId, ...place },
}: {
  name: string;
  place: Place;
}): TrueAddress => ({
  fullName: name,
  company: '',
  phone: '',
  taxId: '',
  ...place,
  ...lettersOf(countryId),
});
