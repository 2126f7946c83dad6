import { describe, expect, it } from 'vitest';
import { orderOfDeal } from '../../../../functions/core/orders/deal-order.ts';
import { orderOfForm } from '../../../../functions/core/orders/form-order.ts';
import { formOf } from '../../../support/forms.ts';

const pln = (minor: number) => ({ minor, currency: 'PLN' });
const flagsOf = (changes: Parameters<typeof formOf>[2]) =>
  orderOfForm(formOf('f1', ['d1', 'd2'], changes)).flags;
const [line] = formOf('f1', ['d1', 'd2']).lines;
if (line === undefined) throw new Error('a form has a line');

describe('flags of an order', () => {
  it('are absent where nothing is odd', () => {
    expect(orderOfForm(formOf('f1', ['d1', 'd2']))).not.toHaveProperty('flags');
  });

  it('name a total that its deals and delivery do not give, beyond one minor unit', () => {
    const right = 2 * 1_050 + 999;
    expect(flagsOf({ total: pln(right + 1) })).toBeUndefined();
    expect(flagsOf({ total: pln(right - 1) })).toBeUndefined();
    expect(flagsOf({ total: pln(right + 2) })).toEqual(['total-mismatch']);
    expect(flagsOf({ total: pln(right - 2) })).toEqual(['total-mismatch']);
    expect(flagsOf({ deliveryCost: pln(0) })).toEqual(['total-mismatch']);
  });

  it('name amounts of two currencies, which have no sum, though the numbers fit', () => {
    expect(flagsOf({ deliveryCost: { minor: 999, currency: 'EUR' } })).toEqual(['total-mismatch']);
  });

  it('name what cannot be read of the contact of a deal', () => {
    const purchase = { dealId: 'd1', offerId: '9', buyerId: '7', quantity: 1 };
    const contact = {
      offerId: '9',
      buyer: { id: '7', login: 'kupiec', email: 'kupiec@example.com' },
      contactAddress: undefined,
      shipmentAddress: undefined,
      unread: ['userData.userCountryId (228)'],
    };
    expect(orderOfDeal(purchase, { contact })).toMatchObject({
      flags: ['missing-field', 'price-unknown'],
      unread: ['userData.userCountryId (228)'],
    });
  });

  it('count a deal price by its quantity', () => {
    const deals = line.deals.map((deal) => ({ ...deal, quantity: 2, unitPrice: pln(500) }));
    const lines = [{ ...line, deals }];
    expect(flagsOf({ lines, total: pln(4 * 500 + 999) })).toBeUndefined();
    expect(flagsOf({ lines })).toEqual(['total-mismatch']);
  });

  it('do not blame the rounding of averaged deal prices on the total', () => {
    const deals = line.deals.map((deal) => ({ ...deal, quantity: 50, unitPrice: pln(33) }));
    const lines = [{ ...line, quantity: 100, amount: pln(3_333), deals }];
    expect(flagsOf({ lines, total: pln(3_333 + 999) })).toBeUndefined();
  });

  it('have nothing to compare on a surcharge, which has no goods', () => {
    expect(flagsOf({ lines: [], total: pln(5_000), deliveryCost: pln(0) })).toBeUndefined();
  });

  it('name negative prices, and what the driver found, each once and in order', () => {
    const lines = [{ ...line, unitPrice: pln(-1) }];
    expect(flagsOf({ lines, flags: ['unknown-payment-word', 'impossible-date'] })).toEqual([
      'impossible-date',
      'negative-price',
      'unknown-payment-word',
    ]);
  });

  it('name amounts that are not known, and compare nothing with them', () => {
    const { unitPrice: _, ...unpriced } = line;
    expect(flagsOf({ lines: [unpriced] })).toEqual(['price-unknown']);
    const [deal] = line.deals;
    if (deal === undefined) throw new Error('a line has a deal');
    const { unitPrice: __, ...cheap } = deal;
    expect(flagsOf({ lines: [{ ...line, deals: [cheap] }] })).toEqual(['price-unknown']);
    const { total: ___, ...rest } = formOf('f1', ['d1']);
    expect(orderOfForm(rest)).not.toHaveProperty('total');
    expect(orderOfForm(rest).flags).toEqual(['price-unknown']);
  });

  it('count additional services into the total, and surcharges not', () => {
    const total = pln(2 * 1_050 + 999 + 500);
    expect(flagsOf({ total })).toEqual(['total-mismatch']);
    expect(flagsOf({ total, additionalServices: pln(500) })).toBeUndefined();
    const surcharges = new Map([['s1', formOf('s1', [], { lines: [], total: pln(700) })]]);
    const order = orderOfForm(formOf('f1', ['d1'], { surchargeIds: ['s1', 's2'] }), { surcharges });
    expect(order).toMatchObject({ total: pln(1_050 + 999), flags: ['surcharge-unknown'] });
    expect(order.surcharges).toMatchObject([{ id: 's1', amount: pln(700) }, { id: 's2' }]);
  });

  it('name broken and very long texts, which are kept', () => {
    const title = 'ż'.repeat(10_000);
    const order = orderOfForm(formOf('f1', ['d1'], { message: 'za\uFFFD', lines: [{ ...line, title }] }));
    expect(order.lines[0]?.title).toBe(title);
    expect(order.flags).toEqual(expect.arrayContaining(['broken-text', 'long-text']));
  });

  it('name a reading that contradicts the end of a sale, and do not revive it', () => {
    const before = orderOfForm(formOf('f1', ['d1'], { state: 'cancelled' }));
    expect(before).not.toHaveProperty('flags');
    for (const state of ['paid', 'awaiting-payment', 'released'] as const)
      expect(orderOfForm(formOf('f1', ['d1'], { state }), { before })).toMatchObject({
        state: 'cancelled',
        flags: ['cancellation-contradicted'],
      });
    expect(orderOfForm(formOf('f1', ['d1'], { state: 'cancelled' }), { before })).not.toHaveProperty('flags');
  });

  it('name a deal whose price no source tells', () => {
    const purchase = { dealId: 'd1', offerId: '8', buyerId: '7', quantity: 1 };
    expect(orderOfDeal(purchase, {}).flags).toEqual(['price-unknown']);
  });
});
