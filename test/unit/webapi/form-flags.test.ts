import { describe, expect, it } from 'vitest';
import { toForm } from '../../../functions/webapi/forms.ts';
import { SETTINGS } from '../../support/forms.ts';

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

const read = (changes: Partial<Wire>) => toForm({ ...WIRE, ...changes }, SETTINGS);
const boughtAt = (dealDate: string) =>
  read({
    postBuyFormItems: [
      {
        postBuyFormItQuantity: '1',
        postBuyFormItAmount: '1',
        postBuyFormItId: '8',
        postBuyFormItTitle: '',
        postBuyFormItPrice: '1',
        postBuyFormItDeals: [
          { dealId: '5', dealFinalPrice: '1', dealQuantity: '1', dealDate, dealWasDiscounted: false },
        ],
      },
    ] as unknown as Wire['postBuyFormItems'],
  });

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
    expect(form.lines[0]?.deals[0]?.boughtAt).toEqual({ iso: '', text });
  });

  it('keeps unknown words of payment verbatim', () => {
    const status = read({ postBuyFormPayStatus: 'Zaplaceno' });
    expect(status).toMatchObject({
      payment: { status: 'unknown', statusText: 'Zaplaceno' },
      flags: ['unknown-payment-word'],
    });
    const method = read({ postBuyFormPayType: 'blik' });
    expect(method).toMatchObject({
      payment: { method: 'online', methodText: 'blik' },
      flags: ['unknown-payment-word'],
    });
  });

  it.each(['co', 'm', 'wire_transfer', 'collect_on_delivery', 'not_specified', ''])(
    'knows the way of payment %j',
    (code) => {
      expect(read({ postBuyFormPayType: code })).not.toHaveProperty('flags');
    },
  );
});
