import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fittingParts, pageOf, tellingOf } from '../../../../functions/core/feed/page.ts';
import type { OrderId } from '../../../../functions/core/orders/order.ts';
import { NOW } from '../../../support/accounts.ts';

const telling = (orderId: OrderId) =>
  tellingOf({
    orderId,
    revision: 1_000_000,
    changes: ['created', 'details-filled', 'paid', 'cancelled'],
    changedAtMillis: NOW,
  });

describe('a page of the feed', () => {
  it('keeps the places of rows that were not written, and ends with one that was', () => {
    const batch = { id: 'b', first: 7 };
    expect(
      pageOf(batch, [undefined, telling('order:1'), undefined, telling('order:2'), undefined]),
    ).toMatchObject({
      first: 7,
      count: 4,
      entries: [
        { number: 8, orderId: 'order:1' },
        { number: 10, orderId: 'order:2' },
      ],
      batchId: 'b',
    });
    expect(pageOf(batch, [undefined, undefined])).toBeUndefined();
  });

  it('holds a hundred entries and sixteen thousand bytes at most, whatever the ids, and each row once, in order', () => {
    const id = fc.integer({ min: 1, max: 190 }).map((length): OrderId => `order:${'9'.repeat(length)}`);
    const rows = fc.array(fc.record({ orderId: id, isTold: fc.boolean() }), { maxLength: 700 });
    fc.assert(
      fc.property(rows, (all) => {
        const parts = fittingParts(all, { idOf: ({ orderId }) => orderId, isTold: ({ isTold }) => isTold });
        expect(parts.flat()).toEqual(all);
        for (const part of parts) {
          const told = part.filter(({ isTold }) => isTold).map(({ orderId }) => telling(orderId));
          expect(part.length).toBeLessThanOrEqual(500);
          expect(told.length).toBeLessThanOrEqual(100);
          expect(Buffer.byteLength(JSON.stringify(told))).toBeLessThanOrEqual(16_384);
        }
      }),
    );
  });
});
