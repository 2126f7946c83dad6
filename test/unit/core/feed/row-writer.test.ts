import { describe, expect, it } from 'vitest';
import type { RowWrite } from '../../../../functions/core/feed/row-write.ts';
import { ClaimLost } from '../../../../functions/core/feed/row-writer.ts';
import { type OrderId, orderIdOfPurchase, orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { isBlank, type OrderRow } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { claimRows, type MemoryOrders, memoryOrders, untold } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';

const clock = () => NOW;
const contentOf = (id: string, message = '') => orderOfSale(saleOf(id, [`d${id}`], { message }));

const order = (id: string, row?: OrderRow, message = ''): RowWrite => ({
  row,
  next: { orderId: orderIdOfSale(id), content: contentOf(id, message) },
});
const purchase = (id: string): RowWrite => ({
  row: undefined,
  next: { orderId: orderIdOfPurchase(`d${id}`), heldBy: [id] },
  behind: [orderIdOfSale(id)],
});

const written = ({ onWrite: _, ...orders }: MemoryOrders) => orders;

/** The writes to the store, in order. */
function watched(orders: MemoryOrders): string[] {
  const writes: string[] = [];
  orders.onWrite = (what) => void writes.push(what);
  return writes;
}

/** Dies at the first write of this kind. */
function killAt(orders: MemoryOrders, kind: string): void {
  orders.onWrite = (what) => {
    if (what.startsWith(kind)) throw new Error('killed');
  };
}

async function killed(orders: MemoryOrders, kind: string, writes: readonly RowWrite[]): Promise<void> {
  const rows = await claimRows(orders, { clock });
  killAt(orders, kind);
  await expect(rows.write(writes)).rejects.toThrow('killed');
  orders.onWrite = () => undefined;
  expect(rows.isDone).toBe(false);
  await expect(rows.write(writes)).rejects.toThrow('cut off');
}

describe('a batch', () => {
  it('names its rows first, writes orders before their purchases, and tells of them with one page', async () => {
    const orders = memoryOrders();
    const rows = await claimRows(orders, { clock });
    const writes = watched(orders);
    const stored = await rows.write([purchase('1'), order('1'), order('2')]);
    expect([...stored.values()]).toEqual(['changed', 'changed', 'changed']);
    expect(writes).toEqual([
      'announce',
      'batch order:1 order:2',
      'put order:1',
      'put order:2',
      'put purchase:d1',
      'feed order:1 order:2',
    ]);
    expect(orders.claim.batch).toMatchObject({
      first: 1,
      orderIds: ['order:1', 'order:2'],
      silentIds: ['purchase:d1'],
    });
    const { id } = orders.claim.batch ?? {};
    expect(orders.rows.get('order:2')).toMatchObject({ revision: 1, batchId: id, fedNumber: 2 });
    expect(orders.feedPages).toMatchObject([{ first: 1, count: 2, batchId: id }]);
    expect([rows.isDone, rows.end]).toEqual([true, 2]);
  });

  it('leaves a row that is not what was read, and with it what has to stand behind it', async () => {
    const orders = memoryOrders();
    await (await claimRows(orders, { clock })).write([order('1')]);
    const rows = await claimRows(orders, { clock });
    const stored = await rows.write([order('1', undefined, 'other'), purchase('1'), order('2')]);
    expect(Object.fromEntries(stored)).toEqual({
      'order:1': 'conflict',
      'purchase:d1': 'conflict',
      'order:2': 'changed',
    });
    expect(orders.rows.has('purchase:d1')).toBe(false);
    // The place of the row that was left is void.
    expect(orders.feedPages.at(-1)).toMatchObject({ first: 2, count: 2, entries: [{ number: 3 }] });
    expect(orders.rows.get('order:2')).toMatchObject({ fedNumber: 3 });
  });

  it('puts no page where nothing was written, and gives its numbers to the next', async () => {
    const orders = memoryOrders();
    await (await claimRows(orders, { clock })).write([order('1')]);
    const rows = await claimRows(orders, { clock });
    expect((await rows.write([order('1', undefined, 'other')])).get('order:1')).toBe('conflict');
    expect(orders.feedPages).toHaveLength(1);
    await rows.write([order('2')]);
    expect(orders.feed.map(({ number }) => number)).toEqual([1, 2]);
  });

  it('costs nothing where nothing has changed', async () => {
    const orders = memoryOrders();
    await (await claimRows(orders, { clock })).write([order('1')]);
    const rows = await claimRows(orders, { clock });
    const writes = watched(orders);
    expect((await rows.write([order('1', orders.rows.get('order:1'))])).get('order:1')).toBe('unchanged');
    expect(writes).toEqual([]);
  });

  it('is split where it would tell of more than a hundred rows, each with its page', async () => {
    const orders = memoryOrders();
    const ids = Array.from({ length: 230 }, (_, index) => `${index}`);
    await (await claimRows(orders, { clock })).write(ids.map((id) => order(id)));
    expect(orders.feedPages.map(({ first, count }) => [first, count])).toEqual([
      [1, 100],
      [101, 100],
      [201, 30],
    ]);
    expect(untold(orders)).toEqual([]);
  });

  it('refuses a row that no item may be as long as, and writes the others', async () => {
    const orders = memoryOrders();
    const rows = await claimRows(orders, { clock });
    const stored = await rows.write([order('1', undefined, 'x'.repeat(400_001)), order('2')]);
    expect(stored.get('order:1')).toMatchObject({ tooLarge: expect.any(Number) });
    expect([...orders.rows.keys()]).toEqual(['order:2']);
  });

  it('of a worker whose claim was taken is not begun, and its page never stands over another', async () => {
    const orders = memoryOrders();
    const first = await claimRows(orders, { clock });
    await first.write([order('1')]);
    const second = await claimRows(orders, { clock });
    await expect(first.write([order('2')])).rejects.toThrow(ClaimLost);
    await second.write([order('3')]);
    expect([...orders.rows.keys()]).toEqual(['order:1', 'order:3']);
  });

  it('tells orders again without a change of their rows', async () => {
    const orders = memoryOrders();
    const rows = await claimRows(orders, { clock });
    await rows.write([order('1'), order('2')]);
    const before = structuredClone([...orders.rows]);
    await rows.tellAgain([...orders.rows.values()]);
    expect([...orders.rows]).toEqual(before);
    expect(orders.feed.slice(2)).toMatchObject([
      { number: 3, orderId: 'order:1', revision: 1, changes: ['sent-again'] },
      { number: 4, orderId: 'order:2', revision: 1, changes: ['sent-again'] },
    ]);
  });
});

describe('whoever takes over', () => {
  it.each(['put order:2', 'put purchase:d1', 'feed'])('ends a batch that was cut off at %s', async (kind) => {
    const orders = memoryOrders();
    const writes = [order('1'), order('2'), purchase('1')];
    await killed(orders, kind, writes);
    const told = watched(orders);
    await claimRows(orders, { clock });
    expect(told[0]).toBe('announce');
    expect(untold(orders)).toEqual([]);
    const wasWritten = (orderId: OrderId) => {
      const row = orders.rows.get(orderId);
      return row !== undefined && !isBlank(row);
    };
    expect(orders.feed.map(({ orderId }) => orderId)).toEqual(
      (['order:1', 'order:2'] as const).filter(wasWritten),
    );
    // Every row that the batch names is there, so that none of its writes can come late.
    expect([...orders.rows.keys()].sort()).toEqual(['order:1', 'order:2', 'purchase:d1']);
    const pages = structuredClone(orders.feedPages);
    await claimRows(orders, { clock });
    expect(orders.feedPages).toEqual(pages);
  });

  it('does nothing but announce where the page stands', async () => {
    const orders = memoryOrders();
    await (await claimRows(orders, { clock })).write([order('1')]);
    const before = structuredClone(written(orders).rows);
    const writes = watched(orders);
    await claimRows(orders, { clock });
    expect(writes).toEqual(['announce']);
    expect(orders.rows).toEqual(before);
  });

  it('puts the page of a batch that a restored account brings back behind the feed that there is', async () => {
    const orders = memoryOrders();
    await killed(orders, 'feed', [order('1')]);
    const restored = structuredClone(orders.claim.batch);
    // Entries that a later run has appended, which the restored account does not know.
    const page = { first: 1, count: 2, batchId: 'other' };
    const entry = { orderId: 'order:9' as const, revision: 1, changes: ['changed' as const], atMillis: NOW };
    orders.feedPages.push({
      ...page,
      entries: [
        { ...entry, number: 1 },
        { ...entry, number: 2 },
      ],
    });
    orders.claim.batch = restored;
    await claimRows(orders, { clock });
    expect(orders.feed.map(({ number, orderId }) => `${number} ${orderId}`)).toEqual([
      '1 order:9',
      '2 order:9',
      '3 order:1',
    ]);
    expect(untold(orders)).toEqual([]);
  });

  it('leaves no gap where the feed was restored to a moment before the batch', async () => {
    const orders = memoryOrders();
    await (await claimRows(orders, { clock })).write([order('1'), order('2')]);
    await killed(orders, 'feed', [order('3')]);
    orders.cutFeed(0);
    await claimRows(orders, { clock });
    expect(orders.feed.map(({ number, orderId }) => `${number} ${orderId}`)).toEqual(['1 order:3']);
  });
});

describe('rows of a batch that a restored account has lost', () => {
  /** Orders of an account that was restored to before a batch: the feed has the first order, but not the second. */
  async function lost() {
    const orders = memoryOrders();
    await (await claimRows(orders, { clock })).write([order('1')]);
    const { batch } = orders.claim;
    await killed(orders, 'feed', [order('2')]);
    orders.claim.batch = batch;
    return orders;
  }

  it('are told when they are met, though nothing has changed', async () => {
    const orders = await lost();
    const rows = await claimRows(orders, { clock });
    const [one, two] = [orders.rows.get('order:1'), orders.rows.get('order:2')];
    const stored = await rows.write([order('1', one), order('2', two)]);
    expect(Object.fromEntries(stored)).toEqual({ 'order:1': 'unchanged', 'order:2': 'changed' });
    expect(orders.feed.map(({ orderId, changes }) => [orderId, changes])).toEqual([
      ['order:1', ['created', 'details-filled', 'paid']],
      ['order:2', ['created', 'details-filled', 'paid']],
    ]);
  });

  it('are told also where others have taken their numbers meanwhile', async () => {
    const orders = await lost();
    const rows = await claimRows(orders, { clock });
    await rows.write([order('3'), order('4')]);
    await rows.write([order('2', orders.rows.get('order:2'))]);
    expect(untold(orders)).toEqual([]);
  });

  it('are told by a later run that looks them up, though it knows of a later end of the feed', async () => {
    const orders = await lost();
    await (await claimRows(orders, { clock })).write([order('3'), order('4')]);
    const rows = await claimRows(orders, { clock });
    const met = ['order:1', 'order:2', 'order:3'].flatMap((id) => orders.rows.get(id as OrderId) ?? []);
    expect([...(await rows.owed(met))]).toEqual(['order:2']);
    await rows.write([order('1', met[0]), order('2', met[1]), order('3', met[2])]);
    expect(untold(orders)).toEqual([]);
    expect(orders.feed.map(({ orderId }) => orderId)).toEqual(['order:1', 'order:3', 'order:4', 'order:2']);
  });

  it('tell of both changes where the order has changed again', async () => {
    const orders = await lost();
    const rows = await claimRows(orders, { clock });
    await rows.write([order('2', orders.rows.get('order:2'), 'news')]);
    expect(orders.feed.at(-1)).toMatchObject({ changes: ['created', 'details-filled', 'paid', 'changed'] });
  });
});

describe('a row from before there were batches', () => {
  it('is told with the next batch that names it, if it was not told', async () => {
    const orders = memoryOrders();
    const old: OrderRow = {
      orderId: orderIdOfSale('1'),
      revision: 2,
      fedRevision: 1,
      fedNumber: 1,
      changes: ['paid'],
      content: contentOf('1'),
      createdAtMillis: NOW,
      changedAtMillis: NOW,
    };
    orders.rows.set(old.orderId, old);
    orders.rows.set('order:2', {
      ...old,
      orderId: orderIdOfSale('2'),
      fedRevision: 2,
      content: contentOf('2'),
    });
    const rows = await claimRows(orders, { clock });
    await rows.write([order('1', orders.rows.get('order:1')), order('2', orders.rows.get('order:2'))]);
    expect(orders.feed).toMatchObject([{ orderId: 'order:1', changes: ['paid'] }]);
    expect(orders.rows.get('order:1')?.fedRevision).toBeUndefined();
  });
});
