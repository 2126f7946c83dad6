import { describe, expect, it } from 'vitest';
import { DAY, type EpochMillis, HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import {
  emptyTally,
  retryFailed,
  retryQuarantined,
} from '../../../../functions/core/ingest/process-orders.ts';
import type { FailedOrder } from '../../../../functions/core/ingest/store.ts';
import { isDueAgain } from '../../../../functions/core/ingest/unconfirmed.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { liveOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

describe('an order in doubt', () => {
  const read = (lastAtMillis: EpochMillis): FailedOrder => ({
    orderId: 'order:f1',
    reason: 'unconfirmed',
    detail: 'paid',
    doubt: { told: ['paid'], lacks: ['paid'] },
    firstAtMillis: NOW,
    lastAtMillis,
    tries: 5,
  });

  it('is read again an hour after its fifth reading', () => {
    expect(isDueAgain(read(NOW), plus(NOW, HOUR - 1))).toBe(false);
    expect(isDueAgain(read(NOW), plus(NOW, HOUR))).toBe(true);
  });

  it('is read again at once where a clock that was a day ahead read it last', () => {
    expect(isDueAgain(read(plus(NOW, DAY)), NOW)).toBe(true);
  });
});

describe('a purchase whose paid sale cannot be read', () => {
  it('stands as an open order without a price, in doubt for a day, until the sale can be read', async () => {
    const [market, orders, journal] = [shop(), memoryOrders(), memoryJournal()];
    market.event('purchased', 'd1');
    market.event('sale-created', 'd1', 'f1');
    market.event('sale-created', 'd2', 'f2');
    for (const id of ['1', '2']) market.sales.set(`f${id}`, saleOf(`f${id}`, [`d${id}`]));
    const { sales } = market.source;
    market.source.sales = async (handle, ids, options) => {
      const isBroken = (id: string) => id === 'f1';
      const readable = ids.filter((id) => !isBroken(id));
      return {
        ...(await sales(handle, readable, options)),
        unreadable: ids.filter(isBroken).map((id) => ({ id, why: 'postBuyFormPayStatus: missing' })),
      };
    };
    const at = (minute: number) =>
      drainDeps({ shop: market, orders, journal, goodSaleId: 'f2', clock: () => plus(NOW, minute * MINUTE) });
    let cursor = '0';
    for (let minute = 0; minute < 5; minute += 1) {
      await retryFailed(at(minute), emptyTally());
      ({ cursor } = await drain(at(minute), cursor));
    }
    expect(cursor).toBe(market.journal.at(-1)?.id);
    expect(journal.bad.get('purchase:d1')).toMatchObject({ reason: 'unconfirmed', detail: 'price' });
    for (let hour = 1; hour <= 25; hour += 1) await retryFailed(at(hour * 61), emptyTally());
    expect([...journal.bad.values()]).toMatchObject([
      { orderId: 'order:f1', reason: 'order-unreadable', quarantinedAtMillis: expect.any(Number) },
    ]);
    expect(orders.rows.get('purchase:d1')?.content).toMatchObject({
      state: 'awaiting-details',
      flags: ['price-unknown'],
    });
    market.source.sales = sales;
    await retryQuarantined(at(26 * 61), emptyTally());
    expect(liveOrders(orders)).toEqual({ 'order:f1': 'paid', 'order:f2': 'paid' });
    expect(journal.bad.size).toBe(0);
  });
});
