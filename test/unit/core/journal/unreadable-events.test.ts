import { expect, it } from 'vitest';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { liveOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

/** Thirty-five sales, with the fifth event spoilt, and runs one after the other. */
function spoilt(changes: object) {
  const market = shop();
  const [orders, journal] = [memoryOrders(), memoryJournal()];
  for (let index = 1; index <= 35; index += 1) {
    market.sales.set(`f${index}`, saleOf(`f${index}`, [`d${index}`]));
    market.event('sale-created', `d${index}`, `f${index}`);
  }
  Object.assign(market.journal[4] ?? {}, changes);
  let cursor = '0';
  const run = async () => {
    const done = await drain(drainDeps({ shop: market, orders, journal }), cursor);
    ({ cursor } = done);
    return done;
  };
  return { run, orders, journal, market };
}

const NAMELESS = { saleId: undefined, purchases: [], unreadable: 'dealTransactionId: missing' };

it('an event that names nothing holds the cursor for four runs and no order; it is quarantined in the fifth', async () => {
  const { run, orders, journal, market } = spoilt(NAMELESS);
  const [event, last] = [market.journal[4]?.id ?? '', market.journal.at(-1)?.id];
  for (let tries = 1; tries <= 4; tries += 1) {
    expect(await run()).toMatchObject({ cursor: market.journal[3]?.id, clean: false });
    expect(Object.keys(liveOrders(orders))).toHaveLength(34);
  }
  expect(await run()).toMatchObject({ cursor: last, clean: true });
  expect(journal.bad.get(`event:${event}`)).toMatchObject({
    reason: 'event-unreadable',
    detail: 'dealTransactionId: missing',
    tries: 5,
    quarantinedAtMillis: expect.any(Number),
  });
});

it('an event that can be read at last is forgotten', async () => {
  const { run, orders, journal, market } = spoilt(NAMELESS);
  await run();
  Object.assign(market.journal[4] ?? {}, { saleId: 'f5', purchases: [], unreadable: undefined });
  expect(await run()).toMatchObject({ cursor: market.journal.at(-1)?.id, clean: true });
  expect(Object.keys(liveOrders(orders))).toHaveLength(35);
  expect(journal.bad.size).toBe(0);
});

it('an event without an id is used where it stands, and takes the cursor nowhere', async () => {
  const { run, orders, market } = spoilt({});
  const before = market.journal[3]?.id ?? '';
  Object.assign(market.journal[4] ?? {}, { id: before });
  expect(await run()).toMatchObject({ cursor: market.journal.at(-1)?.id, clean: true });
  expect(Object.keys(liveOrders(orders))).toHaveLength(35);
  market.journal.push({ ...(market.journal[4] as (typeof market.journal)[number]), id: '1' });
  expect(await run()).toMatchObject({ cursor: market.journal.at(-2)?.id, events: 0 });
});

it('a purchase whose event lacks its offer waits for the sale that holds it', async () => {
  const { run, journal, market } = spoilt({
    saleId: undefined,
    kind: 'purchased',
    offerId: '',
    unreadable: 'dealItemId: missing',
  });
  market.event('sale-created', 'd5', 'f5');
  expect(await run()).toMatchObject({ cursor: market.journal.at(-1)?.id, clean: true });
  expect(journal.bad.size).toBe(0);
});
