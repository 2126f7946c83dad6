import { describe, expect, it } from 'vitest';
import { countryLetters } from '../../../infra/local/simulator/world/atlas.ts';
import type { TrueOrder } from '../../../infra/local/simulator/world/truth.ts';
import { AS_SELLER, at, drain, element, filter, items, type Node, texts } from './kit.ts';
import { minor, readAllForms, readForms, withOrders } from './orders-kit.ts';

/** The state that the texts of a form mean. */
function stateOf(form: Record<string, string>): string {
  const status = form.postBuyFormPayStatus;
  if (form.postBuyFormDateCancel !== '' || status === 'Odrzucona' || status === 'Anulowana')
    return 'released';
  if (status === 'Wycofana') return 'payment-withdrawn';
  if (form.postBuyFormPayType === 'collect_on_delivery') return 'ready-to-ship';
  if (status === 'Zakończona') return 'paid';
  return ['wire_transfer', 'not_specified'].includes(form.postBuyFormPayType ?? '')
    ? 'awaiting-manual-payment'
    : 'awaiting-payment';
}

function addressOf(node: Node) {
  const adr = texts(node);
  const text = (name: string) => adr[`postBuyFormAdr${name}`];
  if (text('Country') === '0') {
    const { postBuyFormAdrCountry, postBuyFormAdrType, ...rest } = adr;
    expect(Object.values(rest).join('')).toBe('');
    return null;
  }
  return {
    fullName: text('FullName'),
    company: text('Company'),
    street: text('Street'),
    postcode: text('Postcode'),
    city: text('City'),
    country: countryLetters(Number(text('Country'))),
    phone: text('Phone'),
    taxId: text('Nip'),
  };
}

describe.each([
  [1, 'PLN'],
  [56, 'CZK'],
])('forms in country %i', (country, currency) => {
  it('say on the wire what the truth says', async () => {
    const { simulator, session, orders } = await withOrders(150, country);
    const forms = await readAllForms(simulator, session, orders);
    expect(forms.size).toBeGreaterThan(100);
    for (const order of orders.filter(({ orderId }) => orderId.startsWith('order:'))) {
      const node = forms.get(order.orderId) ?? at({ text: '', children: {} }, order.orderId);
      const form = texts(node);
      const money = (text = '') => ({ minor: minor(text), currency });
      expect(stateOf(form)).toBe(order.state);
      expect({
        buyer: {
          id: form.postBuyFormBuyerId,
          login: form.postBuyFormBuyerLogin,
          email: form.postBuyFormBuyerEmail,
        },
        total: money(form.postBuyFormAmount),
        deliveryCost: money(form.postBuyFormPostageAmount),
        deliveryMethod: { id: form.postBuyFormShipmentId },
        parcels: items(at(node, 'postBuyFormShipmentTracking'))
          .map(texts)
          .map((parcel) => ({
            carrier: { id: parcel.postBuyFormOperatorId },
            number: parcel.postBuyFormPackageId,
          })),
        shipmentAddress: addressOf(at(node, 'postBuyFormShipmentAddress')),
        pickupPoint: addressOf(at(node, 'postBuyFormGdAddress')),
        invoiceAddress: addressOf(at(node, 'postBuyFormInvoiceData')),
        invoiceWanted: form.postBuyFormInvoiceOption === '1',
        message: form.postBuyFormMsgToSeller,
        lines: items(at(node, 'postBuyFormItems')).map((line) => ({
          offerId: texts(line).postBuyFormItId,
          title: texts(line).postBuyFormItTitle,
          quantity: Number(texts(line).postBuyFormItQuantity),
          unitPrice: money(texts(line).postBuyFormItPrice),
          amount: money(texts(line).postBuyFormItAmount),
          purchases: items(at(line, 'postBuyFormItDeals'))
            .map(texts)
            .map((deal) => ({
              purchaseId: deal.dealId,
              quantity: Number(deal.dealQuantity),
              unitPrice:
                deal.dealFinalPrice === '0'
                  ? money(String(Number(texts(line).postBuyFormItAmount) / Number(deal.dealQuantity)))
                  : money(deal.dealFinalPrice),
              discounted: deal.dealWasDiscounted === 'true',
            })),
        })),
      }).toEqual(expect.objectContaining({ ...pick(order) }));
    }
  });
});

const pick = ({ orderId, live, state, ...rest }: TrueOrder) => rest;

describe('the variety of orders', () => {
  it('has every state, joined deals, discounts, awkward texts and unused addresses', async () => {
    const { orders } = await withOrders(300);
    const count = (is: (order: TrueOrder) => boolean) => orders.filter(is).length;
    for (const state of [
      'awaiting-details',
      'released',
      'payment-withdrawn',
      'ready-to-ship',
      'paid',
      'awaiting-manual-payment',
      'awaiting-payment',
    ]) {
      expect(
        count((order) => order.state === state),
        state,
      ).toBeGreaterThan(0);
    }
    expect(count(({ lines }) => lines.length > 1)).toBeGreaterThan(0);
    expect(count(({ lines }) => lines.some(({ purchases }) => purchases.length > 1))).toBeGreaterThan(0);
    expect(
      count(({ lines }) => lines.some(({ purchases }) => purchases.some(({ discounted }) => discounted))),
    ).toBeGreaterThan(0);
    expect(count(({ message }) => /[&<>"]/.test(message))).toBeGreaterThan(0);
    expect(count(({ message }) => message.includes('🚀') && message.startsWith('  '))).toBeGreaterThan(0);
    expect(count(({ pickupPoint }) => pickupPoint !== null)).toBeGreaterThan(0);
    expect(
      count(({ orderId, shipmentAddress }) => orderId.startsWith('order:') && shipmentAddress === null),
    ).toBeGreaterThan(0);
    expect(count(({ invoiceWanted }) => invoiceWanted)).toBeGreaterThan(0);
  });
});

describe('forms', () => {
  it('skips unknown and foreign ids, and repeats an id that is sent twice', async () => {
    const { simulator, session, orders } = await withOrders(10);
    const foreign = await simulator.openSession('inny', await simulator.seller('inny'));
    const id = orders.find(({ orderId }) => orderId.startsWith('order:'))?.orderId.slice(6) ?? '';
    expect(await readForms(simulator, session, ['1', id, '9223372036854775807', id])).toHaveLength(2);
    expect(await readForms(simulator, foreign, [id])).toEqual([]);
  });

  it('writes dates as local text, and the deal date with its offset', async () => {
    const { simulator, session, orders } = await withOrders(60);
    const forms = [...(await readAllForms(simulator, session, orders)).values()].map((form) => ({
      form,
      ...texts(form),
    }));
    const local = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
    const deals = forms.flatMap(({ form }) =>
      items(at(form, 'postBuyFormItems')).flatMap((line) => items(at(line, 'postBuyFormItDeals')).map(texts)),
    );
    const events = new Map((await drain(simulator, session)).map((event) => [event.dealId, event]));
    for (const { dealId, dealDate } of deals) {
      expect(dealDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00$/);
      const seconds = Date.parse(dealDate ?? '') / 1000;
      expect(Math.abs(seconds - Number(events.get(dealId)?.dealEventTime))).toBeLessThan(10);
    }
    for (const form of forms.map(({ form }) => texts(form))) {
      expect(form.postBuyFormDateInit).toMatch(local);
      expect(form.postBuyFormDateRecv === '').toBe(
        !['Zakończona', 'Wycofana'].includes(form.postBuyFormPayStatus ?? ''),
      );
      expect(form.postBuyFormDateCancel === '').toBe(form.postBuyFormPayStatus !== 'Anulowana');
    }
  });

  it('lists the ids of the last month newest first, with cancelled forms and surcharges, which can be read too', async () => {
    const { simulator, session, orders } = await withOrders(200);
    const read = async (size: number, offset: number) => {
      const request =
        element('sessionId', session) +
        AS_SELLER +
        element('resultSize', size) +
        element('resultOffset', offset);
      const { body } = await simulator.call('doGetPostBuyFormsIds', request);
      return { count: at(body, 'formsCount').text, ids: items(at(body, 'formsIds')).map(({ text }) => text) };
    };
    const { count, ids } = await read(1000, 0);
    const saleIds = orders
      .filter(({ orderId }) => orderId.startsWith('order:'))
      .map(({ orderId }) => orderId.slice(6));
    const forms = await readAllForms(simulator, session, orders);
    const surcharges = [...forms.values()].flatMap((form) =>
      items(at(form, 'postBuyFormSurchargesList')).map(({ text }) => text),
    );
    expect(surcharges.length).toBeGreaterThan(0);
    expect(ids).toEqual([...saleIds, ...surcharges].toSorted((a, b) => Number(b) - Number(a)));
    expect(count).toBe(String(ids.length));
    expect((await read(10, 5)).ids).toEqual(ids.slice(5, 15));
    const [surcharge] = await readForms(simulator, session, surcharges.slice(0, 1));
    expect(items(at(surcharge ?? { text: '', children: {} }, 'postBuyFormItems'))).toEqual([]);
    const countOf = async (filters: string) => {
      const request = element('sessionId', session) + filters;
      return Number(at((await simulator.call('doGetPostBuyFormsIds', request)).body, 'formsCount').text);
    };
    const seller = filter('userRole', 'seller');
    expect(await countOf('')).toBe(0);
    expect(await countOf(element('filterOptions', filter('userRole', 'buyer')))).toBe(0);
    expect(await countOf(element('filterOptions', filter('paymentStatus', 'finished')))).toBe(0);
    const finished = await countOf(element('filterOptions', seller + filter('paymentStatus', 'finished')));
    expect(finished).toBeGreaterThan(0);
    expect(finished).toBeLessThan(ids.length);
    const stranger = element('sessionId', session) + element('filterOptions', filter('shop', '1'));
    expect((await simulator.call('doGetPostBuyFormsIds', stranger)).fault).toBe('SOAP-ENV:Client');
    const tooMany = element('sessionId', session) + element('resultSize', 1001);
    expect((await simulator.call('doGetPostBuyFormsIds', tooMany)).fault).toBe(
      'ERR_INPUT_OFFSET_OR_PACKAGE_SIZE_ERROR',
    );
  });
});
