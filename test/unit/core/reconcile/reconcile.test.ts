import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import { DAY, epochMillis, HOUR, MINUTE, plus, toIso } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally, processOrders } from '../../../../functions/core/ingest/process-orders.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { isCheckDue, reconcile } from '../../../../functions/core/reconcile/reconcile.ts';
import { NOW } from '../../../support/accounts.ts';
import { untold } from '../../../support/memory-orders.ts';
import { cancelledSince, connected, house, saleSold, surcharge, unpaid } from './listing-kit.ts';

const DAY_OF_SALE = '2026-09-16';

/** Stores sales as the drain would. */
const stored = async (at: ReturnType<typeof house>, saleIds: readonly string[]) => {
  await processOrders(at.deps(), { saleIds, purchases: [] }, emptyTally());
};

describe('a check', () => {
  it('brings in what the journal never named, and counts it on its day', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']), saleSold('2', ['d2', 'd3']), saleSold('3', ['d4']));
    await stored(at, ['1', '3']);
    const { done, tally } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1', 'order:2', 'order:3']);
    expect(tally.ordersChanged).toBe(1);
    expect(done?.facts.check).toMatchObject({ atMillis: NOW, list: 'all-sales', lost: 1, untold: 0 });
    expect(at.listed.sale('2')).toEqual({ id: '2', kind: 'live', day: DAY_OF_SALE, lost: true });
    expect(at.listed.sale('1')).toEqual({ id: '1', kind: 'live', day: DAY_OF_SALE });
    expect(at.reads()).toBe(1);
  });

  it('costs the pages of the list where everything is known, paid and older than three days', async () => {
    const at = house();
    const sales = Array.from({ length: 35 }, (_, index) => saleSold(`${index + 1}`, [`d${index}`]));
    at.sold(...sales);
    await at.run(reconcile, connected());
    const again = await at.run(reconcile, connected({ checkAskedAtMillis: plus(NOW, 1) }));
    expect(at.market.calls).toEqual([
      'salePage all-sales',
      'salePage all-sales 10',
      'salePage all-sales 20',
      'salePage all-sales 30',
    ]);
    expect(again.done?.facts.check).toMatchObject({ lost: 35 });
  });

  it('closes the order of a purchase whose sale was lost', async () => {
    const at = house();
    const purchase = { purchaseId: 'd1', offerId: '8000000001', buyerId: '77', quantity: 1 };
    at.market.event('purchased', 'd1');
    await processOrders(at.deps(), { saleIds: [], purchases: [purchase] }, emptyTally());
    expect(at.live()).toEqual(['purchase:d1']);
    at.sold(saleSold('1', ['d1']));
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1']);
  });

  it('does not take a lost sale for one from before the connect because a clock was ahead then', async () => {
    const at = house();
    const connectedAtMillis = plus(NOW, DAY);
    const firstEventAtMillis = plus(NOW, -3 * HOUR);
    at.sold(...[4, 3, 2].map((hoursAgo) => saleSold(`${hoursAgo}`, [`d${hoursAgo}`], { hoursAgo })));
    await at.run(reconcile, connected({ connectedAtMillis, firstEventAtMillis }));
    expect(at.live()).toEqual(['order:2']);
  });

  it('takes no surcharge for an order, and reads it once', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1'], { surchargeIds: ['90', '91'] }), surcharge('90'), surcharge('91'));
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1']);
    expect(at.orders.rows.get('order:91')?.content).toBeUndefined();
    expect(at.listed.sale('90')?.kind).toBe('surcharge');
    expect(at.listed.sale('91')?.kind).toBe('surcharge');
    expect(done?.facts.check?.lost).toBe(1);
    await at.run(reconcile, connected());
    expect(at.reads()).toBe(0);
  });

  it.each([
    ['another sale', { '1': ['2'] }],
    ['itself', { '1': ['1'] }],
    ['one from before the first connect', { '3': ['2'] }],
    ['each other', { '1': ['2'], '2': ['1'] }],
  ])(
    'takes a sale with goods for the order that it is, though it is named as a surcharge: %s',
    async (_, named) => {
      const at = house();
      const naming: Record<string, readonly string[]> = named;
      const sold = (id: string, hoursAgo: number) =>
        saleSold(id, [`d${id}`], { hoursAgo, surchargeIds: naming[id] ?? [] });
      at.sold(sold('3', 24 * 20), sold('1', 24 * 5), sold('2', 24 * 5));
      await at.run(reconcile, connected());
      expect(at.live()).toEqual(['order:1', 'order:2']);
      expect(['1', '2', '3'].map((id) => at.listed.sale(id)?.kind)).toEqual(['live', 'live', 'earlier']);
      await at.run(reconcile, connected());
      expect(at.reads()).toBe(0);
    },
  );

  it('reads a sale that is named as a surcharge once it has its goods', async () => {
    const at = house();
    const sale = saleSold('2', ['d2']);
    at.sold(saleSold('1', ['d1'], { surchargeIds: ['1', '2'] }), { ...sale, lines: [] });
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1']);
    at.sold(sale);
    at.market.event('payment-finished', 'd1', '1');
    await drain(at.deps(), '0');
    expect(at.live()).toEqual(['order:1', 'order:2']);
  });

  it('reads a recent surcharge again: it may be an order that is named as one and came without its goods', async () => {
    const at = house();
    const recent = { hoursAgo: 24 };
    const order = saleSold('2', ['d2'], recent);
    at.sold(saleSold('1', ['d1'], { ...recent, surchargeIds: ['2'] }), { ...order, lines: [] });
    await at.run(reconcile, connected());
    expect(at.listed.sale('2')?.kind).toBe('surcharge');
    at.sold(order);
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1', 'order:2']);
  });

  it('stores a sale from before the first connect that holds an open order', async () => {
    const at = house();
    at.market.event('purchased', 'd1');
    at.sold(saleSold('1', ['d1'], { hoursAgo: 24 * 20 }));
    await at.run(reconcile, connected());
    expect(at.live()).toEqual([]);
    const purchase = { purchaseId: 'd1', offerId: '8000000001', buyerId: '77', quantity: 1 };
    await processOrders(at.deps(), { saleIds: [], purchases: [purchase] }, emptyTally());
    expect(at.live()).toEqual(['purchase:d1']);
    // A new judgement of the sale: its day is among those that are looked at again.
    at.listed.written.clear();
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1']);
  });

  it('takes a sale for one of ours that does not say when it was filled, or has changed since the connect', async () => {
    const at = house();
    const old = { hoursAgo: 24 * 20 };
    const timeless = saleSold('1', ['d1'], old);
    const paidSince = saleSold('2', ['d2'], old);
    const receivedAt = { iso: toIso(plus(NOW, -HOUR)), text: '' };
    at.sold(
      { ...timeless, payment: { ...timeless.payment, startedAt: undefined } },
      { ...paidSince, payment: { ...paidSince.payment, receivedAt } },
      saleSold('3', ['d3'], old),
    );
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1', 'order:2']);
  });

  it('looks every night at a sale from before the first connect that is still to be paid', async () => {
    const at = house();
    at.sold(unpaid(saleSold('1', ['d1'], { hoursAgo: 24 * 20 })));
    await at.run(reconcile, connected());
    expect(at.listed.sale('1')?.kind).toBe('earlier-open');
    const paid = saleSold('1', ['d1'], { hoursAgo: 24 * 20 });
    const receivedAt = { iso: toIso(plus(NOW, -HOUR)), text: '' };
    at.sold({ ...paid, payment: { ...paid.payment, receivedAt } });
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1']);
  });

  it('looks again at a sale that came without its goods, until it has them or is named as a surcharge', async () => {
    const at = house();
    const sale = saleSold('1', ['d1'], { hoursAgo: 2 });
    at.sold({ ...sale, lines: [] });
    at.market.event('sale-created', 'd1', '1');
    await drain(at.deps(), '0');
    await at.run(reconcile, connected());
    expect(at.live()).toEqual([]);
    expect(at.listed.sale('1')?.kind).toBe('unread');
    at.sold(sale);
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1']);
    expect(done?.facts.check?.lost).toBe(1);
  });

  it('leaves alone what was over before the first connect, and reads it once', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1'], { hoursAgo: 24 * 20 }), saleSold('2', ['d2']));
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:2']);
    expect(at.listed.sale('1')).toMatchObject({ kind: 'earlier' });
    expect(done?.facts.check?.lost).toBe(1);
    await at.run(reconcile, connected());
    expect(at.reads()).toBe(0);
  });

  it('mends a payment and a cancellation that the journal never told, and counts each once', async () => {
    const at = house();
    at.sold(unpaid(saleSold('1', ['d1'])), saleSold('2', ['d2'], { hoursAgo: 30 }));
    at.market.event('purchased', 'd2');
    await stored(at, ['1', '2']);
    at.sold(saleSold('1', ['d1']), cancelledSince(saleSold('2', ['d2'], { hoursAgo: 30 }), 3));
    const { done } = await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1', 'purchase:d2']);
    expect(at.orders.rows.get('order:1')?.content?.state).toBe('paid');
    expect(done?.facts.check).toMatchObject({ lost: 0, untold: 2 });
    expect(at.listed.sale('2')).toMatchObject({ kind: 'cancelled', untold: ['released'] });
    expect((await at.run(reconcile, connected())).done?.facts.check).toMatchObject({ lost: 0, untold: 2 });
  });

  it('reads again what was sold since three days before the last check, however long ago that was', async () => {
    const at = house();
    const soldDaysAgo = { '1': 10.5, '2': 7, '3': 5 };
    const sales = Object.entries(soldDaysAgo).map(([id, days]) =>
      saleSold(id, [`d${id}`], { hoursAgo: days * 24 }),
    );
    at.sold(...sales);
    await stored(at, ['1', '2', '3']);
    const late = connected({ check: undefined, connectedAtMillis: plus(NOW, -6 * DAY) });
    await at.run(reconcile, late);
    at.sold(...sales.map((sale) => cancelledSince(sale, 24 * 4)));
    await at.run(reconcile, late);
    const stateOf = (id: string) => at.orders.rows.get(`order:${id}`)?.content?.state;
    expect(['1', '2', '3'].map(stateOf)).toEqual(['paid', 'released', 'released']);
  });

  it('reads again what is to be paid though every list is gone', async () => {
    const at = house();
    at.sold(unpaid(saleSold('1', ['d1'])));
    await stored(at, ['1']);
    await at.run(reconcile, connected());
    at.sold(saleSold('1', ['d1']));
    at.market.onCall = (call) => {
      if (call.startsWith('salePage'))
        throw new MarketplaceFault({ reason: 'feature-unknown', outcome: 'answered', operation: 'list' });
    };
    await at.run(reconcile, connected({ checkAskedAtMillis: plus(NOW, 1) }));
    expect(at.orders.rows.get('order:1')?.content?.state).toBe('paid');
  });

  it('brings in again what the index has and the restored orders lack, also over several runs', async () => {
    const at = house();
    const ids = Array.from({ length: 60 }, (_, index) => `${index + 1}`);
    const sold = (id: string) => saleSold(id, [`d${id}`], { hoursAgo: 24 * 20 - 6 * Number(id) });
    at.sold(...ids.map((id) => unpaid(sold(id))));
    const old = connected({ connectedAtMillis: plus(NOW, -30 * DAY) });
    await at.run(reconcile, old);
    const before = structuredClone(
      [...at.orders.rows].filter(([id]) => Number(id.slice('order:'.length)) <= 30),
    );
    at.sold(...ids.map(sold));
    await at.run(reconcile, old);
    expect(at.live()).toHaveLength(60);
    at.orders.rows.clear();
    for (const [id, row] of before) at.orders.rows.set(id, row);
    for (let runs = 0; runs < 30; runs += 1) {
      let steps = 0;
      const outOfTime = () => {
        steps += 1;
        return steps > 4;
      };
      if ((await at.run(reconcile, old, { outOfTime })).done?.outcome === 'done') break;
    }
    const paid = [...at.orders.rows.values()].filter(({ content }) => content?.state === 'paid');
    expect(paid.map(({ orderId }) => orderId).sort()).toEqual(ids.map((id) => `order:${id}`).sort());
    await at.run(reconcile, old);
    expect(at.reads()).toBe(0);
  });

  it('tells the feed of a row that a killed check has left, also where the index was restored to before it', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']));
    at.orders.onWrite = (what) => {
      if (what.startsWith('feed')) throw new Error('killed');
    };
    await expect(at.run(reconcile, connected())).rejects.toThrow('killed');
    at.orders.onWrite = () => undefined;
    at.listed.written.clear();
    at.listed.readings.clear();
    await at.run(reconcile, connected());
    expect(at.orders.feed.map(({ orderId }) => orderId)).toEqual(['order:1']);
  });

  it('asks for the rows of a hundred orders at most where nothing was restored', async () => {
    const at = house();
    at.sold(...Array.from({ length: 300 }, (_, index) => saleSold(`${index + 1}`, [`d${index}`])));
    await at.run(reconcile, connected());
    const asked: number[] = [];
    const { readMany } = at.orders;
    at.orders.readMany = async (accountId, orderIds) => {
      asked.push(orderIds.length);
      return await readMany(accountId, orderIds);
    };
    await at.run(reconcile, connected());
    expect(asked.filter((count) => count > 0)).toHaveLength(1);
    expect(asked.find((count) => count > 0)).toBeLessThanOrEqual(100);
  });

  it('does not count what the journal may still tell', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1'], { hoursAgo: 0.1 }), saleSold('2', ['d2'], { hoursAgo: 0.2 }));
    const { done } = await at.run(reconcile, connected(), { toldUntil: plus(NOW, -HOUR) });
    expect(at.live()).toEqual(['order:1', 'order:2']);
    expect(done?.facts.check?.lost).toBe(1);
    expect(at.listed.sale('2')?.lost).toBe(true);
  });

  it('names a sale that cannot be read, and tries it again with the next check', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']), saleSold('2', ['d2']));
    const { sales } = at.market.source;
    at.market.source.sales = async (handle, ids, options) => {
      const read = await sales(handle, ids, options);
      return { sales: read.sales.filter(({ id }) => id !== '2'), unreadable: [{ id: '2', why: 'broken' }] };
    };
    await at.run(reconcile, connected());
    expect(at.listed.sale('2')?.kind).toBe('unread');
    expect(at.journal.bad.get('order:2')).toMatchObject({ reason: 'order-unreadable' });
    at.market.source.sales = sales;
    await at.run(reconcile, connected());
    expect(at.live()).toEqual(['order:1', 'order:2']);
  });
});

describe('the lists of a marketplace', () => {
  const refuse = (
    at: ReturnType<typeof house>,
    list: string,
    reason: 'feature-unknown' | 'unknown-answer',
  ) => {
    at.market.onCall = (call) => {
      if (call.startsWith(`salePage ${list}`))
        throw new MarketplaceFault({ reason, outcome: 'answered', operation: 'list' });
    };
  };

  it('give way to the next where there is no such list', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']));
    refuse(at, 'all-sales', 'feature-unknown');
    expect((await at.run(reconcile, connected())).done?.facts.check).toMatchObject({
      list: 'filled-sales',
      lost: 1,
    });
  });

  it('are put off for an hour when they are in trouble, and the run goes on', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']));
    refuse(at, 'all-sales', 'unknown-answer');
    expect((await at.run(reconcile, connected())).done).toMatchObject({ outcome: 'done', facts: {} });
    expect((await at.run(reconcile, connected())).done).toBeUndefined();
    at.market.onCall = () => undefined;
    at.at(plus(NOW, HOUR));
    expect((await at.run(reconcile, connected())).done?.facts.check?.list).toBe('all-sales');
  });

  it.each([DAY, 3 * HOUR, 10 * MINUTE])(
    'are not put off by trouble that a clock met which was %d ms ahead',
    async (ahead) => {
      const at = house();
      at.sold(saleSold('1', ['d1']));
      refuse(at, 'all-sales', 'unknown-answer');
      at.at(plus(NOW, ahead));
      await at.run(reconcile, connected());
      at.market.onCall = () => undefined;
      at.at(plus(NOW, MINUTE));
      expect((await at.run(reconcile, connected())).done?.facts.check?.list).toBe('all-sales');
      expect(at.live()).toEqual(['order:1']);
    },
  );

  /** Lets lists name nothing, whatever the shop holds. */
  const silence = (at: ReturnType<typeof house>, ...lists: readonly string[]) => {
    const { salePage } = at.market.marketplace.lists;
    at.market.marketplace.lists.salePage = async (handle, query, options) =>
      lists.includes(query.list) ? { saleIds: [], share: 1 } : await salePage(handle, query, options);
  };
  const ALL = ['all-sales', 'filled-sales', 'sales-by-offer'];

  it('are not believed when they name nothing although sales are known', async () => {
    const at = house();
    at.sold(saleSold('1', ['d1']), saleSold('2', ['d2']));
    await stored(at, ['1']);
    silence(at, 'all-sales');
    const { done } = await at.run(reconcile, connected(), { goodSaleId: '1' });
    expect(done?.facts.check).toMatchObject({ list: 'filled-sales', blind: ['all-sales'], lost: 1 });
    expect(at.live()).toEqual(['order:1', 'order:2']);
    // A sale that a list named in an earlier check is known too, and all lists can be empty wrongly.
    silence(at, ...ALL);
    const asked = connected({ checkAskedAtMillis: plus(NOW, 1) });
    const blind = await at.run(reconcile, asked);
    expect(blind.done?.facts.check).toMatchObject({ list: undefined, blind: ALL });
  });

  it('are believed when they name nothing and no known sale should be on them', async () => {
    const at = house();
    silence(at, ...ALL);
    expect((await at.run(reconcile, connected())).done?.facts.check).toMatchObject({ list: 'all-sales' });
    const old = house();
    old.sold(saleSold('1', ['d1'], { hoursAgo: 24 * 40 }));
    await stored(old, ['1']);
    silence(old, ...ALL);
    const { done } = await old.run(reconcile, connected(), { goodSaleId: '1' });
    expect(done?.facts.check).toMatchObject({ list: 'all-sales' });
    expect(done?.facts.check).not.toHaveProperty('blind');
  });

  it('are not asked for again on a day on which none of them exists', async () => {
    const at = house();
    refuse(at, '', 'feature-unknown');
    const { done } = await at.run(reconcile, connected());
    expect(done?.facts.check).toMatchObject({ list: undefined, lost: 0 });
  });
});

describe('when a check is due', () => {
  const zone = { timeZone: 'Europe/Warsaw' };
  const noon = epochMillis(Date.parse('2026-11-22T12:00:00+01:00'));
  const due = (of: Account, hoursLater: number) =>
    isCheckDue(of, { ...zone, now: plus(noon, hoursLater * HOUR) });

  it('is in the first hours of every day', () => {
    const one = connected({ connectedAtMillis: noon, check: undefined });
    expect(due(one, 11)).toBe(false);
    expect(due(one, 12)).toBe(false);
    expect(due(one, 17)).toBe(true);
  });

  it('is when somebody asks, and never before the first connect', () => {
    const first = { connectedAtMillis: noon, check: undefined };
    const asked = connected({ ...first, checkAskedAtMillis: plus(noon, MINUTE) });
    expect(due(asked, 1)).toBe(true);
    const never = { connectedAtMillis: undefined, check: undefined };
    expect(due(connected({ ...never, checkAskedAtMillis: noon }), 40)).toBe(false);
  });
});

describe('a worker that is killed', () => {
  const fates = fc.constantFrom(
    'known',
    'lost',
    'unpaid',
    'untold-payment',
    'earlier',
    'surcharge',
    'cancelled',
    'lost-of-known-purchase',
    'untold-end',
  );

  it('leaves a check to the next, which ends as if nothing had happened, and counts each loss once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fates, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
        async (lives, kills) => {
          const at = house();
          const expected: string[] = [];
          const loss = { lost: 0, untold: 0 };
          for (const [index, fate] of lives.entries()) {
            const [id, purchase] = [`${index + 1}`, `d${index}`];
            const sale = saleSold(id, [purchase], fate === 'earlier' ? { hoursAgo: 24 * 25 } : {});
            at.sold(fate === 'untold-payment' || fate === 'unpaid' ? unpaid(sale) : sale);
            if (fate === 'known' || fate === 'unpaid' || fate === 'untold-payment') await stored(at, [id]);
            if (fate === 'lost-of-known-purchase') {
              const bought = { purchaseId: purchase, offerId: '8000000001', buyerId: '77', quantity: 1 };
              await processOrders(at.deps(), { saleIds: [], purchases: [bought] }, emptyTally());
            }
            if (fate.startsWith('lost')) loss.lost += 1;
            if (fate === 'untold-end') {
              loss.untold += 1;
              at.sold(unpaid(sale));
              await stored(at, [id]);
              at.market.event('purchased', purchase);
              at.sold(cancelledSince(sale, 48));
              expected.push(`purchase:${purchase}`);
              continue;
            }
            if (fate === 'untold-payment') {
              loss.untold += 1;
              at.sold(sale);
            }
            if (fate === 'surcharge') at.sold(surcharge(id));
            if (fate === 'cancelled') {
              loss.lost += 1;
              at.market.event('purchased', purchase);
              at.sold(cancelledSince(sale, 48));
              expected.push(`purchase:${purchase}`);
            } else if (fate !== 'surcharge' && fate !== 'earlier') expected.push(`order:${id}`);
          }
          await checkWithKills(at, kills);
          const { done } = await at.run(reconcile, connected());
          expect(at.live()).toEqual(expected.sort());
          expect(done?.facts.check).toMatchObject(loss);
          expect(untold(at.orders)).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('goes on where time ran out', async () => {
    const at = house();
    const sales = Array.from({ length: 120 }, (_, index) => saleSold(`${index + 1}`, [`d${index}`]));
    at.sold(...sales);
    let runs = 0;
    for (; runs < 100; runs += 1) {
      let steps = 0;
      const outOfTime = () => {
        steps += 1;
        return steps > 6;
      };
      const { done } = await at.run(reconcile, connected(), { outOfTime });
      if (done?.outcome === 'done') break;
      expect(done?.moved).toBe(true);
    }
    expect(runs).toBeGreaterThan(1);
    expect(runs).toBeLessThan(20);
    expect(at.live()).toHaveLength(120);
  });
});

async function checkWithKills(at: ReturnType<typeof house>, kills: readonly number[]): Promise<void> {
  for (const kill of kills) {
    let writes = 0;
    const crash = () => {
      writes += 1;
      if (writes > kill) throw new Error('killed');
    };
    at.orders.onWrite = crash;
    at.listed.onWrite = crash;
    await at.run(reconcile, connected()).catch((error: unknown) => {
      if (!(error instanceof Error) || error.message !== 'killed') throw error;
    });
  }
  at.orders.onWrite = () => undefined;
  at.listed.onWrite = () => undefined;
}
