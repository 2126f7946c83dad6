import { describe, expect, it } from 'vitest';
import { changesBrought } from '../../../../functions/core/orders/changes.ts';
import {
  type OrderContent,
  orderIdOfPurchase,
  orderIdOfSale,
} from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { claimRows, memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';

const content = (state: OrderContent['state']): OrderContent => ({
  ...orderOfSale(saleOf('1', ['1'])),
  state,
});

describe('the changes of a revision', () => {
  it.each([
    ['order:1', undefined, 'awaiting-payment', ['created', 'details-filled']],
    ['order:1', undefined, 'paid', ['created', 'details-filled', 'paid']],
    ['order:1', undefined, 'released', ['created', 'details-filled', 'cancelled']],
    ['purchase:1', undefined, 'awaiting-details', ['created']],
    ['purchase:1', 'awaiting-details', 'replaced', ['changed']],
    ['order:1', 'awaiting-payment', 'paid', ['paid']],
    ['order:1', 'paid', 'paid', ['changed']],
    ['order:1', 'paid', 'payment-withdrawn', ['changed']],
    ['order:1', 'paid', 'released', ['cancelled']],
  ] as const)('%s from %s to %s: %j', (orderId, before, after, changes) => {
    const was = before === undefined ? undefined : content(before);
    expect(changesBrought(orderId, { before: was, after: content(after) })).toEqual(changes);
  });

  it('are none while a purchase has only a sale that holds it', () => {
    expect(changesBrought(orderIdOfPurchase('1'), { before: undefined, after: undefined })).toEqual([]);
  });

  it('reaches the feed though a crash left the entry out, and the row knows its entry', async () => {
    const orders = memoryOrders();
    const run = async (row: OrderRow | undefined, state: OrderContent['state']) =>
      (await claimRows(orders, { clock: () => NOW })).write([
        { row, next: { orderId, content: content(state) } },
      ]);
    const orderId = orderIdOfSale('1');
    orders.onWrite = (what) => {
      if (what.startsWith('feed')) throw new Error('killed');
    };
    await expect(run(undefined, 'awaiting-payment')).rejects.toThrow('killed');
    orders.onWrite = () => undefined;
    await run(orders.rows.get(orderId), 'paid');
    expect(orders.feed.map(({ changes }) => changes)).toEqual([['created', 'details-filled'], ['paid']]);
    expect(orders.rows.get(orderId)).toMatchObject({ revision: 2, fedNumber: 2 });
  });
});
