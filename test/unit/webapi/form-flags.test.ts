import { describe, expect, it } from 'vitest';
import { toForm } from '../../../functions/webapi/forms.ts';
import { MARKETPLACE_PRESETS } from '../../../functions/webapi/presets.ts';

type Wire = Parameters<typeof toForm>[0];

const WIRE: Wire = {
  postBuyFormId: '1',
  postBuyFormItems: [],
  postBuyFormBuyerId: '7',
  postBuyFormAmount: '1',
  postBuyFormPostageAmount: '0',
  postBuyFormInvoiceOption: '0',
  postBuyFormMsgToSeller: '',
  postBuyFormPayType: 'co',
  postBuyFormPayId: '1',
  postBuyFormPayStatus: 'Zakończona',
  postBuyFormDateInit: '2014-12-04 17:36:46',
  postBuyFormDateRecv: '',
  postBuyFormDateCancel: '',
  postBuyFormShipmentId: '1',
  postBuyFormShipmentTracking: [],
  postBuyFormSurchargesList: [],
  postBuyFormPaymentAmount: '0',
  postBuyFormSentBySeller: '0',
  postBuyFormBuyerLogin: '',
  postBuyFormBuyerEmail: '',
} as unknown as Wire;

const read = (changes: Partial<Wire>) =>
  toForm({ ...WIRE, ...changes }, { settings: MARKETPLACE_PRESETS.allegro, lettersOf: () => undefined });
type WireDeal = NonNullable<NonNullable<Wire['postBuyFormItems']>[number]['postBuyFormItDeals']>[number];

/** A form with a line of these deals, with one piece each unless they say otherwise. */
const line = (amount: string | undefined, deals: readonly Partial<WireDeal>[]) =>
  read({
    postBuyFormItems: [
      {
        postBuyFormItQuantity: String(deals.reduce((sum, deal) => sum + Number(deal.dealQuantity ?? 1), 0)),
        postBuyFormItAmount: amount,
        postBuyFormItId: '8',
        postBuyFormItTitle: '',
        postBuyFormItPrice: '1',
        postBuyFormItDeals: deals.map((deal, index) => ({
          dealId: String(index),
          dealFinalPrice: '1',
          dealQuantity: '1',
          dealDate: '2014-12-04T17:35:08+01:00',
          dealWasDiscounted: false,
          ...deal,
        })),
      },
    ] as unknown as Wire['postBuyFormItems'],
  });
const boughtAt = (dealDate: string) => line('1', [{ dealDate }]);

describe('a form with something odd in it', () => {
  it('bears no flags where nothing is odd', () => {
    expect(read({})).not.toHaveProperty('flags');
  });

  it('keeps the text of an impossible date, and stays cancelled by one', () => {
    const form = read({ postBuyFormDateCancel: '2014-02-30 10:00:00' });
    expect(form.cancelledAt).toEqual({ iso: '', text: '2014-02-30 10:00:00' });
    expect(form.flags).toEqual(['impossible-date']);
    expect(read({ postBuyFormDateInit: 'yesterday' }).flags).toEqual(['impossible-date']);
  });

  it.each(['2014-13-01T00:00:00+01:00', ''])('flags a purchase at %j, and keeps it', (text) => {
    const form = boughtAt(text);
    expect(form.flags).toEqual(['impossible-date']);
    expect(form.lines[0]?.purchases[0]?.boughtAt).toEqual({ iso: '', text });
  });

  it('keeps unknown words of payment verbatim', () => {
    const status = read({ postBuyFormPayStatus: 'Zaplaceno' });
    expect(status).toMatchObject({
      payment: { status: 'unknown', statusText: 'Zaplaceno' },
      flags: ['unknown-payment-word'],
    });
  });

  it.each(['blik', 'constructor', 'Płatność przy odbiorze', 'Za pobraniem', 'Zwykły przelew', 'Dobírka'])(
    'flags the way of payment %j, which may not be online, and keeps it',
    (text) => {
      expect(read({ postBuyFormPayType: text })).toMatchObject({
        payment: { method: 'online', methodText: text },
        flags: ['unknown-payment-word'],
      });
    },
  );

  it.each(['co', 'm', 'wire_transfer', 'collect_on_delivery', 'not_specified', ''])(
    'knows the way of payment %j',
    (code) => {
      expect(read({ postBuyFormPayType: code })).not.toHaveProperty('flags');
    },
  );

  it.each(['Płacę z iPKO', 'mTransfer', 'Przelew24', 'Visa', 'Karta płatnicza'])(
    'takes the name %j for a way to pay online',
    (name) => {
      const form = read({ postBuyFormPayType: name });
      expect(form.payment).toMatchObject({ method: 'online', methodText: name });
      expect(form).not.toHaveProperty('flags');
    },
  );

  it('takes the name of a property for an unknown status', () => {
    expect(read({ postBuyFormPayStatus: 'constructor' }).payment.status).toBe('unknown');
  });

  it('names the invoice data of a buyer who wants an invoice and gave none', () => {
    const address = {
      postBuyFormAdrCountry: '0',
      postBuyFormAdrStreet: '',
      postBuyFormAdrPostcode: '',
      postBuyFormAdrCity: '',
      postBuyFormAdrFullName: '',
      postBuyFormAdrCompany: '',
      postBuyFormAdrPhone: '',
      postBuyFormAdrNip: '',
    };
    const named = { unread: ['postBuyFormInvoiceData'], flags: ['missing-field'] };
    const wanted = { postBuyFormInvoiceOption: '1' };
    expect(read(wanted)).toMatchObject(named);
    expect(read({ ...wanted, postBuyFormInvoiceData: address })).toMatchObject(named);
    const filled = { ...address, postBuyFormAdrCity: 'Łódź' };
    expect(read({ ...wanted, postBuyFormInvoiceData: filled })).not.toHaveProperty('flags');
    expect(read({ postBuyFormInvoiceData: address })).not.toHaveProperty('flags');
  });
});

describe('the prices of the deals of a line', () => {
  const prices = (amount: string | undefined, deals: readonly Partial<WireDeal>[]) =>
    line(amount, deals).lines[0]?.purchases.map(({ unitPrice }) => unitPrice?.minor);
  const free = { dealFinalPrice: '0.00', dealWasDiscounted: true };

  it('keep a piece free that a discount made free', () => {
    expect(prices('10.00', [{ dealFinalPrice: '10.00' }, free])).toEqual([1000, 0]);
    expect(prices('10.00', [free, { dealFinalPrice: '5', dealQuantity: '2' }, free])).toEqual([0, 500, 0]);
    expect(prices('0', [free])).toEqual([0]);
  });

  it('may miss the amount by a rounding', () => {
    expect(prices('10.00', [{ dealFinalPrice: '3.33', dealQuantity: '3' }, free])).toEqual([333, 0]);
  });

  it('are the average where zeros leave a part of the amount unexplained', () => {
    expect(prices('10.00', [{ dealFinalPrice: '0' }, { dealFinalPrice: '0' }])).toEqual([500, 500]);
    expect(prices('2.00', [{ dealFinalPrice: '0.50' }, { dealFinalPrice: '0', dealQuantity: '2' }])).toEqual([
      50, 67,
    ]);
    expect(prices('0.01', [free])).toEqual([1]);
  });

  it('are absent where neither they nor the amount tell them', () => {
    expect(prices(undefined, [{ dealFinalPrice: '10.00' }, free])).toEqual([1000, undefined]);
  });
});
