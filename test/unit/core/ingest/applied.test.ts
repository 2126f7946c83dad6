import { describe, expect, it } from 'vitest';
import { together } from '../../../../functions/core/base/batches.ts';
import {
  allOf,
  changedOrder,
  type Fate,
  failureIn,
  isStoredIn,
  NOTHING_APPLIED,
} from '../../../../functions/core/ingest/applied.ts';
import { unconfirmed } from '../../../../functions/core/ingest/quarantine.ts';
import { fateWith } from '../../../../functions/core/ingest/surcharges.ts';
import type { OrderId } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { saleOf } from '../../../support/sales.ts';

const fates = (all: Readonly<Record<OrderId, Fate>>) => ({
  fates: new Map(Object.entries(all) as [OrderId, Fate][]),
});
const MISSING: Fate = { reason: 'order-missing', detail: '' };
const IN_DOUBT: Fate = unconfirmed({ told: ['paid'], lacks: ['paid'] });

describe('the result of several rounds', () => {
  it('is added up, and of an order that was looked at twice the later fate holds', () => {
    const first = { ...fates({ 'order:1': MISSING, 'order:2': 'stored', 'purchase:3': 'held' }), changed: 2 };
    const second = { ...fates({ 'order:1': 'stored', 'order:2': IN_DOUBT }), changed: 1, goodSaleId: '1' };
    const order = orderOfSale(saleOf('1', ['2']));
    const flagged = changedOrder({ ...order, flags: ['long-text', 'total-mismatch'] });
    expect(allOf([NOTHING_APPLIED, first, second, flagged])).toEqual({
      ...fates({ 'order:1': 'stored', 'order:2': IN_DOUBT, 'purchase:3': 'held' }),
      opened: [],
      changed: 4,
      flagged: 1,
      flags: { 'long-text': 1, 'total-mismatch': 1 },
      goodSaleId: '1',
    });
    expect([first.fates.size, second.fates.size]).toEqual([3, 2]);
  });

  it('has what belongs to several orders stored when all of them are, in doubt too, and failed with one of them', () => {
    const applied = allOf([fates({ 'order:1': 'stored', 'order:2': IN_DOUBT, 'order:3': MISSING })]);
    expect([isStoredIn(applied, 'order:2'), isStoredIn(applied, 'order:3')]).toEqual([true, false]);
    expect(failureIn(applied, 'order:1')).toBeUndefined();
    expect(fateWith(['order:1', 'order:2'], applied)).toBe('stored');
    expect(fateWith(['order:1', 'order:3'], applied)).toBe(MISSING);
    expect(fateWith(['order:1', 'order:4'], applied)).toBeUndefined();
  });
});

describe('several at a time', () => {
  it('are answered in their order, whichever is done first', async () => {
    const items = Array.from({ length: 60 }, (_, index) => index);
    const results = await together(items, async (item) => {
      for (let turn = item % 7; turn > 0; turn -= 1) await Promise.resolve();
      return item * 2;
    });
    expect(results).toEqual(items.map((item) => item * 2));
  });

  it('throw the first error, after those under way have ended', async () => {
    const ended: number[] = [];
    const work = async (item: number): Promise<void> => {
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
      if (item === 2) throw new Error('of 2');
      ended.push(item);
    };
    await expect(together([1, 2, 3, 4], work)).rejects.toThrow('of 2');
    expect(ended).toEqual([1, 3, 4]);
  });
});
