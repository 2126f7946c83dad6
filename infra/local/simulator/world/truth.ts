import { countryLetters } from './atlas.ts';
import { countryOf } from './countries.ts';
import { isDead, isOnline, linesOf, type Purchase, type Sale, type Spoil } from './goods.ts';
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
  | 'awaiting-details'
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
    readonly purchases: readonly {
      readonly purchaseId: string;
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
  /** How the service shows the sale wrong; absent if the sale is shown right. */
  readonly spoiled?: Spoil['kind'];
}

/**
 * Every order of one seller or of all sellers: one per sale, cancelled ones too, and one per purchase that no
 * live sale holds.
 */
export function trueOrders(world: World, sellerId?: number): TrueOrder[] {
  const wanted = (one: { sellerId: number }) => sellerId === undefined || one.sellerId === sellerId;
  const { ledger } = world.trade;
  return [
    ...ledger
      .allSales()
      .filter(wanted)
      .map((sale) => saleOrder(world, sale)),
    ...ledger
      .allPurchases()
      .filter((purchase) => wanted(purchase) && purchase.saleId === undefined)
      .map((purchase) => purchaseOrder(world, purchase)),
  ];
}

/** Number of live sales and of purchases that no live sale holds. */
export function countLiveOrders({ trade: { ledger } }: World): number {
  const isLoose = (purchase: Purchase) => purchase.saleId === undefined;
  return (
    ledger.allSales().filter((sale) => !isDead(sale)).length + ledger.allPurchases().filter(isLoose).length
  );
}

function saleOrder({ trade: { ledger } }: World, sale: Sale): TrueOrder {
  const buyer = ledger.buyer(sale.buyerId);
  const lines = linesOf(sale.purchaseIds.map(ledger.purchase)).map((line) => ({
    ...line,
    offer: ledger.offer(line.offerId),
  }));
  const countryId = lines[0]?.offer.countryId ?? 0;
  const { choices } = sale;
  const shipment = countryOf(countryId).shipments.find((one) => one.id === choices.shipmentId);
  const money = (minor: number): Money => ({ minor, currency: countryOf(countryId).currency });
  return {
    orderId: `order:${sale.id}`,
    live: !isDead(sale),
    state: saleState(sale),
    buyer: identity(buyer),
    lines: lines.map(({ offer, purchases, quantity, amountMinor, listMinor }) => ({
      offerId: String(offer.id),
      title: offer.title,
      quantity,
      unitPrice: money(listMinor),
      amount: money(amountMinor),
      purchases: purchases.map((purchase) => truePurchase(purchase, money)),
    })),
    total: money(lines.reduce((sum, line) => sum + line.amountMinor, sale.postageMinor)),
    deliveryCost: money(sale.postageMinor),
    deliveryMethod: { id: String(choices.shipmentId) },
    parcels: sale.parcels.map(({ carrierId, number }) => ({ carrier: { id: String(carrierId) }, number })),
    shipmentAddress:
      shipment?.goes === 'nowhere' ? null : address(buyer, { ...buyer.delivery, phone: buyer.phone }),
    pickupPoint: choices.point === undefined ? null : pointAddress(choices.point),
    invoiceAddress: choices.invoiceWanted ? address(buyer, { ...buyer.home, taxId: buyer.taxId }) : null,
    invoiceWanted: choices.invoiceWanted,
    message: choices.message,
    ...(sale.spoil !== undefined && { spoiled: sale.spoil.kind }),
  };
}

function saleState(sale: Sale): OrderState {
  if (isDead(sale)) return 'released';
  if (sale.payment === 'withdrawn') return 'payment-withdrawn';
  if (sale.choices.payType === 'collect_on_delivery') return 'ready-to-ship';
  if (sale.payment === 'finished') return 'paid';
  return isOnline(sale.choices.payType) ? 'awaiting-payment' : 'awaiting-manual-payment';
}

function purchaseOrder({ trade: { ledger } }: World, purchase: Purchase): TrueOrder {
  const buyer = ledger.buyer(purchase.buyerId);
  const { currency } = countryOf(ledger.offer(purchase.offerId).countryId);
  const money = (minor: number): Money => ({ minor, currency });
  const amount = money(purchase.unitMinor * purchase.quantity);
  return {
    orderId: `purchase:${purchase.id}`,
    live: true,
    state: 'awaiting-details',
    buyer: identity(buyer),
    lines: [
      {
        offerId: String(purchase.offerId),
        title: null,
        quantity: purchase.quantity,
        unitPrice: money(purchase.unitMinor),
        amount,
        purchases: [truePurchase(purchase, money)],
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

const truePurchase = (purchase: Purchase, money: (minor: number) => Money) => ({
  purchaseId: String(purchase.id),
  quantity: purchase.quantity,
  unitPrice: money(purchase.unitMinor),
  discounted: purchase.discounted,
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
