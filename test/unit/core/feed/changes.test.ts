import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { type ChangePage, readChanges } from '../../../../functions/core/feed/changes.ts';
import { encodePositions } from '../../../../functions/core/feed/positions.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import type { FeedEntry } from '../../../../functions/core/orders/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryFeeds } from '../../../support/memory-feed.ts';
import { claimRows, type MemoryOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';

/** Stores orders with a feed entry each. */
async function sell(orders: MemoryOrders, count: number, message = ''): Promise<void> {
  const rows = await claimRows(orders, { clock: () => NOW });
  const before = orders.rows.size;
  for (let index = before; index < before + count; index += 1) {
    const content = orderOfSale(saleOf(`f${index}`, [`d${index}`], { message }));
    await rows.write([{ row: undefined, next: { orderId: orderIdOfSale(`f${index}`), content } }]);
  }
}

async function feedsOf(counts: Record<string, number>, message = '') {
  const accounts = new Map<string, MemoryOrders>();
  for (const [accountId, count] of Object.entries(counts)) {
    const orders = memoryOrders();
    await sell(orders, count, message);
    accounts.set(accountId, orders);
  }
  const deps = memoryFeeds(accounts);
  const read = (limit: number, positions: ChangePage['positions'] = new Map()) =>
    readChanges(deps, { accountIds: [...accounts.keys()], positions, limit });
  return { accounts, deps, read };
}

const short = ({ changes }: ChangePage) => changes.map(({ accountId, number }) => `${accountId}${number}`);

describe('readChanges of one account', () => {
  it('pages through all entries with whole orders, and ends where it can go on', async () => {
    const { accounts, read } = await feedsOf({ a: 5 });
    const first = await read(3);
    expect(short(first)).toEqual(['a1', 'a2', 'a3']);
    expect(first.more).toBe(true);
    expect(first.changes[0]?.row?.content?.lines[0]?.title).toBe('Klamka mosiężna');
    const second = await read(3, first.positions);
    expect(short(second)).toEqual(['a4', 'a5']);
    expect(second.more).toBe(false);
    const third = await read(3, second.positions);
    expect(short(third)).toEqual([]);
    expect(third.positions).toMatchObject(new Map([['a', { number: 5 }]]));
    await sell(accounts.get('a') ?? memoryOrders(), 1);
    expect(short(await read(3, third.positions))).toEqual(['a6']);
  });

  it('reads an idle feed once', async () => {
    const { deps, read } = await feedsOf({ a: 2 });
    await read(50, new Map([['a', { number: 2 }]]));
    expect(deps.reads).toEqual(['a 2 50']);
  });

  it('shows the order as it is now, and null where it was erased', async () => {
    const { accounts, read } = await feedsOf({ a: 2 });
    const rows = accounts.get('a')?.rows;
    const row = rows?.get('order:f0');
    if (row !== undefined) rows?.set('order:f0', { ...row, revision: 7 });
    rows?.delete('order:f1');
    const { changes } = await read(10);
    expect(changes.map((change) => change.row?.revision)).toEqual([7, undefined]);
  });

  it('refuses a position that the feed never reached, in place of waiting in silence', async () => {
    const { read } = await feedsOf({ a: 2 });
    await expect(read(10, new Map([['a', { number: 3 }]]))).rejects.toMatchObject({
      code: 'feed-restored',
      fields: [{ field: 'after' }],
    });
  });

  it('refuses a position whose entry was lost in a restore, whatever took its number since', async () => {
    const { accounts, deps, read } = await feedsOf({ a: 10 });
    const { positions } = await read(10);
    const pages = accounts.get('a')?.feedPages ?? [];
    const lost = pages.splice(8);
    const problem = { code: 'feed-restored', fields: [{ field: 'after' }] };
    await expect(read(5, positions)).rejects.toMatchObject(problem);
    const later = (entry: FeedEntry) => ({ ...entry, atMillis: plus(entry.atMillis, MINUTE) });
    for (const page of lost) pages.push({ ...page, entries: page.entries.map(later) });
    await expect(read(5, positions)).rejects.toMatchObject(problem);
    const others = new Map([...positions, ['b', { number: 0 }]] as const);
    const told = await readChanges(deps, { accountIds: ['a'], positions: others, limit: 5 }).catch(
      (error: unknown) => error,
    );
    expect(told).toMatchObject({ extra: { position: encodePositions(new Map([['b', { number: 0 }]])) } });
    // A position without a time, from before times were kept, is accepted.
    expect(short(await read(5, new Map([['a', { number: 9 }]])))).toEqual(['a10']);
  });

  it('leaves an account out whose feed has just been removed', async () => {
    const { accounts, deps } = await feedsOf({ a: 2, b: 1 });
    accounts.delete('a');
    const positions = new Map([['a', { number: 2 }]]);
    const page = await readChanges(deps, { accountIds: ['a', 'b'], positions, limit: 10 });
    expect(short(page)).toEqual(['b1']);
  });

  it('cuts a page of the longest orders that there may be', async () => {
    const { read } = await feedsOf({ a: 12 }, 'ó'.repeat(195_000));
    const first = await read(12);
    expect(first.changes).toHaveLength(10);
    expect(first.more).toBe(true);
    expect(short(await read(12, first.positions))).toEqual(['a11', 'a12']);
  });
});

describe('readChanges of several accounts', () => {
  it('takes what one account has before it turns to the next, which goes first the next time', async () => {
    const { deps, read } = await feedsOf({ a: 100, b: 2, c: 0 });
    const page = await read(10);
    expect(short(page)).toEqual(Array.from({ length: 10 }, (_, index) => `a${index + 1}`));
    expect(page.positions).toEqual(
      new Map([
        ['b', { number: 0 }],
        ['c', { number: 0 }],
        ['a', { number: 10, mark: expect.any(Number) }],
      ]),
    );
    expect(page.more).toBe(true);
    expect(deps.reads).toEqual(['a 0 10']);
    const next = await read(10, page.positions);
    expect(short(next).slice(0, 3)).toEqual(['b1', 'b2', 'a11']);
    expect(next.changes).toHaveLength(10);
    expect(next.more).toBe(true);
  });

  it('starts new accounts at their first entry and drops removed ones from the position', async () => {
    const { accounts, deps, read } = await feedsOf({ a: 1, b: 1 });
    const { positions } = await read(10);
    accounts.set('n', memoryOrders());
    await sell(accounts.get('n') ?? memoryOrders(), 1);
    accounts.delete('b');
    const page = await readChanges(deps, { accountIds: ['a', 'n'], positions, limit: 10 });
    expect(short(page)).toEqual(['n1']);
    expect(page.positions).toEqual(
      new Map([
        ['a', { number: 1, mark: expect.any(Number) }],
        ['n', { number: 1, mark: expect.any(Number) }],
      ]),
    );
  });

  it('serves everybody in turn when there are more accounts than a page has room for', async () => {
    const counts = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`k${index}-`, 3]));
    const { read } = await feedsOf(counts);
    let positions: ChangePage['positions'] = new Map();
    const served: (string | undefined)[] = [];
    for (let page = 0; page < 40; page += 1) {
      const { changes, positions: next } = await read(2, positions);
      served.push(...changes.map(({ accountId }) => accountId));
      positions = next;
    }
    expect(new Set(served).size).toBe(40);
  });

  it('gives every entry exactly once, in order, whatever the sizes', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 24 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 12 }), async (counts, limit) => {
        const named = Object.fromEntries(counts.map((count, index) => [`k${index}`, count]));
        const { read } = await feedsOf(named);
        const got = new Map<string, number[]>();
        let page = await read(limit);
        for (; page.changes.length > 0; page = await read(limit, page.positions)) {
          expect(page.changes.length).toBeLessThanOrEqual(limit);
          for (const { accountId, number } of page.changes)
            got.set(accountId, [...(got.get(accountId) ?? []), number]);
        }
        expect(page.more).toBe(false);
        const expected = Object.entries(named).filter(([, count]) => count > 0);
        expect(got).toEqual(
          new Map(expected.map(([id, count]) => [id, Array.from({ length: count }, (_, n) => n + 1)])),
        );
      }),
      { numRuns: 60 },
    );
  });
});
