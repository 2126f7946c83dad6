import { describe, expect, it } from 'vitest';
import type { WorkQueue } from '../../../../functions/core/account/work-queue.ts';
import { plus } from '../../../../functions/core/base/time.ts';
import {
  RESEND_LIMIT,
  resendOrders,
  resendWindow,
  tellAgain,
} from '../../../../functions/core/feed/resend.ts';
import { orderIdOfPurchase, orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryHistory } from '../../../support/memory-feed.ts';
import { claimRows, memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';

const ACCOUNT = { accountId: 'a1' };

/** Orders `order:0000`, `order:0001`, ... that changed a second apart. */
async function setUp(count: number) {
  const orders = memoryOrders();
  for (let index = 0; index < count; index += 1) {
    const id = String(index).padStart(4, '0');
    const clock = () => plus(NOW, index * 1_000);
    const rows = await claimRows(orders, { clock });
    const content = orderOfSale(saleOf(id, [id]));
    await rows.write([{ row: undefined, next: { orderId: orderIdOfSale(id), content } }]);
  }
  const clock = () => NOW;
  /** A queue whose worker acts at once. */
  const queue: WorkQueue = {
    send: async (message) => {
      if (message.why === 'resend')
        await tellAgain({ orders, rows: await claimRows(orders, { clock }) }, message);
    },
  };
  const deps = { orders, history: memoryHistory(orders), queue, clock, outOfTime: () => false };
  const added = () => orders.feed.slice(count).map(({ orderId, revision }) => `${orderId} ${revision}`);
  return { orders, deps, added };
}

const window = (from: number, to: number) => ({
  ...ACCOUNT,
  fromMillis: plus(NOW, from * 1_000),
  toMillis: plus(NOW, to * 1_000),
});

describe('resendOrders', () => {
  it('appends each named order once, at its revision, and names what it does not know', async () => {
    const { orders, deps, added } = await setUp(3);
    const orderIds = ['0001', '9', '0001', '0000'].map(orderIdOfSale);
    expect(await resendOrders(deps, { ...ACCOUNT, orderIds })).toEqual({ resent: 2, unknown: ['order:9'] });
    expect(added()).toEqual(['order:0001 1', 'order:0000 1']);
    expect(orders.feed.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('does not show a purchase that never was an order of its own', async () => {
    const { orders, deps, added } = await setUp(0);
    const row = { orderId: orderIdOfPurchase('1'), revision: 1, batchId: 'b', heldBy: ['5'] };
    orders.rows.set(row.orderId, { ...row, createdAtMillis: NOW, changedAtMillis: NOW });
    expect(await resendOrders(deps, { ...ACCOUNT, orderIds: [row.orderId] })).toEqual({
      resent: 0,
      unknown: ['purchase:1'],
    });
    expect(await resendWindow(deps, window(0, 9))).toMatchObject({ resent: 0 });
    expect(added()).toEqual([]);
  });

  it('writes no row', async () => {
    const { orders, deps } = await setUp(1);
    const writes: string[] = [];
    orders.onWrite = (what) => writes.push(what);
    await resendOrders(deps, { ...ACCOUNT, orderIds: [orderIdOfSale('0000')] });
    expect(writes.filter((what) => what !== 'announce')).toEqual(['batch order:0000', 'feed order:0000']);
  });
});

describe('resendWindow', () => {
  it('takes what changed from the first moment on, the last one left out', async () => {
    const { deps, added } = await setUp(6);
    expect(await resendWindow(deps, window(2, 4))).toEqual({ resent: 2, unknown: [], next: undefined });
    expect(added()).toEqual(['order:0002 1', 'order:0003 1']);
  });

  it('stops at its limit and goes on from there', async () => {
    const { deps, added } = await setUp(RESEND_LIMIT + 100);
    const first = await resendWindow(deps, window(0, 10_000));
    expect(first.resent).toBe(RESEND_LIMIT);
    expect(await resendWindow(deps, { ...window(0, 10_000), after: first.next })).toMatchObject({
      resent: 100,
      next: undefined,
    });
    expect(new Set(added()).size).toBe(RESEND_LIMIT + 100);
  });

  it('stops when its time is up', async () => {
    const { deps } = await setUp(300);
    const stopped = await resendWindow({ ...deps, outOfTime: () => true }, window(0, 10_000));
    expect(stopped).toMatchObject({ resent: 250, next: 'order:0249' });
  });
});
