import { describe, expect, it } from 'vitest';
import { HOUR, plus } from '../../../../functions/core/base/time.ts';
import { openEarlierSales } from '../../../../functions/core/ingest/earlier-sales.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { liveOrders, type MemoryOrders, memoryOrders, untold } from '../../../support/memory-orders.ts';
import { Killed } from '../../../support/shaky-orders.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';
import { saleSold } from '../reconcile/listing-kit.ts';

/**
 * Drains the journal with a worker that dies at its write `life`, and then with others that live, from the beginning.
 */
async function afterKill(market: Shop, life: number): Promise<{ orders: MemoryOrders; died: boolean }> {
  const orders = memoryOrders();
  const journal = memoryJournal();
  const connectedAtMillis = plus(NOW, -HOUR);
  const run = async () => {
    const deps = drainDeps({ shop: market, orders, journal });
    await drain({ ...deps, earlier: openEarlierSales(deps, { connectedAtMillis }) }, '0');
  };
  let left = life;
  orders.onWrite = () => {
    left -= 1;
    if (left <= 0) throw new Killed();
  };
  const died = await run().then(
    () => false,
    (error) => {
      if (!(error instanceof Killed)) throw error;
      return true;
    },
  );
  orders.onWrite = () => undefined;
  await run();
  return { orders, died };
}

describe('a purchase that a worker left open when it died', () => {
  it.each([
    [
      'in a sale from before the connect',
      (market: Shop) => {
        market.sales.set('1', saleSold('1', ['d1', 'd2'], { hoursAgo: 2 }));
        market.event('purchased', 'd1');
        market.event('purchased', 'd2');
        return { 'order:1': 'paid' };
      },
    ],
    [
      'in a sale that only another names, as its surcharge',
      (market: Shop) => {
        market.sales.set('1', saleSold('1', ['d1']));
        market.sales.set('2', { ...saleSold('2', ['d2']), surchargeIds: ['1'] });
        market.event('purchased', 'd1');
        market.event('purchased', 'd2');
        market.event('sale-created', 'd2', '2');
        return { 'order:1': 'paid', 'order:2': 'paid' };
      },
    ],
  ])('is closed by the next: %s', async (_what, sell) => {
    for (let life = 1, isAlive = false; !isAlive; life += 1) {
      const market = shop();
      const live = sell(market);
      const { orders, died } = await afterKill(market, life);
      expect({ life, untold: untold(orders), live: liveOrders(orders) }).toEqual({ life, untold: [], live });
      isAlive = !died;
    }
  });
});
