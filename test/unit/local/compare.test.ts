import { describe, expect, it } from 'vitest';
import { compare, type TrueOrder } from '../../../infra/local/compare.ts';

const order = (
  orderId: string,
  purchaseIds: readonly string[],
  changes: Partial<TrueOrder> = {},
): TrueOrder => ({
  orderId,
  live: true,
  state: 'paid',
  buyer: { id: '1', login: 'kupiec', email: 'k@example.com' },
  total: { minor: 100, currency: 'PLN' },
  invoiceWanted: false,
  message: '',
  lines: [
    {
      offerId: '9',
      title: 'Klamka',
      quantity: 1,
      purchases: purchaseIds.map((purchaseId) => ({ purchaseId })),
    },
  ],
  ...changes,
});

const clean = { missing: 0, doubled: 0, different: 0, examples: [] };

describe('comparing what is stored with the truth', () => {
  it('finds nothing where both agree, and takes null, undefined and absent for the same', () => {
    const truth = [order('order:1', ['a'], { shipmentAddress: null })];
    expect(compare(truth, [order('order:1', ['a'])])).toMatchObject({ made: 1, stored: 1, ...clean });
  });

  it('takes a parcel that is not stored yet for no difference, because no event tells of it', () => {
    const parcel = { carrier: { id: '1' }, number: 'p1' };
    const truth = [order('order:1', ['a'], { parcels: [parcel, { ...parcel, number: 'p2' }] })];
    const stored = [order('order:1', ['a'], { delivery: { parcels: [{ ...parcel, status: 'sent' }] } })];
    expect(compare(truth, stored)).toMatchObject(clean);
  });

  it('counts a live order that is absent or no longer live as missing', () => {
    const truth = [order('order:1', ['a']), order('order:2', ['b'])];
    const stored = [order('order:2', ['b'], { live: false })];
    expect(compare(truth, stored)).toMatchObject({ missing: 2 });
  });

  it('counts a purchase in two live orders as doubled', () => {
    const stored = [order('order:1', ['a']), order('purchase:a', ['a'])];
    expect(compare([order('order:1', ['a'])], stored)).toMatchObject({ doubled: 1, missing: 0 });
  });

  it.each([
    ['state', { state: 'awaiting-payment' }],
    ['total', { total: { minor: 101, currency: 'PLN' } }],
    ['buyer', { buyer: { id: '2' } }],
    ['shipmentAddress', { shipmentAddress: { city: 'Łódź' } }],
    ['message', { message: 'ż' }],
    ['lines', { lines: [] }],
    ['deliveryCost', { delivery: { cost: { minor: 1, currency: 'PLN' } } }],
    ['deliveryMethod', { delivery: { method: { id: '3' } } }],
    ['parcels', { delivery: { parcels: [{ carrier: { id: '1' }, number: 'p1' }] } }],
  ])('notices a difference in %s', (field, change) => {
    const compared = compare([order('order:1', ['a'])], [order('order:1', ['a'], change)]);
    expect(compared.different).toBe(1);
    expect(compared.examples[0]).toContain(field);
  });
});
