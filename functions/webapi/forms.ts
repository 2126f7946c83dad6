import { divideMoney, type Money } from '../core/base/money.ts';
import type {
  Address,
  MarketplaceTime,
  PaymentMethod,
  PaymentStatus,
  PickupPoint,
  Sale,
  SaleLine,
  SalePurchase,
} from '../core/marketplace/sales.ts';
import { saleState } from './formstate.ts';
import {
  countOf,
  countryOf,
  moneyOf,
  numberedOf,
  type Reading,
  timeOf,
  withoutUndefined,
} from './formvalues.ts';
import type { ReadPart } from './schema.ts';
import type { STRUCTS, StructName } from './structs.ts';
import type { WireError } from './xml.ts';

type Wire<S extends StructName> = ReadPart<(typeof STRUCTS)[S]>;

/** Fields of a form from later versions of the service, which are not in the WSDL and are read if present. */
export const LATER_FORM_FIELDS = {
  postBuyFormAdditionalServicesAmount: 'float?',
  /** Pick-up point of Zásilkovna, at Aukro. */
  zasilkovnaDeliveryPoint: 'string?',
} as const;

/** Fields of an address from later versions of the service; in a pick-up point, the point's own id. */
export const LATER_ADDRESS_FIELDS = { postBuyFormAdrId: 'string?' } as const;

export type WireForm = Wire<'PostBuyFormDataStruct'> &
  Partial<ReadPart<typeof LATER_FORM_FIELDS>> & { readonly pointId?: string };

/** Codes with a meaning of their own; every other code is a way to pay online. */
const PAYMENT_METHODS: ReadonlyMap<string, PaymentMethod> = new Map(
  Object.entries<PaymentMethod>({
    collect_on_delivery: 'cash-on-delivery',
    wire_transfer: 'bank-transfer',
    not_specified: 'not-specified',
    '': 'not-specified',
  }),
);

/** Allegro's texts. Those of Aukro are not known and read as `unknown`. */
const PAYMENT_STATUSES: ReadonlyMap<string, PaymentStatus> = new Map(
  Object.entries<PaymentStatus>({
    '': 'none',
    rozpoczęta: 'started',
    zakończona: 'finished',
    anulowana: 'cancelled',
    odrzucona: 'rejected',
    wycofana: 'withdrawn',
  }),
);

/** Codes of online payment that sources name. Other codes read as online too, and are flagged. */
const ONLINE = new Set(
  'co ai ro pu p m n w o i d h g l u me ab wp wm wk wg wd wr wc wn wi wy c b t mtex tt'.split(' '),
);

/**
 * A name in the place of a code, such as "Płacę z iPKO", is a way to pay online, unless it names another way.
 */
const NAME = /[\s\p{Lu}]|[^\p{ASCII}]/u;
const NAME_OF_ANOTHER_WAY = /pobrani|odbi[oó]r|dob[ií]rk|tradycyjn|zwykł|převod/iu;

/** Fields without which a form does not tell its sale or its state. */
const ESSENTIAL =
  /^(postBuyForm(Id|PayType|PayStatus|DateCancel)|postBuyFormItems(\[\d+\](\.postBuyFormItDeals(\[\d+\](\.dealId)?)?)?)?)$/;

/** Most unreadable fields that are named of a form. */
const MAX_UNREAD = 20;

/** Numbers of the countries in a form's addresses. */
export const countriesIn = (wire: WireForm): number[] =>
  [wire.postBuyFormInvoiceData, wire.postBuyFormShipmentAddress, wire.postBuyFormGdAddress].map((address) =>
    Number(address?.postBuyFormAdrCountry ?? 0),
  );

/**
 * Translates a form as far as it can be read; an unreadable part is flagged and named. Throws the WireError
 * of a field without which the form does not tell its sale or its state.
 */
export function toForm(
  wire: WireForm,
  context: Pick<Reading, 'settings' | 'lettersOf'>,
  complaints: readonly WireError[] = [],
): Sale {
  const fatal = complaints.find(({ place }) => ESSENTIAL.test(place));
  if (fatal !== undefined) throw fatal;
  const reading: Reading = {
    ...context,
    flags: new Set(),
    unread: new Set(complaints.map(({ place }) => place)),
  };
  const form = translated(wire, reading);
  const { flags, unread } = reading;
  if (unread.size > 0) flags.add('missing-field');
  return {
    ...form,
    state: saleState(form),
    ...(flags.size > 0 && { flags: [...flags] }),
    ...(unread.size > 0 && { unread: [...unread].sort().slice(0, MAX_UNREAD) }),
  };
}

function translated(wire: WireForm, reading: Reading): Omit<Sale, 'state'> {
  const money = (field: string, text: string | undefined) => moneyOf(field, { text, reading });
  const services = money('postBuyFormAdditionalServicesAmount', wire.postBuyFormAdditionalServicesAmount);
  const address = (name: string, part: Wire<'PostBuyFormAddressStruct'> | undefined) =>
    toAddress(part, { name, reading });
  const invoiceWanted = wire.postBuyFormInvoiceOption === '1';
  const invoiceAddress = address('postBuyFormInvoiceData', wire.postBuyFormInvoiceData);
  if (invoiceWanted && invoiceAddress === undefined) reading.unread.add('postBuyFormInvoiceData');
  return {
    id: wire.postBuyFormId ?? '',
    buyer: {
      id: wire.postBuyFormBuyerId ?? '',
      login: wire.postBuyFormBuyerLogin ?? '',
      email: wire.postBuyFormBuyerEmail ?? '',
    },
    lines: (wire.postBuyFormItems ?? []).map((item, index) =>
      toLine(item, { reading, at: `postBuyFormItems[${index}]` }),
    ),
    ...withoutUndefined({
      total: money('postBuyFormAmount', wire.postBuyFormAmount),
      deliveryCost: money('postBuyFormPostageAmount', wire.postBuyFormPostageAmount),
      additionalServices: services?.minor === 0 ? undefined : services,
      paidOnline: money('postBuyFormPaymentAmount', wire.postBuyFormPaymentAmount),
      deliveryMethod: numberedOf('postBuyFormShipmentId', { text: wire.postBuyFormShipmentId, reading }),
    }),
    payment: toPayment(wire, reading),
    cancelledAt: timeOf('postBuyFormDateCancel', { text: wire.postBuyFormDateCancel, reading }),
    shipmentAddress: address('postBuyFormShipmentAddress', wire.postBuyFormShipmentAddress),
    pickupPoint: toPoint(wire, reading),
    pickupInfo: wire.postBuyFormGdAdditionalInfo || (wire.zasilkovnaDeliveryPoint ?? ''),
    invoiceWanted,
    invoiceAddress,
    message: wire.postBuyFormMsgToSeller ?? '',
    sentBySeller: wire.postBuyFormSentBySeller === '1',
    parcels: (wire.postBuyFormShipmentTracking ?? []).map((parcel, index) => {
      const field = `postBuyFormShipmentTracking[${index}].postBuyFormOperatorId`;
      return {
        ...withoutUndefined({ carrier: numberedOf(field, { text: parcel.postBuyFormOperatorId, reading }) }),
        number: parcel.postBuyFormPackageId ?? '',
        status: parcel.postBuyFormPackageStatus ?? '',
      };
    }),
    surchargeIds: wire.postBuyFormSurchargesList ?? [],
  };
}

function toPayment(wire: WireForm, reading: Reading): Sale['payment'] {
  const { postBuyFormPayType: methodText = '', postBuyFormPayStatus: statusText = '' } = wire;
  const code = methodText.trim();
  const method = PAYMENT_METHODS.get(code);
  const status = PAYMENT_STATUSES.get(statusText.trim().normalize('NFC').toLowerCase());
  const isKnown = method !== undefined || ONLINE.has(code) || isNameOfOnlinePayment(code);
  if (status === undefined || !isKnown) reading.flags.add('unknown-payment-word');
  return {
    method: method ?? 'online',
    status: status ?? 'unknown',
    methodText,
    statusText,
    id: wire.postBuyFormPayId ?? '',
    startedAt: timeOf('postBuyFormDateInit', { text: wire.postBuyFormDateInit, reading }),
    receivedAt: timeOf('postBuyFormDateRecv', { text: wire.postBuyFormDateRecv, reading }),
  };
}

const isNameOfOnlinePayment = (text: string): boolean => NAME.test(text) && !NAME_OF_ANOTHER_WAY.test(text);

function toLine(
  item: Wire<'PostBuyFormItemStruct'>,
  { reading, at }: { reading: Reading; at: string },
): SaleLine {
  const deals = item.postBuyFormItDeals ?? [];
  // Production showed forms without deals; the journal tells which they are.
  if (deals.length === 0) reading.unread.add(`${at}.postBuyFormItDeals`);
  const money = (field: string, text: string | undefined) => moneyOf(`${at}.${field}`, { text, reading });
  const quantity = countOf(`${at}.postBuyFormItQuantity`, { text: item.postBuyFormItQuantity, reading });
  const amount = money('postBuyFormItAmount', item.postBuyFormItAmount);
  const read = deals.map((deal, index) =>
    toDeal(deal, { reading, at: `${at}.postBuyFormItDeals[${index}]` }),
  );
  return {
    offerId: item.postBuyFormItId ?? '',
    title: item.postBuyFormItTitle ?? '',
    ...withoutUndefined({
      quantity,
      unitPrice: money('postBuyFormItPrice', item.postBuyFormItPrice),
      amount,
    }),
    purchases: withPrices(read, { amount, quantity }),
  };
}

/** Rounding error of the marketplace's own floats, in minor units. */
const TOLERANCE_MINOR = 1;

/**
 * The deals with the line's average in the place of a zero price, which the service leaves at times. If the
 * prices add up to the line's amount, zero is the price: a piece that a discount made free.
 */
function withPrices(
  deals: readonly SalePurchase[],
  { amount, quantity }: { amount: Money | undefined; quantity: number | undefined },
): readonly SalePurchase[] {
  const isZero = ({ unitPrice }: SalePurchase) => unitPrice?.minor === 0;
  const sum = deals.reduce((minor, deal) => minor + (deal.unitPrice?.minor ?? 0) * (deal.quantity ?? NaN), 0);
  const isWhole =
    amount !== undefined && !deals.every(isZero) && Math.abs(amount.minor - sum) <= TOLERANCE_MINOR;
  if (isWhole) return deals;
  const average = amount && quantity && quantity > 0 ? divideMoney(amount, quantity) : amount;
  return deals.map((deal) => {
    if (!isZero(deal)) return deal;
    const { unitPrice: _, ...rest } = deal;
    return { ...rest, ...withoutUndefined({ unitPrice: average }) };
  });
}

function toDeal(
  deal: Wire<'PostBuyFormItemDealsStruct'>,
  { reading, at }: { reading: Reading; at: string },
): SalePurchase {
  const variant = deal.dealVariant;
  return {
    purchaseId: deal.dealId ?? '',
    ...withoutUndefined({
      quantity: countOf(`${at}.dealQuantity`, { text: deal.dealQuantity, reading }),
      unitPrice: moneyOf(`${at}.dealFinalPrice`, { text: deal.dealFinalPrice, reading }),
    }),
    discounted: deal.dealWasDiscounted ?? false,
    boughtAt: purchaseTime(deal.dealDate ?? '', { reading, at }),
    ...(variant && { variant: { name: variant.variantName ?? '', value: variant.variantValue ?? '' } }),
  };
}

/** Time of a purchase; a missing time is flagged like an impossible one. */
function purchaseTime(text: string, { reading, at }: { reading: Reading; at: string }): MarketplaceTime {
  const time = timeOf(`${at}.dealDate`, { text, reading });
  if (time === undefined) reading.flags.add('impossible-date');
  return time ?? { iso: '', text };
}

function toPoint({ postBuyFormGdAddress, pointId }: WireForm, reading: Reading): PickupPoint | undefined {
  if (postBuyFormGdAddress === undefined) return undefined;
  const address = addressOf(postBuyFormGdAddress, { name: 'postBuyFormGdAddress', reading });
  if (pointId !== undefined) return { ...address, pointId };
  return isUsed(postBuyFormGdAddress) ? address : undefined;
}

/** Whether an address was filled in; an unused one comes with country zero and empty texts. */
const isUsed = ({ postBuyFormAdrCountry, ...texts }: Wire<'PostBuyFormAddressStruct'>): boolean =>
  Number(postBuyFormAdrCountry ?? 0) !== 0 || Object.values(texts).some((text) => text?.trim());

const toAddress = (
  wire: Wire<'PostBuyFormAddressStruct'> | undefined,
  place: { name: string; reading: Reading },
): Address | undefined => (wire !== undefined && isUsed(wire) ? addressOf(wire, place) : undefined);

const addressOf = (
  wire: Wire<'PostBuyFormAddressStruct'>,
  { name, reading }: { name: string; reading: Reading },
): Address => ({
  fullName: wire.postBuyFormAdrFullName ?? '',
  company: wire.postBuyFormAdrCompany ?? '',
  street: wire.postBuyFormAdrStreet ?? '',
  postcode: wire.postBuyFormAdrPostcode ?? '',
  city: wire.postBuyFormAdrCity ?? '',
  ...withoutUndefined({
    country: countryOf(`${name}.postBuyFormAdrCountry`, { text: wire.postBuyFormAdrCountry, reading }),
  }),
  phone: wire.postBuyFormAdrPhone ?? '',
  taxId: wire.postBuyFormAdrNip ?? '',
});
