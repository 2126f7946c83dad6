import { describe, expect, it } from 'vitest';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { readNewestFirst } from '../../../../functions/core/journal/newest-first.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { SETTINGS, saleOf } from '../../../support/sales.ts';
import { drainDeps, type Shop, shop } from '../../../support/shop.ts';

/** A purchase with its sale, and its event. */
function sell(market: Shop, id: string) {
  market.sales.set(`f${id}`, saleOf(`f${id}`, [`d${id}`]));
  return market.event('sale-created', `d${id}`, `f${id}`);
}

/** A journal of unread sales. */
function backlog(sales: number) {
  const market = shop({ ...SETTINGS, journalPageSize: 10 });
  for (let index = 0; index < sales; index += 1) sell(market, `${index}`);
  const orders = memoryOrders();
  return { market, orders, deps: drainDeps({ shop: market, orders }) };
}

describe('readNewestFirst', () => {
  it('finds the end of the journal and stores what stands there, before the backlog is read', async () => {
    const { market, orders, deps } = backlog(200);
    const tally = emptyTally();
    const newestAfter = await readNewestFirst(deps, { cursor: '0' }, tally);
    expect(newestAfter).toBe(market.journal.at(-1)?.id);
    expect(orders.rows.has('order:f199')).toBe(true);
    expect(orders.rows.has('order:f0')).toBe(false);
    expect(tally).toMatchObject({ events: 0, ordersChanged: orders.rows.size / 2 });
    expect(deps.saved).toEqual([]);
  });

  it('brings in what has come since, in one call', async () => {
    const { market, orders, deps } = backlog(200);
    const newestAfter = await readNewestFirst(deps, { cursor: '0' }, emptyTally());
    sell(market, 'new');
    market.calls.length = 0;
    const tally = emptyTally();
    expect(await readNewestFirst(deps, { newestAfter, cursor: '0' }, tally)).toBe(market.journal.at(-1)?.id);
    expect(market.calls).toEqual(['saleEvents', 'sales 1']);
    expect(orders.rows.get('order:fnew')?.content?.state).toBe('paid');
  });

  it('does not keep the backlog waiting for ever', async () => {
    const { market, deps } = backlog(100);
    const [first] = market.journal;
    await readNewestFirst(deps, { newestAfter: first?.id ?? '', cursor: '0' }, emptyTally());
    expect(market.calls.filter((call) => call === 'saleEvents')).toHaveLength(3);
  });

  it('leaves nothing that the drain would do twice', async () => {
    const { orders, deps } = backlog(30);
    await readNewestFirst(deps, { cursor: '0' }, emptyTally());
    await drain(deps, '0');
    expect(orders.feed).toHaveLength(30);
  });

  it('reads nothing that the drain has stored already', async () => {
    const { market, orders, deps } = backlog(30);
    const cursor = market.journal.at(-1)?.id ?? '';
    await readNewestFirst(deps, { cursor }, emptyTally());
    expect(orders.rows.size).toBe(0);
  });

  it.each(['countSaleEvents', 'saleEvents'])(
    'leaves the drain alone where %s is broken',
    async (operation) => {
      for (const reason of ['marketplace-unavailable', 'account-blocked', 'unknown-answer'] as const) {
        const { market, orders, deps } = backlog(30);
        market.onCall = (call) => {
          if (call === operation) throw new MarketplaceFault({ reason, outcome: 'answered', operation });
        };
        expect(await readNewestFirst(deps, { cursor: '0' }, emptyTally())).toBeUndefined();
        const newestAfter = market.journal.at(20)?.id ?? '';
        const known = await readNewestFirst(deps, { newestAfter, cursor: '0' }, emptyTally());
        expect(known).toBe(operation === 'saleEvents' ? newestAfter : market.journal.at(-1)?.id);
        market.onCall = () => undefined;
        await drain(deps, '0');
        expect(orders.feed).toHaveLength(30);
      }
    },
  );

  it('ends its search where a count never ends', async () => {
    const { market, deps } = backlog(30);
    market.source.countSaleEvents = async () => 10_000;
    await readNewestFirst(deps, { cursor: '0' }, emptyTally());
    expect(market.calls.length).toBeLessThan(10);
  });

  it('stops for an ended session', async () => {
    const { market, deps } = backlog(30);
    market.onCall = () => {
      throw new MarketplaceFault({ reason: 'session-ended', outcome: 'answered', operation: 'any' });
    };
    const stopped = readNewestFirst(deps, { cursor: '0' }, emptyTally());
    await expect(stopped).rejects.toMatchObject({ reason: 'session-ended' });
  });
});
