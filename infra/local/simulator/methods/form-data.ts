import type { ReplyOf } from '../wire/operations.ts';
import { localIso, localText } from '../world/clock.ts';
import { countryOf, shipmentOf } from '../world/countries.ts';
import { type Deal, type Form, linesOf } from '../world/goods.ts';
import type { Surcharge } from '../world/ledger.ts';
import { type Buyer, type Place, samplesOf } from '../world/people.ts';
import type { World } from '../world/world.ts';
import { floatText } from './context.ts';

type FormData = NonNullable<ReplyOf<'doGetPostBuyFormsDataForSellers'>['postBuyFormData']>[number];
type Item = NonNullable<FormData['postBuyFormItems']>[number];
type Address = FormData['postBuyFormShipmentAddress'];

/** The service's own texts for a payment, Polish on every site. */
export const PAY_STATUS: Readonly<Record<Form['payment'], string>> = {
  none: '',
  started: 'Rozpoczęta',
  finished: 'Zakończona',
  rejected: 'Odrzucona',
  withdrawn: 'Wycofana',
};
const CANCELLED = 'Anulowana';

/** How far the payment is, in the service's own text. */
export const paymentWord = ({ cancelledAt, payment }: Form): string =>
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
export function formData(world: World, form: Form): FormData {
  const { ledger } = world.trade;
  const lines = linesOf(form.dealIds.map(ledger.deal));
  const countryId = ledger.offer(lines[0]?.offerId ?? 0).countryId;
  const { timeZone } = countryOf(countryId);
  const buyer = ledger.buyer(form.buyerId);
  const goodsMinor = lines.reduce((sum, line) => sum + line.amountMinor, 0);
  const totalMinor = goodsMinor + form.postageMinor;
  const local = (at: number | undefined) => (at === undefined ? '' : localText(at, timeZone));
  return {
    postBuyFormId: String(form.id),
    postBuyFormItems: lines.map((line) => item(world, { ...line, form, timeZone })),
    postBuyFormBuyerId: String(buyer.id),
    postBuyFormAmount: floatText(totalMinor),
    postBuyFormPostageAmount: floatText(form.postageMinor),
    postBuyFormInvoiceOption: form.choices.invoiceWanted ? 1 : 0,
    postBuyFormMsgToSeller: form.choices.message,
    ...addresses({ form, buyer, countryId }),
    postBuyFormPayType: form.choices.payType,
    postBuyFormPayId: String(form.paymentId),
    postBuyFormPayStatus: paymentWord(form),
    postBuyFormDateInit: local(form.filledAt),
    postBuyFormDateRecv: local(form.paidAt),
    postBuyFormDateCancel: local(form.cancelledAt),
    postBuyFormShipmentId: form.choices.shipmentId,
    postBuyFormShipmentTracking: form.parcels.map(({ carrierId, number }) => ({
      postBuyFormOperatorId: carrierId,
      postBuyFormPackageId: number,
      postBuyFormPackageStatus: countryId === 56 ? 'Zásilka odeslána' : 'Wysłana',
    })),
    postBuyFormSurchargesList: [
      ...form.surcharges.map(({ id }) => id),
      ...(form.misnamedId === undefined ? [] : [form.misnamedId]),
    ].map(String),
    postBuyFormGdAdditionalInfo: form.choices.point?.info ?? '',
    postBuyFormPaymentAmount: floatText(form.paidAt === undefined ? 0 : totalMinor),
    postBuyFormSentBySeller: form.parcels.length > 0 ? 1 : 0,
    postBuyFormBuyerLogin: buyer.login,
    postBuyFormBuyerEmail: buyer.email,
  };
}

/** A surcharge as the service shows it: a form without goods and parcels. */
export function surchargeData(
  world: World,
  { form, surcharge }: { form: Form; surcharge: Surcharge },
): FormData {
  return {
    ...formData(world, form),
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
    deals,
    quantity,
    amountMinor,
    listMinor,
    form,
    timeZone,
  }: Line & { form: Form; timeZone: string },
): Item {
  const offer = world.trade.ledger.offer(offerId);
  const variantName = samplesOf(offer.countryId).variant.name;
  const price = (deal: Deal) => (form.choices.hidesDealPrice ? '0' : floatText(deal.unitMinor));
  return {
    postBuyFormItQuantity: quantity,
    postBuyFormItAmount: floatText(amountMinor),
    postBuyFormItId: String(offer.id),
    postBuyFormItTitle: offer.title,
    postBuyFormItCountry: offer.countryId,
    postBuyFormItPrice: floatText(listMinor),
    postBuyFormItDeals: deals.map((deal) => ({
      dealId: String(deal.id),
      dealFinalPrice: price(deal),
      dealQuantity: deal.quantity,
      dealDate: localIso(deal.boughtAt, timeZone),
      dealWasDiscounted: deal.discounted,
      ...(deal.variant === undefined ? {} : { dealVariant: { variantName, variantValue: deal.variant } }),
    })),
  };
}

function addresses({ form, buyer, countryId }: { form: Form; buyer: Buyer; countryId: number }) {
  const { choices } = form;
  const postBuyFormCreatedDate = localText(form.filledAt, countryOf(countryId).timeZone);
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
