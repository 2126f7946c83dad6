import { describe, expect, it } from 'vitest';
import { plus } from '../../../../functions/core/base/time.ts';
import { openFeed } from '../../../../functions/core/feed/open-feed.ts';
import { RESEND_LIMIT, resendOrders, resendWindow } from '../../../../functions/core/feed/resend.ts';
import { land } from '../../../../functions/core/ingest/land.ts';
import { orderOfForm } from '../../../../functions/core/orders/form-order.ts';
import { dealOrderId, formOrderId } from '../../../../functions/core/orders/order.ts';
import { NOW } from '../../../support/accounts.ts';
import { formOf } from '../../../support/forms.ts';
import { memoryHistory } from '../../../support/memory-feed.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';

const ACCOUNT = { accountId: 'a1' };

/** Orders `form:0000`, `form:0001`, ... that changed a second apart. */
async function setUp(count: number) {
  const orders = memoryOrders();
  for (let index = 0; index < count; index += 1) {
    const id = String(index).padStart(4, '0');
    const clock = () => plus(NOW, index * 1_000);
    const deps = { ...ACCOUNT, orders, clock, newId: () => 'w', feed: openFeed(orders, 'a1') };
    const content = orderOfForm(formOf(id, [id]));
    await land(deps, { row: undefined, next: { orderId: formOrderId(id), content } });
  }
  const deps = { orders, history: memoryHistory(orders), outOfTime: () => false };
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
    const orderIds = ['0001', '9', '0001', '0000'].map(formOrderId);
    expect(await resendOrders(deps, { ...ACCOUNT, orderIds })).toEqual({ resent: 2, unknown: ['form:9'] });
    expect(added()).toEqual(['form:0001 1', 'form:0000 1']);
    expect(orders.feed.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('does not show a deal that never was an order of its own', async () => {
    const { orders, deps, added } = await setUp(0);
    const row = { orderId: dealOrderId('1'), revision: 1, fedRevision: 1, heldBy: ['5'], writer: 'w' };
    orders.rows.set(row.orderId, { ...row, createdAtMillis: NOW, changedAtMillis: NOW });
    expect(await resendOrders(deps, { ...ACCOUNT, orderIds: [row.orderId] })).toEqual({
      resent: 0,
      unknown: ['deal:1'],
    });
    expect(await resendWindow(deps, window(0, 9))).toMatchObject({ resent: 0 });
    expect(added()).toEqual([]);
  });

  it('writes no row', async () => {
    const { orders, deps } = await setUp(1);
    const writes: string[] = [];
    orders.onWrite = (what) => writes.push(what);
    await resendOrders(deps, { ...ACCOUNT, orderIds: [formOrderId('0000')] });
    expect(writes).toEqual(['announce', 'feed form:0000']);
  });
});

describe('resendWindow', () => {
  it('takes what changed from the first moment on, the last one left out', async () => {
    const { deps, added } = await setUp(6);
    expect(await resendWindow(deps, window(2, 4))).toEqual({ resent: 2, unknown: [], next: undefined });
    expect(added()).toEqual(['form:0002 1', 'form:0003 1']);
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
    expect(stopped).toMatchObject({ resent: 250, next: 'form:0249' });
  });
});
