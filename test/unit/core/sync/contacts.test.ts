import { expect, it } from 'vitest';
import { MarketplaceFault } from '../../../../functions/core/faults.ts';
import { drain } from '../../../../functions/core/sync/drain.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

const lost = () =>
  new MarketplaceFault({ reason: 'no-readable-reply', outcome: 'unclear', operation: 'doGetPostBuyData' });

it('an order whose buyer could not be asked for stands, and gets its contact when the call works again', async () => {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  market.event('deal-created', '501');
  market.onCall = (operation) => {
    if (operation === 'buyers') throw lost();
  };
  const run = () => drain(drainDeps({ shop: market, orders, journal }), '0');
  const first = await run();
  expect(first).toMatchObject({ outcome: 'done', clean: false, cursor: '0' });
  expect(orders.rows.get('deal:501')?.content).toMatchObject({ state: 'awaiting-form' });
  expect(journal.bad.get('deal:501')).toMatchObject({
    reason: 'refused',
    detail: 'no-readable-reply',
    tries: 1,
  });

  market.onCall = () => undefined;
  expect(await run()).toMatchObject({ outcome: 'done', clean: true });
  expect(orders.rows.get('deal:501')?.content?.buyer).toMatchObject({ email: 'kupiec@example.com' });
  expect(journal.bad.size).toBe(0);
});
