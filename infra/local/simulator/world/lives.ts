import type { Chance } from './chance.ts';
import { countryOf, type ShipmentMethod } from './countries.ts';
import { isOnline, type Offer, type PayType, type SaleChoices } from './goods.ts';
import type { Ledger } from './ledger.ts';
import type { Offers } from './offers.ts';
import { makeBuyer, samplesOf } from './people.ts';
import type { Seller } from './sellers.ts';

/** An action of a buyer. Numbers name purchases and sales by their place in this life. */
export type Step =
  | { do: 'buy'; offerId: number; quantity: number; percentOff: number; variant?: string | undefined }
  | { do: 'fill'; purchases: readonly number[]; choices: SaleChoices; followed: boolean }
  | { do: 'pay'; sale: number }
  | { do: 'reject'; sale: number }
  | { do: 'cancel'; sale: number }
  | { do: 'withdraw'; sale: number }
  | { do: 'surcharge'; sale: number; amountMinor: number }
  | { do: 'parcel'; sale: number; carrierId: number; number: string };

/**
 * A buyer's story with one seller, written in advance so that it does not depend on when its steps happen.
 */
export interface Life {
  readonly buyerId: number;
  readonly steps: Step[];
  readonly purchaseIds: number[];
  readonly saleIds: number[];
  next: number;
}

export interface Stage {
  readonly chance: Chance;
  readonly ledger: Ledger;
  readonly offers: Offers;
  readonly seller: Seller;
  /** Country in which new buyers live; undefined: mostly that of the seller. */
  readonly home?: number | undefined;
}

/**
 * Writes a life that ends in at least one and at most `most` live orders; returns the life and that number.
 */
export function writeLife(stage: Stage, most: number): { life: Life; orders: number } {
  const { chance } = stage;
  const purchaseCount = chance.pick([1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
  const ending = purchaseCount === 1 ? chance.pick(ENDINGS_OF_ONE) : chance.pick(ENDINGS);
  const orders = ordersAfter(ending, purchaseCount);
  if (orders > most) return writeLife(stage, most);
  const steps = buySteps(stage, purchaseCount);
  const all = [...steps.keys()];
  const deaths = chance.pick([0, 0, 0, 0, 0, 0, 1, 1, 2]);
  for (let sale = 0; sale < deaths; sale += 1) {
    steps.push(...deadSale(stage, { purchases: chance.happens(0.7) ? all : all.slice(0, 1), sale }));
  }
  const joined = ending === 'one left out' ? all.slice(0, -1) : all;
  if (ending !== 'no sale') steps.push(...liveSale(stage, { purchases: joined, sale: deaths }));
  return { life: { buyerId: pickBuyer(stage), steps, purchaseIds: [], saleIds: [], next: 0 }, orders };
}

type Ending = 'no sale' | 'all joined' | 'one left out';
const JOINED = Array<Ending>(7).fill('all joined');
const ENDINGS_OF_ONE: readonly Ending[] = ['no sale', ...JOINED];
const ENDINGS: readonly Ending[] = [...ENDINGS_OF_ONE, 'one left out'];

function ordersAfter(ending: Ending, purchaseCount: number): number {
  if (ending === 'all joined') return 1;
  return ending === 'no sale' ? purchaseCount : 2;
}

const buySteps = (stage: Stage, count: number): Step[] => Array.from({ length: count }, () => buyStep(stage));

export function buyStep(stage: Stage): Extract<Step, { do: 'buy' }> {
  const { chance } = stage;
  const offer = pickOffer(stage);
  const percentOff = chance.happens(0.15) ? chance.pick([5, 7, 10, 33]) : 0;
  const { variant } = samplesOf(offer.countryId);
  return {
    do: 'buy',
    offerId: offer.id,
    quantity: chance.pick([1, 1, 1, 1, 1, 1, 2, 2, 3, 10]),
    percentOff,
    variant: offer.hasVariants ? chance.pick(variant.values) : undefined,
  };
}

/** A sale to come: the purchases that the sale joins, and its place among the life's sales. */
interface Filling {
  readonly purchases: readonly number[];
  readonly sale: number;
}

/** Steps to a sale that is given up: cancelled by the buyer, or dead because its payment was rejected. */
function deadSale(stage: Stage, { purchases, sale }: Filling): Step[] {
  const choices = choose(stage, purchases.length);
  const rejected = isOnline(choices.payType) && stage.chance.happens(0.4);
  return [
    { do: 'fill', purchases, choices, followed: true },
    rejected ? { do: 'reject', sale } : { do: 'cancel', sale },
  ];
}

function liveSale(stage: Stage, { purchases, sale }: Filling): Step[] {
  const { chance } = stage;
  const choices = choose(stage, purchases.length);
  const paid = isOnline(choices.payType) && chance.happens(0.85);
  const steps: Step[] = [{ do: 'fill', purchases, choices, followed: paid }];
  if (paid) steps.push({ do: 'pay', sale });
  if (paid && chance.happens(0.05)) steps.push({ do: 'withdraw', sale });
  if (chance.happens(0.03)) steps.push({ do: 'surcharge', sale, amountMinor: chance.int(100, 2_000) });
  if (chance.happens(0.15)) {
    steps.push({
      do: 'parcel',
      sale,
      carrierId: chance.int(1, 4),
      number: `TEST${chance.int(1e8, 1e9 - 1)}PL`,
    });
  }
  return steps;
}

const PAY_TYPES: readonly PayType[] = [
  'collect_on_delivery',
  'wire_transfer',
  'co',
  'co',
  'co',
  'm',
  'c',
  'ai',
];

const choose = (stage: Stage, purchaseCount: number): SaleChoices =>
  choicesWith(stage, {
    payType: stage.chance.happens(0.05) ? 'not_specified' : stage.chance.pick(PAY_TYPES),
    purchaseCount,
  });

export function choicesWith(
  { chance, seller }: Stage,
  { payType, purchaseCount }: { payType: PayType; purchaseCount: number },
): SaleChoices {
  const samples = samplesOf(seller.countryId);
  const cashOnDelivery = payType === 'collect_on_delivery';
  const methods = countryOf(seller.countryId).shipments.filter(
    (one) => one.cashOnDelivery === cashOnDelivery,
  );
  const method: ShipmentMethod = chance.pick(methods);
  const place = {
    street: `${chance.pick(samples.streets)} ${chance.int(1, 99)}`,
    postcode: samples.postcode(chance),
    city: chance.pick(samples.cities),
    countryId: seller.countryId,
  };
  const point = { name: chance.pick(samples.points), place, info: chance.happens(0.5) ? '24/7 ☎' : '' };
  return {
    payType,
    shipmentId: method.id,
    point: method.goes === 'point' ? point : undefined,
    invoiceWanted: chance.happens(0.2),
    message: chance.happens(0.4) ? chance.pick(samples.messages) : '',
    hidesPurchasePrice: purchaseCount === 1 && chance.happens(0.02),
  };
}

export function pickBuyer({ chance, ledger, seller, home }: Stage): number {
  const customers = ledger.customersOf(seller.id);
  if (customers.length > 0 && chance.happens(0.15)) return chance.pick(customers).id;
  const buyer = makeBuyer(chance, {
    id: ledger.nextId('buyer'),
    sellerId: seller.id,
    countryId: seller.countryId,
    home,
  });
  ledger.addBuyer(buyer);
  return buyer.id;
}

function pickOffer({ chance, ledger, offers, seller }: Stage): Offer {
  const known = ledger.firstListingsOf(seller.id);
  if (known.length >= 8 && chance.happens(0.97)) return chance.pick(known);
  return offers.open({
    sellerId: seller.id,
    countryId: seller.countryId,
    title: chance.pick(samplesOf(seller.countryId).titles),
    priceMinor: chance.pick([
      chance.int(1, 99),
      chance.int(100, 9_999),
      chance.int(1, 400) * 100,
      chance.int(10_000, 250_000),
    ]),
    hasVariants: chance.happens(0.3),
  });
}
