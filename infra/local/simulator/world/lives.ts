import type { Chance } from './chance.ts';
import { countryOf, type ShipmentMethod } from './countries.ts';
import { type FormChoices, isOnline, type Offer, type PayType } from './goods.ts';
import type { Ledger } from './ledger.ts';
import type { Offers } from './offers.ts';
import { makeBuyer, samplesOf } from './people.ts';
import type { Seller } from './sellers.ts';

/** An action of a buyer. Numbers name deals and forms by their place in this life. */
export type Step =
  | { do: 'buy'; offerId: number; quantity: number; percentOff: number; variant?: string | undefined }
  | { do: 'fill'; deals: readonly number[]; choices: FormChoices; followed: boolean }
  | { do: 'pay'; form: number }
  | { do: 'reject'; form: number }
  | { do: 'cancel'; form: number }
  | { do: 'withdraw'; form: number }
  | { do: 'surcharge'; form: number; amountMinor: number }
  | { do: 'parcel'; form: number; carrierId: number; number: string };

/**
 * A buyer's story with one seller, written in advance so that it does not depend on when its steps happen.
 */
export interface Life {
  readonly buyerId: number;
  readonly steps: Step[];
  readonly dealIds: number[];
  readonly formIds: number[];
  next: number;
}

interface Stage {
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
  const dealCount = chance.pick([1, 1, 1, 1, 1, 1, 1, 2, 2, 3]);
  const ending = dealCount === 1 ? chance.pick(ENDINGS_OF_ONE) : chance.pick(ENDINGS);
  const orders = ordersAfter(ending, dealCount);
  if (orders > most) return writeLife(stage, most);
  const steps = buySteps(stage, dealCount);
  const all = [...steps.keys()];
  const deaths = chance.pick([0, 0, 0, 0, 0, 0, 1, 1, 2]);
  for (let form = 0; form < deaths; form += 1) {
    steps.push(...deadForm(stage, { deals: chance.happens(0.7) ? all : all.slice(0, 1), form }));
  }
  const joined = ending === 'one left out' ? all.slice(0, -1) : all;
  if (ending !== 'no form') steps.push(...liveForm(stage, { deals: joined, form: deaths }));
  return { life: { buyerId: pickBuyer(stage), steps, dealIds: [], formIds: [], next: 0 }, orders };
}

type Ending = 'no form' | 'all joined' | 'one left out';
const JOINED = Array<Ending>(7).fill('all joined');
const ENDINGS_OF_ONE: readonly Ending[] = ['no form', ...JOINED];
const ENDINGS: readonly Ending[] = [...ENDINGS_OF_ONE, 'one left out'];

function ordersAfter(ending: Ending, dealCount: number): number {
  if (ending === 'all joined') return 1;
  return ending === 'no form' ? dealCount : 2;
}

function buySteps(stage: Stage, count: number): Step[] {
  const { chance } = stage;
  return Array.from({ length: count }, () => {
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
  });
}

/** A form to come: the deals that the form joins, and its place among the life's forms. */
interface Filling {
  readonly deals: readonly number[];
  readonly form: number;
}

/** Steps to a form that is given up: cancelled by the buyer, or dead because its payment was rejected. */
function deadForm(stage: Stage, { deals, form }: Filling): Step[] {
  const choices = choose(stage, deals.length);
  const rejected = isOnline(choices.payType) && stage.chance.happens(0.4);
  return [
    { do: 'fill', deals, choices, followed: true },
    rejected ? { do: 'reject', form } : { do: 'cancel', form },
  ];
}

function liveForm(stage: Stage, { deals, form }: Filling): Step[] {
  const { chance } = stage;
  const choices = choose(stage, deals.length);
  const paid = isOnline(choices.payType) && chance.happens(0.85);
  const steps: Step[] = [{ do: 'fill', deals, choices, followed: paid }];
  if (paid) steps.push({ do: 'pay', form });
  if (paid && chance.happens(0.05)) steps.push({ do: 'withdraw', form });
  if (chance.happens(0.03)) steps.push({ do: 'surcharge', form, amountMinor: chance.int(100, 2_000) });
  if (chance.happens(0.15)) {
    steps.push({
      do: 'parcel',
      form,
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

function choose({ chance, seller }: Stage, dealCount: number): FormChoices {
  const samples = samplesOf(seller.countryId);
  const payType = chance.happens(0.05) ? 'not_specified' : chance.pick(PAY_TYPES);
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
    hidesDealPrice: dealCount === 1 && chance.happens(0.02),
  };
}

function pickBuyer({ chance, ledger, seller, home }: Stage): number {
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
