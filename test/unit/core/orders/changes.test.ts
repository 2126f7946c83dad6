import { describe, expect, it } from 'vitest';
import { changesBrought } from '../../../../functions/core/orders/changes.ts';
import { orderOfForm } from '../../../../functions/core/orders/form-order.ts';
import { dealOrderId, formOrderId, type OrderContent } from '../../../../functions/core/orders/order.ts';
import type { OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { formOf } from '../../../support/forms.ts';
import { claimRows, memoryOrders } from '../../../support/memory-orders.ts';

const content = (state: OrderContent['state']): OrderContent => ({
  ...orderOfForm(formOf('1', ['1'])),
  state,
});

describe('the changes of a revision', () => {
  it.each([
    ['form:1', undefined, 'awaiting-payment', ['created', 'form-filled']],
    ['form:1', undefined, 'paid', ['created', 'form-filled', 'paid']],
    ['form:1', undefined, 'released', ['created', 'form-filled', 'cancelled']],
    ['deal:1', undefined, 'awaiting-form', ['created']],
    ['deal:1', 'awaiting-form', 'replaced', ['changed']],
    ['form:1', 'awaiting-payment', 'paid', ['paid']],
    ['form:1', 'paid', 'paid', ['changed']],
    ['form:1', 'paid', 'payment-withdrawn', ['changed']],
    ['form:1', 'paid', 'released', ['cancelled']],
  ] as const)('%s from %s to %s: %j', (orderId, before, after, changes) => {
    const was = before === undefined ? undefined : content(before);
    expect(changesBrought(orderId, { before: was, after: content(after) })).toEqual(changes);
  });

  it('are none while a deal has only a form that holds it', () => {
    expect(changesBrought(dealOrderId('1'), { before: undefined, after: undefined })).toEqual([]);
  });

  it('reaches the feed though a crash left the entry out, and the row knows its entry', async () => {
    const orders = memoryOrders();
    const run = async (row: OrderRow | undefined, state: OrderContent['state']) =>
      (await claimRows(orders, { clock: () => NOW })).write([
        { row, next: { orderId, content: content(state) } },
      ]);
    const orderId = formOrderId('1');
    orders.onWrite = (what) => {
      if (what.startsWith('feed')) throw new Error('killed');
    };
    await expect(run(undefined, 'awaiting-payment')).rejects.toThrow('killed');
    orders.onWrite = () => undefined;
    await run(orders.rows.get(orderId), 'paid');
    expect(orders.feed.map(({ changes }) => changes)).toEqual([['created', 'form-filled'], ['paid']]);
    expect(orders.rows.get(orderId)).toMatchObject({ revision: 2, fedNumber: 2 });
  });
});
