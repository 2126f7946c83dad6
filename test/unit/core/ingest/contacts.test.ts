import { expect, it } from 'vitest';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally, retryFailed } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { cancelled, saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

const lost = () =>
  new MarketplaceFault({ reason: 'no-readable-reply', outcome: 'unclear', operation: 'doGetPostBuyData' });

it('an order whose buyer could not be asked for stands, and gets its contact when the call works again', async () => {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  market.event('purchased', '501');
  market.onCall = (operation) => {
    if (operation === 'buyers') throw lost();
  };
  const run = () => drain(drainDeps({ shop: market, orders, journal }), '0');
  const first = await run();
  expect(first).toMatchObject({ outcome: 'done', clean: false, cursor: '0' });
  expect(orders.rows.get('purchase:501')?.content).toMatchObject({ state: 'awaiting-details' });
  expect(journal.bad.get('purchase:501')).toMatchObject({
    reason: 'refused',
    detail: 'no-readable-reply',
    tries: 1,
  });

  market.onCall = () => undefined;
  expect(await run()).toMatchObject({ outcome: 'done', clean: true });
  expect(orders.rows.get('purchase:501')?.content?.buyer).toMatchObject({ email: 'kupiec@example.com' });
  expect(journal.bad.size).toBe(0);
});

it.each(['buyers', 'unpaid'])(
  'a purchase that has left a live sale is completed although %s could not be read when it left',
  async (broken) => {
    const market = shop();
    const [orders, journal] = [memoryOrders(), memoryJournal()];
    let cursor = '0';
    const run = async () => {
      const deps = drainDeps({ shop: market, orders, journal });
      ({ cursor } = await drain(deps, cursor));
      await retryFailed(deps, emptyTally());
    };
    market.event('purchased', '502');
    market.sales.set('f1', saleOf('f1', ['501', '502']));
    market.event('sale-created', '501', 'f1');
    await run();
    market.sales.set('f1', saleOf('f1', ['501']));
    const { id: last } = market.event('payment-finished', '501', 'f1');
    market.onCall = (operation) => {
      if (operation === broken) throw lost();
    };
    await run();
    expect(journal.bad.get('purchase:502')).toMatchObject({ reason: 'refused', tries: 1 });
    market.onCall = () => undefined;
    await run();
    await run();
    expect(orders.rows.get('purchase:502')?.content).toMatchObject({
      state: 'awaiting-details',
      buyer: { email: 'kupiec@example.com' },
      total: { minor: 1_050, currency: 'PLN' },
    });
    expect(journal.bad.size).toBe(0);
    expect(cursor).toBe(last);
  },
);

it('a purchase that has left a live sale is stored also where that sale is not read again', async () => {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  const deps = () => drainDeps({ shop: market, orders, journal });
  market.event('purchased', '502');
  market.sales.set('f1', saleOf('f1', ['501', '502']));
  market.event('sale-created', '501', 'f1');
  const { cursor } = await drain(deps(), '0');
  market.sales.set('f1', saleOf('f1', ['501']));
  market.event('payment-finished', '501', 'f1');
  market.onCall = (operation) => {
    if (operation === 'unpaid') throw lost();
  };
  await drain(deps(), cursor);
  expect(orders.rows.get('purchase:502')).toMatchObject({ heldBy: ['f1'] });
  market.onCall = () => undefined;
  await retryFailed(deps(), emptyTally());
  expect(orders.rows.get('purchase:502')?.content).toMatchObject({ state: 'awaiting-details' });
  expect(orders.rows.get('purchase:502')).not.toHaveProperty('heldBy');
  expect(journal.bad.size).toBe(0);
});

it('an order whose buyer and price came back empty once lets the cursor pass and is read again', async () => {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  const event = market.event('purchased', '501');
  const { unpaid, buyers } = market.source;
  Object.assign(market.source, { unpaid: async () => [], buyers: async () => [] });
  const deps = () => drainDeps({ shop: market, orders, journal });
  expect(await drain(deps(), '0')).toMatchObject({ clean: true, cursor: event.id });
  expect(journal.bad.get('purchase:501')).toMatchObject({
    reason: 'unconfirmed',
    detail: 'price, buyer',
    tries: 1,
  });

  Object.assign(market.source, { unpaid, buyers });
  await retryFailed(deps(), emptyTally());
  expect(orders.rows.get('purchase:501')?.content).toMatchObject({
    buyer: { email: 'kupiec@example.com' },
    total: { minor: 1_050, currency: 'PLN' },
  });
  expect(journal.bad.size).toBe(0);
});

it('an order whose contact came with a broken character is read again', async () => {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  const event = market.event('purchased', '501');
  const { buyers } = market.source;
  const broken: typeof buyers = async (...asked) =>
    (await buyers(...asked)).map((one) => ({ ...one, buyer: { ...one.buyer, login: 'kup\uFFFDiec' } }));
  Object.assign(market.source, { buyers: broken });
  const deps = () => drainDeps({ shop: market, orders, journal });
  expect(await drain(deps(), '0')).toMatchObject({ clean: true, cursor: event.id });
  expect(orders.rows.get('purchase:501')?.content).toMatchObject({ flags: ['broken-text'] });
  Object.assign(market.source, { buyers });
  await retryFailed(deps(), emptyTally());
  expect(orders.rows.get('purchase:501')?.content?.buyer.login).toBe('kupiec');
  expect(orders.rows.get('purchase:501')?.content).not.toHaveProperty('flags');
  expect(journal.bad.size).toBe(0);
});

it('a purchase that a cancelled sale lets go keeps the price and the contact that it had, where no list tells them', async () => {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  let cursor = '0';
  const run = async () => {
    ({ cursor } = await drain(drainDeps({ shop: market, orders, journal }), cursor));
  };
  market.event('purchased', '501');
  await run();
  const before = orders.rows.get('purchase:501')?.content;
  market.sales.set('f1', saleOf('f1', ['501']));
  market.event('sale-created', '501', 'f1');
  await run();
  market.sales.set('f1', cancelled(saleOf('f1', ['501'])));
  market.event('released', '501', 'f1');
  Object.assign(market.source, { unpaid: async () => [], buyers: async () => [] });
  await run();
  expect(before?.buyer.email).toBe('kupiec@example.com');
  expect(orders.rows.get('purchase:501')?.content).toEqual(before);
});
