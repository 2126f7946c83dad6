import type { OrderFlag } from '../core/flags.ts';
import type {
  Address,
  Form,
  FormDeal,
  FormLine,
  MarketplaceSettings,
  MarketplaceTime,
  PaymentMethod,
  PaymentStatus,
} from '../core/marketplace.ts';
import { divideMoney, type Money } from '../core/money.ts';
import type { Read } from './schema.ts';
import type { STRUCTS, StructName } from './structs.ts';
import { type Named, readCount, readMoney, readTime } from './values.ts';

type Wire<S extends StructName> = Read<(typeof STRUCTS)[S]>;

/** Codes with a meaning of their own; every other code is a way to pay online. */
const PAYMENT_METHODS: Readonly<Record<string, PaymentMethod>> = {
  collect_on_delivery: 'cash-on-delivery',
  wire_transfer: 'bank-transfer',
  not_specified: 'not-specified',
  '': 'not-specified',
};

/** Allegro's words. Which words Aukro uses is not known: they read as `unknown` until somebody tells. */
const PAYMENT_STATUSES: Readonly<Record<string, PaymentStatus>> = {
  '': 'none',
  rozpoczęta: 'started',
  zakończona: 'finished',
  anulowana: 'cancelled',
  odrzucona: 'rejected',
  wycofana: 'withdrawn',
};

/** Codes of ways to pay online that sources name. The set is open: others read as online too, and are flagged. */
const ONLINE = new Set(
  'co ai ro pu p m n w o i d h g l u me ab wp wm wk wg wd wr wc wn wi wy c b t mtex tt'.split(' '),
);

/** What reading one form needs and finds. */
interface Reading {
  readonly settings: MarketplaceSettings;
  readonly flags: Set<OrderFlag>;
}

/** Translates one form. Throws WireError naming the field that cannot be read; odd dates and words are flagged. */
export function toForm(wire: Wire<'PostBuyFormDataStruct'>, settings: MarketplaceSettings): Form {
  const money = (field: string, text: string) => readMoney([field, text], settings.currency);
  const reading: Reading = { settings, flags: new Set() };
  const form: Form = {
    id: wire.postBuyFormId,
    buyer: {
      id: wire.postBuyFormBuyerId,
      login: wire.postBuyFormBuyerLogin,
      email: wire.postBuyFormBuyerEmail,
    },
    lines: wire.postBuyFormItems.map((item) => toLine(item, reading)),
    total: money('postBuyFormAmount', wire.postBuyFormAmount),
    deliveryCost: money('postBuyFormPostageAmount', wire.postBuyFormPostageAmount),
    paidOnline: money('postBuyFormPaymentAmount', wire.postBuyFormPaymentAmount),
    payment: toPayment(wire, reading),
    cancelledAt: timeOf(['postBuyFormDateCancel', wire.postBuyFormDateCancel], reading),
    shipmentMethodId: readCount(['postBuyFormShipmentId', wire.postBuyFormShipmentId]),
    shipmentAddress: toAddress(wire.postBuyFormShipmentAddress),
    pickupPoint: toAddress(wire.postBuyFormGdAddress),
    pickupInfo: wire.postBuyFormGdAdditionalInfo ?? '',
    invoiceWanted: wire.postBuyFormInvoiceOption === '1',
    invoiceAddress: toAddress(wire.postBuyFormInvoiceData),
    message: wire.postBuyFormMsgToSeller,
    sentBySeller: wire.postBuyFormSentBySeller === '1',
    parcels: wire.postBuyFormShipmentTracking.map((parcel) => ({
      carrierId: readCount(['postBuyFormOperatorId', parcel.postBuyFormOperatorId]),
      number: parcel.postBuyFormPackageId,
      status: parcel.postBuyFormPackageStatus,
    })),
    surchargeIds: wire.postBuyFormSurchargesList,
  };
  return reading.flags.size === 0 ? form : { ...form, flags: [...reading.flags] };
}

/** A date that no calendar has keeps its text, for a cancellation counts even without its time. */
function timeOf(named: Named, { settings, flags }: Reading): MarketplaceTime | undefined {
  try {
    return readTime(named, settings.timeZone);
  } catch {
    flags.add('impossible-date');
    return { iso: '', text: named[1] };
  }
}

function toPayment(wire: Wire<'PostBuyFormDataStruct'>, reading: Reading): Form['payment'] {
  const statusText = wire.postBuyFormPayStatus;
  const time = (field: string, text: string | undefined) => timeOf([field, text ?? ''], reading);
  const code = wire.postBuyFormPayType.trim();
  const method = PAYMENT_METHODS[code];
  const status = PAYMENT_STATUSES[statusText.trim().normalize('NFC').toLowerCase()];
  if (status === undefined || (method === undefined && !ONLINE.has(code))) {
    reading.flags.add('unknown-payment-word');
  }
  return {
    method: method ?? 'online',
    status: status ?? 'unknown',
    methodText: wire.postBuyFormPayType,
    statusText,
    id: wire.postBuyFormPayId,
    startedAt: time('postBuyFormDateInit', wire.postBuyFormDateInit),
    receivedAt: time('postBuyFormDateRecv', wire.postBuyFormDateRecv),
  };
}

function toLine(item: Wire<'PostBuyFormItemStruct'>, reading: Reading): FormLine {
  const { currency } = reading.settings;
  const quantity = readCount(['postBuyFormItQuantity', item.postBuyFormItQuantity]);
  const amount = readMoney(['postBuyFormItAmount', item.postBuyFormItAmount], currency);
  const average = quantity > 0 ? divideMoney(amount, quantity) : amount;
  return {
    offerId: item.postBuyFormItId,
    title: item.postBuyFormItTitle,
    quantity,
    unitPrice: readMoney(['postBuyFormItPrice', item.postBuyFormItPrice], currency),
    amount,
    deals: item.postBuyFormItDeals.map((deal) => toDeal(deal, { reading, average })),
  };
}

function toDeal(
  deal: Wire<'PostBuyFormItemDealsStruct'>,
  { reading, average }: { reading: Reading; average: Money },
): FormDeal {
  const price = readMoney(['dealFinalPrice', deal.dealFinalPrice], reading.settings.currency);
  const variant = deal.dealVariant;
  return {
    dealId: deal.dealId,
    quantity: readCount(['dealQuantity', deal.dealQuantity]),
    // The service leaves it at zero at times; the line always has its amount.
    unitPrice: price.minor === 0 ? average : price,
    discounted: deal.dealWasDiscounted,
    boughtAt: purchaseTime(deal.dealDate, reading),
    ...(variant && { variant: { name: variant.variantName ?? '', value: variant.variantValue ?? '' } }),
  };
}

/** A purchase without a time is as odd as one at an impossible time. */
function purchaseTime(text: string, reading: Reading): MarketplaceTime {
  const time = timeOf(['dealDate', text], reading);
  if (time === undefined) reading.flags.add('impossible-date');
  return time ?? { iso: '', text };
}

function toAddress(wire: Wire<'PostBuyFormAddressStruct'> | undefined): Address | undefined {
  if (wire === undefined) return undefined;
  return usedAddress({
    fullName: wire.postBuyFormAdrFullName,
    company: wire.postBuyFormAdrCompany,
    street: wire.postBuyFormAdrStreet,
    postcode: wire.postBuyFormAdrPostcode,
    city: wire.postBuyFormAdrCity,
    countryId: readCount(['postBuyFormAdrCountry', wire.postBuyFormAdrCountry]),
    phone: wire.postBuyFormAdrPhone,
    taxId: wire.postBuyFormAdrNip,
  });
}

/** An address that nobody filled in comes with country zero and empty strings. */
export function usedAddress(address: Address): Address | undefined {
  const { countryId, ...texts } = address;
  return countryId === 0 && Object.values(texts).every((text) => text.trim() === '') ? undefined : address;
}
