import { describe, expect, it } from 'vitest';
import type { Address } from '../../../../functions/core/marketplace/sales.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { saleOf } from '../../../support/sales.ts';

const { shipmentAddress: given } = saleOf('f1', ['d1']);
if (given === undefined) throw new Error('a sale has an address');
const { country: _, ...without } = given;
const orderOf = (shipmentAddress: Address, before?: Parameters<typeof orderOfSale>[1]) =>
  orderOfSale(saleOf('f1', ['d1'], { shipmentAddress }), before).shipmentAddress;

describe('an address whose country could not be told this time', () => {
  const before = orderOfSale(saleOf('f1', ['d1'], { shipmentAddress: { ...without, country: 'FR' } }));

  it('keeps the country that the same address had', () => {
    expect(orderOf(without, { before })).toEqual({ ...without, country: 'FR' });
  });

  it('has none where it is another address', () => {
    expect(orderOf({ ...without, city: 'Lyon' }, { before })).not.toHaveProperty('country');
  });

  it('has none where it had none', () => {
    const never = orderOfSale(saleOf('f1', ['d1'], { shipmentAddress: without }));
    expect(orderOf(without, { before: never })).not.toHaveProperty('country');
  });

  it('has the new one where that is told', () => {
    expect(orderOf({ ...without, country: 'DE' }, { before })?.country).toBe('DE');
  });
});

it('delivery has its method and carriers by id, with names where the driver knows them', () => {
  const deliveryMethod = { id: 'c3066682-97a3-42fe-9eb5-3beeccab840c', name: 'Automat paczkowy' };
  const parcels = [{ carrier: { id: 'DPD' }, number: 'p1', status: '' }];
  expect(orderOfSale(saleOf('f1', ['d1'], { deliveryMethod, parcels })).delivery).toMatchObject({
    method: deliveryMethod,
    parcels,
  });
});
