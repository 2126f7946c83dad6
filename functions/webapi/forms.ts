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
import { readCount, readMoney, readTime } from './values.ts';
import { WireError } from './xml.ts';

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

/** Translates one form. Throws WireError naming the field that cannot be read. */
export function toForm(wire: Wire<'PostBuyFormDataStruct'>, settings: MarketplaceSettings): Form {
  const money = (field: string, text: string) => readMoney([field, text], settings.currency);
  return {
    id: wire.postBuyFormId,
    buyer: {
      id: wire.postBuyFormBuyerId,
      login: wire.postBuyFormBuyerLogin,
      email: wire.postBuyFormBuyerEmail,
    },
    lines: wire.postBuyFormItems.map((item) => toLine(item, settings)),
    total: money('postBuyFormAmount', wire.postBuyFormAmount),
    deliveryCost: money('postBuyFormPostageAmount', wire.postBuyFormPostageAmount),
    paidOnline: money('postBuyFormPaymentAmount', wire.postBuyFormPaymentAmount),
    payment: toPayment(wire, settings.timeZone),
    cancelledAt: readTime(['postBuyFormDateCancel', wire.postBuyFormDateCancel], settings.timeZone),
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
}

function toPayment(wire: Wire<'PostBuyFormDataStruct'>, timeZone: string): Form['payment'] {
  const statusText = wire.postBuyFormPayStatus;
  const time = (field: string, text: string | undefined) => readTime([field, text ?? ''], timeZone);
  return {
    method: PAYMENT_METHODS[wire.postBuyFormPayType.trim()] ?? 'online',
    status: PAYMENT_STATUSES[statusText.trim().normalize('NFC').toLowerCase()] ?? 'unknown',
    methodText: wire.postBuyFormPayType,
    statusText,
    id: wire.postBuyFormPayId,
    startedAt: time('postBuyFormDateInit', wire.postBuyFormDateInit),
    receivedAt: time('postBuyFormDateRecv', wire.postBuyFormDateRecv),
  };
}

function toLine(item: Wire<'PostBuyFormItemStruct'>, settings: MarketplaceSettings): FormLine {
  const quantity = readCount(['postBuyFormItQuantity', item.postBuyFormItQuantity]);
  const amount = readMoney(['postBuyFormItAmount', item.postBuyFormItAmount], settings.currency);
  return {
    offerId: item.postBuyFormItId,
    title: item.postBuyFormItTitle,
    quantity,
    unitPrice: readMoney(['postBuyFormItPrice', item.postBuyFormItPrice], settings.currency),
    amount,
    deals: item.postBuyFormItDeals.map((deal) =>
      toDeal(deal, { settings, average: quantity > 0 ? divideMoney(amount, quantity) : amount }),
    ),
  };
}

function toDeal(
  deal: Wire<'PostBuyFormItemDealsStruct'>,
  { settings, average }: { settings: MarketplaceSettings; average: Money },
): FormDeal {
  const price = readMoney(['dealFinalPrice', deal.dealFinalPrice], settings.currency);
  const variant = deal.dealVariant;
  return {
    dealId: deal.dealId,
    quantity: readCount(['dealQuantity', deal.dealQuantity]),
    // The service leaves it at zero at times; the line always has its amount.
    unitPrice: price.minor === 0 ? average : price,
    discounted: deal.dealWasDiscounted,
    boughtAt: requiredTime(['dealDate', deal.dealDate], settings.timeZone),
    ...(variant && { variant: { name: variant.variantName ?? '', value: variant.variantValue ?? '' } }),
  };
}

function requiredTime(named: readonly [string, string], timeZone: string): MarketplaceTime {
  const time = readTime(named, timeZone);
  if (time === undefined) throw new WireError('missing', named[0]);
  return time;
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
