import { beforeEach, expect, it } from 'vitest';
import type { Consumer, ConsumerStore } from '../../../functions/core/feed/consumer-store.ts';
import type { FeedEntry, FeedPage, OrderRow, OrderStore } from '../../../functions/core/orders/store.ts';
import { NOW } from '../../support/accounts.ts';

const row = (orderId: OrderRow['orderId'], changes: Partial<OrderRow> = {}): OrderRow => ({
  orderId,
  revision: 1,
  createdAtMillis: NOW,
  changedAtMillis: NOW,
  batchId: 'w1',
  ...changes,
});

const entry = (number: number): FeedEntry => ({
  number,
  orderId: `order:${number}`,
  revision: 1,
  changes: ['created'],
  atMillis: NOW,
});

/** Tests for every store of orders, with the feed that readers see. */
export function orderBattery(fresh: () => Promise<OrderStore>): void {
  let store: OrderStore;
  beforeEach(async () => {
    store = await fresh();
  });
  const read = async (orderId: OrderRow['orderId']) => (await store.readMany('a1', [orderId])).get(orderId);

  it('writes an order on the revision that was read, and none over somebody else’s', async () => {
    expect(await store.put('a1', row('order:1'), undefined)).toBe(true);
    expect(await store.put('a1', row('order:1', { batchId: 'w2' }), undefined)).toBe(false);
    expect(await store.put('a1', row('order:1', { revision: 3, batchId: 'w2' }), 2)).toBe(false);
    expect(await store.put('a1', row('order:1', { revision: 2, batchId: 'w2' }), 1)).toBe(true);
    expect(await read('order:1')).toEqual(row('order:1', { revision: 2, batchId: 'w2' }));
  });

  it('knows a repeated write again', async () => {
    await store.put('a1', row('order:1'), undefined);
    expect(await store.put('a1', row('order:1'), undefined)).toBe(true);
    await store.put('a1', row('order:1', { revision: 2, batchId: 'w2' }), 1);
    expect(await store.put('a1', row('order:1'), undefined)).toBe(false);
  });

  it('takes no write that names no batch for a repeated one', async () => {
    const { batchId: _, ...sealed } = row('order:1');
    expect(await store.put('a1', sealed, undefined)).toBe(true);
    expect(await store.put('a1', sealed, undefined)).toBe(false);
  });

  it('reads many, and leaves out what is not there', async () => {
    await store.put('a1', row('order:1'), undefined);
    await store.put('a1', row('purchase:1'), undefined);
    const found = await store.readMany('a1', ['order:1', 'order:2', 'purchase:1']);
    expect([...found.keys()].sort()).toEqual(['order:1', 'purchase:1']);
    expect(await store.readMany('a1', [])).toEqual(new Map());
  });

  it('gives all rows by id, page by page, those without content too', async () => {
    for (const orderId of ['purchase:1', 'order:3', 'order:1', 'order:2'] as const)
      await store.put('a1', row(orderId, { erasedAtMillis: NOW }), undefined);
    const found: OrderRow[] = [];
    let after: OrderRow['orderId'] | undefined;
    do {
      const part = await store.page('a1', { limit: 3, after });
      found.push(...part.rows);
      after = part.next;
    } while (after !== undefined);
    expect(found).toEqual(
      (['order:1', 'order:2', 'order:3', 'purchase:1'] as const).map((orderId) =>
        row(orderId, { erasedAtMillis: NOW }),
      ),
    );
  });

  const page = (first: number, count: number, changes: Partial<FeedPage> = {}): FeedPage => ({
    first,
    count,
    entries: Array.from({ length: count }, (_, place) => entry(first + place)),
    batchId: `b${first}`,
    ...changes,
  });
  const single = (number: number): FeedPage => ({ first: number, count: 1, entries: [entry(number)] });

  it('puts no page of the feed over another, and knows the page of a batch again', async () => {
    expect(await store.lastPage('a1')).toBeUndefined();
    expect(await store.putPage('a1', page(1, 3))).toBe(true);
    expect(await store.putPage('a1', page(1, 2, { batchId: 'other' }))).toBe(false);
    expect(await store.putPage('a1', page(1, 2))).toBe(true);
    expect(await store.lastPage('a1')).toEqual(page(1, 3));
  });

  it('keeps what is appended alone as a page of its own', async () => {
    expect(await store.putPage('a1', single(1))).toBe(true);
    expect(await store.putPage('a1', single(1))).toBe(false);
    expect(await store.putPage('a1', page(1, 2))).toBe(false);
    expect(await store.putPage('a1', page(2, 2))).toBe(true);
    expect(await store.pages('a1', { after: 0, limit: 9 })).toEqual([single(1), page(2, 2)]);
  });

  it('reads pages from the one that holds an entry, and as many as hold what is asked for', async () => {
    const pages = [page(1, 100), single(101), page(102, 3), page(105, 100), page(205, 1)];
    for (const one of pages) expect(await store.putPage('a1', one)).toBe(true);
    const read = async (after: number, limit: number) =>
      (await store.pages('a1', { after, limit })).map(({ first }) => first);
    expect(await read(0, 5)).toEqual([1]);
    expect(await read(0, 101)).toEqual([1, 101]);
    expect(await read(1, 5)).toEqual([1]);
    expect(await read(100, 1)).toEqual([1, 101]);
    expect(await read(101, 1)).toEqual([101, 102]);
    expect(await read(104, 0)).toEqual([102]);
    expect(await read(204, 9)).toEqual([105, 205]);
    expect(await read(205, 9)).toEqual([205]);
    expect(await read(206, 9)).toEqual([]);
    expect(await store.lastPage('a1')).toEqual(page(205, 1));
  });

  it('leaves out the entries of rows that were not written, and keeps their numbers', async () => {
    const spoilt = page(1, 4, { entries: [entry(2), entry(4)] });
    await store.putPage('a1', spoilt);
    expect(await store.pages('a1', { after: 0, limit: 9 })).toEqual([spoilt]);
    expect(await store.lastPage('a1')).toEqual(spoilt);
  });

  it('removes all orders and the feed', async () => {
    await store.put('a1', row('order:1'), undefined);
    await store.putPage('a1', page(1, 1));
    await store.removeAll('a1');
    expect(await read('order:1')).toBeUndefined();
    expect(await store.lastPage('a1')).toBeUndefined();
  });
}

/** Tests for every store of consumers. */
export function consumerBattery(fresh: () => Promise<ConsumerStore>): void {
  const consumer = (name: string, number: number): Consumer => ({ name, number, acknowledgedAtMillis: NOW });
  let store: ConsumerStore;
  beforeEach(async () => {
    store = await fresh();
  });
  const numberOf = async (name: string, accountId = 'a1') => (await store.read(accountId, name))?.number;

  it('moves on, and back only where that is asked for', async () => {
    expect(await numberOf('erp')).toBeUndefined();
    await store.move('a1', consumer('erp', 7), { back: false });
    await store.move('a1', consumer('erp', 6), { back: false });
    expect(await numberOf('erp')).toBe(7);
    await store.move('a1', consumer('erp', 6), { back: true });
    expect(await numberOf('erp')).toBe(6);
  });

  it('keeps the consumers of each account apart', async () => {
    await store.move('a1', consumer('erp', 7), { back: false });
    await store.move('a2', consumer('erp', 3), { back: false });
    expect([await numberOf('erp'), await numberOf('erp', 'a2')]).toEqual([7, 3]);
    expect((await store.list('a2', { limit: 9 })).consumers).toMatchObject([consumer('erp', 3)]);
  });

  it('lists them by name, a page at a time', async () => {
    for (const name of ['c', 'a', 'b']) await store.move('a1', consumer(name, 1), { back: false });
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list('a1', { limit: 2, after });
      expect(page.consumers.length).toBeLessThanOrEqual(2);
      names.push(...page.consumers.map(({ name }) => name));
      after = page.next;
    } while (after !== undefined);
    expect(names).toEqual(['a', 'b', 'c']);
  });
}
