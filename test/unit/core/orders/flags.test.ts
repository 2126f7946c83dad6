import { describe, expect, it } from 'vitest';
import { orderOfPurchase } from '../../../../functions/core/orders/order-of-purchase.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { saleOf } from '../../../support/sales.ts';

const pln = (minor: number) => ({ minor, currency: 'PLN' });
const flagsOf = (changes: Parameters<typeof saleOf>[2]) =>
  orderOfSale(saleOf('f1', ['d1', 'd2'], changes)).flags;
const [line] = saleOf('f1', ['d1', 'd2']).lines;
if (line === undefined) throw new Error('a sale has a line');

describe('flags of an order', () => {
  it('are absent where nothing is odd', () => {
    expect(orderOfSale(saleOf('f1', ['d1', 'd2']))).not.toHaveProperty('flags');
  });

  it('name a total that its purchases and delivery do not give, beyond one minor unit', () => {
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

  it('name what cannot be read of the contact of a purchase', () => {
    const purchase = { purchaseId: 'd1', offerId: '9', buyerId: '7', quantity: 1 };
    const contact = {
      offerId: '9',
      buyer: { id: '7', login: 'kupiec', email: 'kupiec@example.com' },
      contactAddress: undefined,
      shipmentAddress: undefined,
      unread: ['userData.userCountryId (228)'],
    };
    expect(orderOfPurchase(purchase, { contact })).toMatchObject({
      flags: ['missing-field', 'price-unknown'],
      unread: ['userData.userCountryId (228)'],
    });
  });

  it('count a purchase price by its quantity', () => {
    const purchases = line.purchases.map((purchase) => ({ ...purchase, quantity: 2, unitPrice: pln(500) }));
    const lines = [{ ...line, purchases }];
    expect(flagsOf({ lines, total: pln(4 * 500 + 999) })).toBeUndefined();
    expect(flagsOf({ lines })).toEqual(['total-mismatch']);
  });

  it('do not blame the rounding of averaged purchase prices on the total', () => {
    const purchases = line.purchases.map((purchase) => ({ ...purchase, quantity: 50, unitPrice: pln(33) }));
    const lines = [{ ...line, quantity: 100, amount: pln(3_333), purchases }];
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
    const [purchase] = line.purchases;
    if (purchase === undefined) throw new Error('a line has a purchase');
    const { unitPrice: __, ...cheap } = purchase;
    expect(flagsOf({ lines: [{ ...line, purchases: [cheap] }] })).toEqual(['price-unknown']);
    const { total: ___, ...rest } = saleOf('f1', ['d1']);
    expect(orderOfSale(rest)).not.toHaveProperty('total');
    expect(orderOfSale(rest).flags).toEqual(['price-unknown']);
  });

  it('count additional services into the total, and surcharges not', () => {
    const total = pln(2 * 1_050 + 999 + 500);
    expect(flagsOf({ total })).toEqual(['total-mismatch']);
    expect(flagsOf({ total, additionalServices: pln(500) })).toBeUndefined();
    const surcharges = new Map([['s1', saleOf('s1', [], { lines: [], total: pln(700) })]]);
    const order = orderOfSale(saleOf('f1', ['d1'], { surchargeIds: ['s1', 's2'] }), { surcharges });
    expect(order).toMatchObject({ total: pln(1_050 + 999), flags: ['surcharge-unknown'] });
    expect(order.surcharges).toMatchObject([{ id: 's1', amount: pln(700) }, { id: 's2' }]);
  });

  it('name broken and very long texts, which are kept', () => {
    const title = 'ż'.repeat(10_000);
    const order = orderOfSale(saleOf('f1', ['d1'], { message: 'za\uFFFD', lines: [{ ...line, title }] }));
    expect(order.lines[0]?.title).toBe(title);
    expect(order.flags).toEqual(expect.arrayContaining(['broken-text', 'long-text']));
  });

  it('name a reading that contradicts the end of a sale, and do not revive it', () => {
    const before = orderOfSale(saleOf('f1', ['d1'], { state: 'cancelled' }));
    expect(before).not.toHaveProperty('flags');
    for (const state of ['paid', 'awaiting-payment', 'released'] as const)
      expect(orderOfSale(saleOf('f1', ['d1'], { state }), { before })).toMatchObject({
        state: 'cancelled',
        flags: ['cancellation-contradicted'],
      });
    expect(orderOfSale(saleOf('f1', ['d1'], { state: 'cancelled' }), { before })).not.toHaveProperty('flags');
  });

  it('name a purchase whose price no source tells', () => {
    const purchase = { purchaseId: 'd1', offerId: '8', buyerId: '7', quantity: 1 };
    expect(orderOfPurchase(purchase, {}).flags).toEqual(['price-unknown']);
  });
});
