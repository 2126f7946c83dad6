import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { OwnStop } from '../../../../functions/core/faults/own-stop.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import { keepOffers } from '../../../../functions/core/offers/keep-offers.ts';
import { account } from '../../../support/accounts.ts';
import { memoryOffers } from '../../../support/memory-offers.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { offerRuns } from '../../../support/offer-runs.ts';
import { offerId } from '../../../support/offer-shop.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

const refused = (reason: ConstructorParameters<typeof MarketplaceFault>[0]['reason']) =>
  new MarketplaceFault({ reason, outcome: 'answered', operation: 'test' });

describe('the snapshot of offers', () => {
  /** A seller with `count` offers, whose first run is over. */
  async function listed(count: number) {
    const runs = offerRuns();
    for (let index = 0; index < count; index += 1) runs.market.start(index);
    const first = await runs.run();
    return { ...runs, first };
  }

  it('is not kept of a marketplace that does not show offers', async () => {
    const { offers: _, ...marketplace } = shop().marketplace;
    const deps = {
      ...drainDeps({ shop: shop(), orders: memoryOrders() }),
      marketplace,
      offers: memoryOffers(),
    };
    const taskRun = { account: account(), cursor: '0', tally: emptyTally(), save: async () => undefined };
    expect(await keepOffers(deps, taskRun)).toBeUndefined();
  });

  it('is listed at once, and the journal from before is read but not looked up', async () => {
    const runs = offerRuns();
    for (let index = 0; index < 3; index += 1) runs.market.start(index);
    runs.later(2 * HOUR);
    expect(await runs.run()).toEqual(['for-sale page 0', 'offerEvents']);
    expect(runs.store.rows.get(offerId(1))).toMatchObject({
      title: 'Klamka mosiężna nr 1',
      price: { minor: 1_051, currency: 'PLN' },
      state: 'active',
      quantityLeft: 10,
    });
    expect(runs.facts().cursor).toBe(runs.market.journal.at(-1)?.id);
  });

  it('asks nothing in between, one call after ten minutes, and lists again after a day', async () => {
    const { run, later } = await listed(3);
    later(9 * MINUTE);
    expect(await run()).toEqual([]);
    later(2 * MINUTE);
    expect(await run()).toEqual(['offerEvents']);
    later(DAY);
    expect(await run()).toEqual(['for-sale page 0', 'offerEvents']);
  });

  it('does both at once when somebody asks for a check', async () => {
    const { run, askForCheck, market, store } = await listed(2);
    market.change(0, 777);
    market.journal.length = 0;
    askForCheck();
    expect(await run()).toEqual(['for-sale page 0', 'offerEvents']);
    expect(store.rows.get(offerId(0))?.price?.minor).toBe(777);
    expect(await run()).toEqual([]);
  });

  it('follows the journal: prices, sales, the last piece, an early end; and writes only what changed', async () => {
    const { run, later, market, store } = await listed(5);
    market.change(0, 990);
    market.sell(1, 4);
    market.sell(2, 10);
    market.end(3);
    market.hint(4);
    const written: string[] = [];
    store.onWrite = (what) => written.push(what);
    later(10 * MINUTE);
    expect(await run()).toEqual(['offerEvents', 'for-sale 5', 'sold 2', 'not-sold 1']);
    expect(written.sort()).toEqual([0, 1, 2, 3].map((index) => `put ${offerId(index)}`));
    const states = [0, 1, 2, 3, 4].map((index) => store.rows.get(offerId(index)));
    expect(states.map((row) => [row?.state, row?.quantityLeft])).toEqual([
      ['active', 10],
      ['active', 6],
      ['sold-out', 0],
      ['ended', 10],
      ['active', 10],
    ]);
    expect(states[0]?.price?.minor).toBe(990);
  });

  it('moves the cursor over a page only when all of its offers were read again', async () => {
    const runs = offerRuns({ saleBatchSize: 2, journalPageSize: 5 });
    const { market, store, run, facts, later } = runs;
    for (let index = 0; index < 8; index += 1) market.start(index);
    await run();
    const before = facts().cursor;
    for (let index = 0; index < 8; index += 1) market.change(index, 5);
    later(10 * MINUTE);
    expect(await run({ checks: 3 })).toEqual(['offerEvents', 'for-sale 2', 'for-sale 2']);
    expect(facts().cursor).toBe(before);
    await run();
    expect([...store.rows.values()].map(({ price }) => price?.minor)).toEqual(Array(8).fill(5));
  });

  it('finds at the daily listing what left the list without a word', async () => {
    const { run, later, market, store } = await listed(4);
    market.end(0);
    market.remove(1);
    market.sell(2, 1);
    market.journal.length = 0;
    later(DAY);
    expect(await run()).toEqual(['for-sale page 0', 'for-sale 2', 'sold 2', 'not-sold 2', 'offerEvents']);
    expect([0, 1, 2, 3].map((index) => store.rows.get(offerId(index))?.state)).toEqual([
      'ended',
      'gone',
      'active',
      'active',
    ]);
    later(DAY);
    expect(await run()).toEqual(['for-sale page 0', 'offerEvents']);
  });

  it('lists again an hour after an offer was announced that no list showed yet', async () => {
    const { run, later, market, store } = await listed(1);
    market.hint(7);
    later(10 * MINUTE);
    expect(await run()).toEqual(['offerEvents', 'for-sale 1', 'sold 1', 'not-sold 1']);
    later(30 * MINUTE);
    market.start(7);
    market.journal.pop();
    expect(await run()).toEqual(['offerEvents']);
    later(31 * MINUTE);
    expect(await run()).toEqual(['for-sale page 0', 'offerEvents']);
    expect(store.rows.get(offerId(7))?.state).toBe('active');
    later(61 * MINUTE);
    expect(await run()).toEqual(['offerEvents']);
  });
});

describe('the listing', () => {
  it.each([
    { firstPage: 0, calls: [0, 1, 2] },
    { firstPage: 1, calls: [0, 1, 2, 3] },
  ] as const)(
    'reads all pages, smaller than asked for and counted from $firstPage',
    async ({ firstPage, calls }) => {
      const { market, store, run } = offerRuns();
      Object.assign(market, { pageSize: 10, firstPage });
      for (let index = 0; index < 25; index += 1) market.start(index);
      market.journal.length = 0;
      expect(await run()).toEqual([...calls.map((page) => `for-sale page ${page}`), 'offerEvents']);
      expect(store.rows.size).toBe(25);
      expect(store.listed).toEqual([]);
    },
  );

  it('goes on with the next page when its time was up, and never makes orders late', async () => {
    const { market, store, run, facts } = offerRuns();
    market.pageSize = 10;
    for (let index = 0; index < 35; index += 1) market.start(index);
    market.journal.length = 0;
    expect(await run({ checks: 3 })).toEqual(['for-sale page 0', 'for-sale page 1']);
    expect(facts().listedAtMillis).toBeUndefined();
    market.end(2);
    expect(await run()).toEqual([
      'for-sale page 2',
      'for-sale page 3',
      'offerEvents',
      'for-sale 1',
      'sold 1',
      'not-sold 1',
    ]);
    expect(store.rows.get(offerId(2))?.state).toBe('ended');
  });

  it('is not over before those are looked up that it did not show', async () => {
    const { market, store, run, facts, later } = offerRuns({ saleBatchSize: 2 });
    for (let index = 0; index < 5; index += 1) market.start(index);
    await run();
    const { listedAtMillis } = facts();
    for (let index = 0; index < 3; index += 1) market.end(index);
    market.journal.length = 0;
    later(DAY);
    expect(await run({ checks: 3 })).toEqual(['for-sale page 0', 'for-sale 2', 'sold 2', 'not-sold 2']);
    expect(facts()).toMatchObject({ listedAtMillis });
    await run();
    expect([...store.rows.values()].map(({ state }) => state).sort()).toEqual([
      ...Array(2).fill('active'),
      ...Array(3).fill('ended'),
    ]);
  });

  it('does not cover what happened since it began, when it was interrupted for hours', async () => {
    const { market, store, run, later } = offerRuns();
    market.pageSize = 10;
    for (let index = 0; index < 15; index += 1) market.start(index);
    await run({ checks: 2 });
    market.change(0, 5);
    later(3 * HOUR);
    await run();
    expect(store.rows.get(offerId(0))?.price?.minor).toBe(5);
  });

  it('does not go on with one that was interrupted too long ago', async () => {
    const { market, run, later } = offerRuns();
    market.pageSize = 10;
    for (let index = 0; index < 15; index += 1) market.start(index);
    market.journal.length = 0;
    await run({ checks: 2 });
    later(DAY);
    expect(await run()).toEqual(['for-sale page 0', 'for-sale page 1', 'offerEvents']);
  });
});

describe('trouble with offers', () => {
  it('is remembered for a day when only the journal has it, while listings go on', async () => {
    const { market, run, facts, later, warnings, askForCheck } = offerRuns();
    market.start(0);
    market.onCall = (operation) => {
      if (operation === 'offerEvents') throw refused('feature-unknown');
    };
    expect(await run()).toEqual(['for-sale page 0', 'offerEvents']);
    expect(facts()).toMatchObject({ journalTrouble: { reason: 'feature-unknown', operation: 'test' } });
    expect(warnings).toMatchObject([{ event: 'offers-put-off', reason: 'feature-unknown' }]);
    later(23 * HOUR);
    expect(await run()).toEqual([]);
    askForCheck();
    expect(await run()).toEqual(['for-sale page 0', 'offerEvents']);
    market.onCall = () => undefined;
    later(DAY);
    await run();
    expect(facts().journalTrouble).toBeUndefined();
  });

  it('is put off for an hour when it passes, and leaves the cursor where it was', async () => {
    const { market, run, facts, later, store } = offerRuns();
    market.start(0);
    await run();
    const { cursor } = facts();
    market.change(0, 5);
    later(10 * MINUTE);
    market.onCall = (operation) => {
      if (operation.startsWith('for-sale')) throw refused('no-readable-reply');
    };
    await run();
    expect(facts()).toMatchObject({ cursor, journalTrouble: { reason: 'no-readable-reply' } });
    market.onCall = () => undefined;
    expect(await run()).toEqual([]);
    later(HOUR);
    await run();
    expect(store.rows.get(offerId(0))?.price?.minor).toBe(5);
  });

  it('is not put off when a clock met it which was a day ahead', async () => {
    const { market, run, later } = offerRuns();
    market.start(0);
    await run();
    market.onCall = () => {
      throw refused('no-readable-reply');
    };
    later(DAY + HOUR);
    await run();
    market.onCall = () => undefined;
    later(11 * MINUTE - DAY);
    expect(await run()).toContain('offerEvents');
  });

  it('hides nothing else when the marketplace lacks a list of ended offers', async () => {
    const { market, run, facts, later, store } = offerRuns();
    market.start(0);
    market.start(1);
    await run();
    market.end(0);
    market.change(1, 9);
    market.onCall = (operation) => {
      if (/sold/.test(operation)) throw refused('feature-unknown');
    };
    later(10 * MINUTE);
    await run();
    expect(facts().journalTrouble).toBeUndefined();
    expect([0, 1].map((index) => store.rows.get(offerId(index))?.state)).toEqual(['gone', 'active']);
  });

  it.each([
    'account-closed',
    'country-refused',
    'key-licence',
    'login-service-trouble',
    'tls-refused',
  ] as const)('stops no orders, whatever the code: %s', async (reason) => {
    const { market, run, facts } = offerRuns();
    market.start(0);
    market.onCall = () => {
      throw refused(reason);
    };
    await run();
    expect(facts()).toMatchObject({ listingTrouble: { reason } });
  });

  it.each([
    refused('session-ended'),
    refused('key-refused'),
    refused('address-blocked'),
    refused('account-locked'),
    new OwnStop('marketplace-unavailable'),
  ])('that is not theirs alone is thrown: %s', async (fault) => {
    const { market, run, facts } = offerRuns();
    market.onCall = () => {
      throw fault;
    };
    await expect(run()).rejects.toBe(fault);
    expect(facts()).toEqual({});
  });
});
