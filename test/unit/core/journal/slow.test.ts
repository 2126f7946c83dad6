import { describe, expect, it } from 'vitest';
import { plus, SECOND } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { readNewestFirst } from '../../../../functions/core/journal/newest-first.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

/** Time limit of the function, and the part of it that a run keeps for its last step (entry/queue.ts). */
const KILLED_AFTER = 120 * SECOND;
const RESERVE = 65 * SECOND;

/** A shop whose every call takes `callMillis`; a run dies at the function's time limit. */
function slowShop(sales: number, callMillis: number) {
  const market = shop();
  for (let index = 1; index <= sales; index += 1) {
    const surchargeIds = index % 20 === 0 ? [`${90_000 + index}`] : [];
    market.sales.set(`${index}`, saleOf(`${index}`, [`${1_000 + index}`], { surchargeIds }));
    for (const id of surchargeIds) market.sales.set(id, { ...saleOf(id, []), lines: [] });
    market.event('sale-created', `${1_000 + index}`, `${index}`);
  }
  const orders = memoryOrders();
  const journal = memoryJournal();
  let passed = 0;
  market.onCall = () => {
    passed += callMillis;
    if (passed > KILLED_AFTER) throw new Error('killed');
  };
  const begin = () => {
    passed = 0;
    const deps = drainDeps({
      shop: market,
      orders,
      journal,
      goodSaleId: '1',
      clock: () => plus(NOW, passed),
    });
    return { ...deps, outOfTime: () => passed > KILLED_AFTER - RESERVE };
  };
  return { market, orders, journal, begin, passed: () => passed };
}

describe('a slow marketplace', () => {
  it.each([5, 10, 15, 20, 25, 29])(
    'kills no run at %s s a call, and every run moves the cursor',
    async (seconds) => {
      const { begin } = slowShop(600, seconds * SECOND);
      let cursor = '0';
      for (let run = 0; run < 4; run += 1) {
        const drained = await drain(begin(), cursor);
        expect(BigInt(drained.cursor)).toBeGreaterThan(BigInt(cursor));
        ({ cursor } = drained);
      }
    },
  );

  it.each([1, 5, 10])(
    'lets the search for the newest orders not eat up the run, at %s s a call',
    async (seconds) => {
      const { begin, passed } = slowShop(1_000, seconds * SECOND);
      await readNewestFirst(begin(), { cursor: '0' }, emptyTally());
      expect(passed()).toBeLessThan(60 * SECOND);
    },
  );

  it('takes a bad sale that it meets late for neither an outage nor a reason to stop', async () => {
    const { market, orders, begin } = slowShop(100, 6 * SECOND);
    const { sales } = market.source;
    market.source.sales = async (handle, ids, options) => {
      const batch = await sales(handle, ids, options);
      if (!ids.includes('90')) return batch;
      throw new MarketplaceFault({ reason: 'business', outcome: 'answered', operation: 'sales' });
    };
    let cursor = '0';
    for (let run = 0; run < 6; run += 1) ({ cursor } = await drain(begin(), cursor));
    expect(cursor).toBe(market.journal[88]?.id);
    expect(orders.rows.has('order:89')).toBe(true);
  });
});
