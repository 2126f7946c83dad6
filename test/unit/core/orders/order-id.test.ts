import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYNC } from '../../../../functions/contract/accounts.ts';
import { orderIdOfPurchase, orderIdOfSale, parseOrderId } from '../../../../functions/core/orders/order.ts';

describe('the id of an order', () => {
  const opaque = fc.stringMatching(/^\S{1,200}$/);

  it('is taken apart again, whatever text the marketplace has for its id', () => {
    fc.assert(
      fc.property(opaque, (id) => {
        expect(parseOrderId(orderIdOfSale(id))).toEqual({ orderId: `order:${id}`, kind: 'order', id });
        expect(parseOrderId(orderIdOfPurchase(id))).toEqual({
          orderId: `purchase:${id}`,
          kind: 'purchase',
          id,
        });
        for (const orderId of [orderIdOfSale(id), orderIdOfPurchase(id), `event:${id}`])
          expect(SYNC['orders.dismiss'].params.safeParse({ accountId: 'a', orderId }).success).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'order:',
    'order-7',
    'Sale:1',
    'order: 1',
    'order:a\nb',
    `purchase:${'9'.repeat(201)}`,
    ':1',
    'event:1',
  ])('is not %j', (text) => {
    expect(parseOrderId(text)).toBeUndefined();
  });

  it('keeps the dashes of a UUID, and the digits of a number beyond 2^53', () => {
    expect(parseOrderId('order:5d1c2f60-0a11-11f1-9b3e-4f6a1c2d7e10')?.id).toHaveLength(36);
    expect(parseOrderId('purchase:9007199254740993')?.id).toBe('9007199254740993');
  });
});
