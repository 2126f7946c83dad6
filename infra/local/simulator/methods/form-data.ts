import type { ReplyOf } from '../wire/operations.ts';
import { localIso, localText } from '../world/clock.ts';
import { countryOf, shipmentOf } from '../world/countries.ts';
import { linesOf, type Purchase, type Sale } from '../world/goods.ts';
import type { Surcharge } from '../world/ledger.ts';
import { type Buyer, type Place, samplesOf } from '../world/people.ts';
import type { World } from '../world/world.ts';
import { floatText } from './context.ts';

type FormData = NonNullable<ReplyOf<'doGetPostBuyFormsDataForSellers'>['postBuyFormData']>[number];
type Item = NonNullable<FormData['postBuyFormItems']>[number];
type Address = FormData['postBuyFormShipmentAddress'];

/** The service's own texts for a payment, Polish on every site. */
export const PAY_STATUS: Readonly<Record<Sale['payment'], string>> = {
  none: '',
  started: 'Rozpoczęta',
  finished: 'Zakończona',
  rejected: 'Odrzucona',
  withdrawn: 'Wycofana',
};
const CANCELLED = 'Anulowana';

/** How far the payment is, in the service's own text. */
export const paymentWord = ({ cancelledAt, payment }: Sale): string =>
  cancelledAt === undefined ? PAY_STATUS[payment] : CANCELLED;

/** The address that the service shows where none was needed: country 0 and empty texts. */
const UNUSED: Address = {
  postBuyFormAdrCountry: 0,
  postBuyFormAdrStreet: '',
  postBuyFormAdrPostcode: '',
  postBuyFormAdrCity: '',
  postBuyFormAdrFullName: '',
  postBuyFormAdrCompany: '',
  postBuyFormAdrPhone: '',
  postBuyFormAdrNip: '',
  postBuyFormCreatedDate: '',
  postBuyFormAdrType: 0,
};

/** A form as the service shows it to its seller. */
export function formData(world: World, sale: Sale): FormData {
  const { ledger } = world.trade;
  const lines = linesOf(sale.purchaseIds.map(ledger.purchase));
  const countryId = ledger.offer(lines[0]?.offerId ?? 0).countryId;
  const { timeZone } = countryOf(countryId);
  const buyer = ledger.buyer(sale.buyerId);
  const goodsMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const totalMinor = goodsMinor + sale.postageMinor;
  const local = (at: number | undefined) => (at === undefined ? '' : localText(at, timeZone));
  return {
    postBuyFormId: String(sale.id),
    postBuyFormItems: lines.map((line) => item(world, { ...line, sale, timeZone })),
    postBuyFormBuyerId: String(buyer.id),
    postBuyFormAmount: floatText(totalMinor),
    postBuyFormPostageAmount: floatText(sale.postageMinor),
    postBuyFormInvoiceOption: sale.choices.invoiceWanted ? 1 : 0,
    postBuyFormMsgToSeller: sale.choices.message,
    ...addresses({ sale, buyer, countryId }),
    postBuyFormPayType: sale.choices.payType,
    postBuyFormPayId: String(sale.paymentId),
    postBuyFormPayStatus: paymentWord(sale),
    postBuyFormDateInit: local(sale.filledAt),
    postBuyFormDateRecv: local(sale.paidAt),
    postBuyFormDateCancel: local(sale.cancelledAt),
    postBuyFormShipmentId: sale.choices.shipmentId,
    postBuyFormShipmentTracking: sale.parcels.map(({ carrierId, number }) => ({
      postBuyFormOperatorId: carrierId,
      postBuyFormPackageId: number,
      postBuyFormPackageStatus: countryId === 56 ? 'Zásilka odeslána' : 'Wysłana',
    })),
    postBuyFormSurchargesList: [
      ...sale.surcharges.map(({ id }) => id),
      ...(sale.misnamedId === undefined ? [] : [sale.misnamedId]),
    ].map(String),
    postBuyFormGdAdditionalInfo: sale.choices.point?.info ?? '',
    postBuyFormPaymentAmount: floatText(sale.paidAt === undefined ? 0 : totalMinor),
    postBuyFormSentBySeller: sale.parcels.length > 0 ? 1 : 0,
    postBuyFormBuyerLogin: buyer.login,
    postBuyFormBuyerEmail: buyer.email,
  };
}

/** A surcharge as the service shows it: a form without goods and parcels. */
export function surchargeData(
  world: World,
  { sale, surcharge }: { sale: Sale; surcharge: Surcharge },
): FormData {
  return {
    ...formData(world, sale),
    postBuyFormId: String(surcharge.id),
    postBuyFormItems: [],
    postBuyFormAmount: floatText(surcharge.amountMinor),
    postBuyFormPostageAmount: '0',
    postBuyFormPayStatus: PAY_STATUS.started,
    postBuyFormDateRecv: '',
    postBuyFormShipmentTracking: [],
    postBuyFormSurchargesList: [],
    postBuyFormPaymentAmount: '0',
    postBuyFormSentBySeller: 0,
  };
}

type Line = ReturnType<typeof linesOf>[number];

function item(
  world: World,
  {
    offerId,
    purchases,
    quantity,
    amountMinor,
    listMinor,
    sale,
    timeZone,
  }: Line & { sale: Sale; timeZone: string },
): Item {
  const offer = world.trade.ledger.offer(offerId);
  const variantName = samplesOf(offer.countryId).variant.name;
  const price = (purchase: Purchase) =>
    sale.choices.hidesPurchasePrice ? '0' : floatText(purchase.unitMinor);
  return {
    postBuyFormItQuantity: quantity,
    postBuyFormItAmount: floatText(amountMinor),
    postBuyFormItId: String(offer.id),
    postBuyFormItTitle: offer.title,
    postBuyFormItCountry: offer.countryId,
    postBuyFormItPrice: floatText(listMinor),
    postBuyFormItDeals: purchases.map((purchase) => ({
      dealId: String(purchase.id),
      dealFinalPrice: price(purchase),
      dealQuantity: purchase.quantity,
      dealDate: localIso(purchase.boughtAt, timeZone),
      dealWasDiscounted: purchase.discounted,
      ...(purchase.variant === undefined
        ? {}
        : { dealVariant: { variantName, variantValue: purchase.variant } }),
    })),
  };
}

function addresses({ sale, buyer, countryId }: { sale: Sale; buyer: Buyer; countryId: number }) {
  const { choices } = sale;
  const postBuyFormCreatedDate = localText(sale.filledAt, countryOf(countryId).timeZone);
  const person = {
    ...UNUSED,
    postBuyFormCreatedDate,
    postBuyFormAdrFullName: `${buyer.firstName} ${buyer.lastName}`,
    postBuyFormAdrCompany: buyer.company,
  };
  const goesNowhere = shipmentOf(countryId, choices.shipmentId).goes === 'nowhere';
  return {
    postBuyFormInvoiceData: choices.invoiceWanted
      ? { ...person, ...place(buyer.home), postBuyFormAdrNip: buyer.taxId }
      : UNUSED,
    postBuyFormShipmentAddress: goesNowhere
      ? UNUSED
      : { ...person, ...place(buyer.delivery), postBuyFormAdrPhone: buyer.phone },
    postBuyFormGdAddress:
      choices.point === undefined
        ? UNUSED
        : {
            ...UNUSED,
            ...place(choices.point.place),
            postBuyFormCreatedDate,
            postBuyFormAdrFullName: choices.point.name,
          },
  };
}

const place = ({ street, postcode, city, countryId }: Place) => ({
  postBuyFormAdrCountry: countryId,
  postBuyFormAdrStreet: street,
  postBuyFormAdrPostcode: postcode,
  postBuyFormAdrCity: city,
});
