import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYNC } from '../../../../functions/contract/accounts.ts';
import { dealOrderId, formOrderId, parseOrderId } from '../../../../functions/core/orders/order.ts';

describe('the id of an order', () => {
  const opaque = fc.stringMatching(/^\S{1,200}$/);

  it('is taken apart again, whatever text the marketplace has for its id', () => {
    fc.assert(
      fc.property(opaque, (id) => {
        expect(parseOrderId(formOrderId(id))).toEqual({ orderId: `form:${id}`, kind: 'order', id });
        expect(parseOrderId(dealOrderId(id))).toEqual({ orderId: `deal:${id}`, kind: 'purchase', id });
        for (const orderId of [formOrderId(id), dealOrderId(id), `event:${id}`])
          expect(SYNC['orders.dismiss'].params.safeParse({ accountId: 'a', orderId }).success).toBe(true);
      }),
    );
  });

  it.each([
    '',
    'form:',
    'order-7',
    'Form:1',
    'form: 1',
    'form:a\nb',
    `deal:${'9'.repeat(201)}`,
    ':1',
    'event:1',
  ])('is not %j', (text) => {
    expect(parseOrderId(text)).toBeUndefined();
  });

  it('keeps the dashes of a UUID, and the digits of a number beyond 2^53', () => {
    expect(parseOrderId('form:5d1c2f60-0a11-11f1-9b3e-4f6a1c2d7e10')?.id).toHaveLength(36);
    expect(parseOrderId('deal:9007199254740993')?.id).toBe('9007199254740993');
  });
});
