import { describe, expect, it } from 'vitest';
import { erasedWith, withoutBuyer } from '../../../../functions/core/orders/erasure.ts';
import type { OrderContent } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { NOW } from '../../../support/accounts.ts';
import { saleOf } from '../../../support/sales.ts';

/* Every text of an order is either erased, or named here as one that tells nothing of the buyer. */

const address = (name: string) => ({
  fullName: `${name} fullName`,
  company: `${name} company`,
  street: `${name} street`,
  postcode: `${name} postcode`,
  city: `${name} city`,
  country: 'PL',
  phone: `${name} phone`,
  taxId: `${name} taxId`,
});

/** An order with all parts, also those that one order never has together. */
const ORDER: Required<OrderContent> = {
  cancelledAt: { iso: '', text: '' },
  additionalServices: { minor: 1, currency: 'PLN' },
  total: { minor: 1, currency: 'PLN' },
  payment: { method: 'online', status: 'none', methodText: '', statusText: '', id: '' },
  surcharges: [{ id: 'sur-1' }],
  flags: ['long-text'],
  unread: ['postBuyFormAdrCountry'],
  ...orderOfSale(
    saleOf('f1', ['d1'], {
      buyer: { id: 'buyer id', login: 'buyer login', email: 'buyer email' },
      message: 'buyer message',
      pickupInfo: 'buyer pickupInfo',
      parcels: [{ carrier: { id: 'DPD', name: 'DPD Polska' }, number: 'parcel number', status: 'SENT' }],
      invoiceWanted: true,
      surchargeIds: ['sur-1'],
    }),
  ),
  delivery: {
    method: { id: '3', name: 'Kurier' },
    cost: { minor: 1, currency: 'PLN' },
    pickupInfo: 'buyer pickupInfo',
    sentBySeller: false,
    parcels: [{ carrier: { id: 'DPD', name: 'DPD Polska' }, number: 'parcel number', status: 'SENT' }],
  },
  contactAddress: address('contact'),
  shipmentAddress: address('shipment'),
  invoiceAddress: address('invoice'),
  pickupPoint: { ...address('pickup'), pointId: 'pickup point' },
};

/** Paths of the texts in a value, with list places left out. */
function texts(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value === '' ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    texts(part, Array.isArray(value) ? path : `${path}.${name}`),
  );
}

const KEPT = [
  '.state',
  '.lines.offerId',
  '.lines.title',
  '.lines.purchases.purchaseId',
  '.lines.purchases.boughtAt',
  '.payment.method',
  '.payment.status',
  '.payment.methodText',
  '.payment.statusText',
  '.payment.id',
  '.delivery.method.id',
  '.delivery.method.name',
  '.delivery.parcels.carrier.id',
  '.delivery.parcels.carrier.name',
  '.delivery.parcels.status',
  '.surchargeIds',
  '.surcharges.id',
  '.replaces',
  '.flags',
  '.unread',
];

describe('an erased order', () => {
  it('has no text left that may tell of its buyer', () => {
    const { content } = withoutBuyer({ content: ORDER });
    const left = texts(content).filter((path) => !path.endsWith('.currency'));
    expect([...new Set(left)].toSorted()).toEqual(KEPT.toSorted());
  });

  it('keeps goods, amounts and state, and has empty fields where readers expect a text', () => {
    const { content } = withoutBuyer({ content: ORDER });
    expect(content).toMatchObject({
      state: ORDER.state,
      lines: ORDER.lines,
      total: ORDER.total,
      buyer: { id: '', login: '', email: '' },
      message: '',
      delivery: { pickupInfo: '', parcels: [{ number: '', status: 'SENT' }] },
    });
    expect(withoutBuyer({ content })).toEqual({ content });
  });

  it('knows the buyer of no purchase that it has let go', () => {
    const letGo = [{ purchaseId: 'd1', offerId: 'o1', buyerId: 'b1', quantity: 1 }];
    expect(withoutBuyer({ letGo }).letGo).toEqual([{ ...letGo[0], buyerId: '' }]);
  });
});

describe('a new order', () => {
  it('counts as erased if all of its purchases were, and not with one that has to be sent', () => {
    const at =
      (...erased: string[]) =>
      (id: string) =>
        erased.includes(id) ? NOW : undefined;
    expect(erasedWith({ replaces: ['d1', 'd2'] }, at('d1', 'd2'))).toBe(NOW);
    expect(erasedWith({ replaces: ['d1', 'd2'] }, at('d1'))).toBeUndefined();
    expect(erasedWith({ replaces: [] }, at('d1'))).toBeUndefined();
  });
});
