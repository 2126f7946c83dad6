import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, plus, toIso } from '../../../../functions/core/base/time.ts';
import { MarketplaceFault } from '../../../../functions/core/faults/fault.ts';
import { emptyTally, processOrders } from '../../../../functions/core/ingest/process-orders.ts';
import type { SaleLists } from '../../../../functions/core/marketplace/lists.ts';
import type { Sale } from '../../../../functions/core/marketplace/sales.ts';
import { runImport } from '../../../../functions/core/reconcile/imports.ts';
import { listsFor } from '../../../../functions/core/reconcile/lists.ts';
import { NOTHING_COUNTED } from '../../../../functions/core/reconcile/read-lists.ts';
import type { Listing } from '../../../../functions/core/reconcile/store.ts';
import { NOW } from '../../../support/accounts.ts';
import { cancelledSince, connected, house, saleSold, surcharge } from './listing-kit.ts';

const ASKED: Listing = {
  id: 'i1',
  kind: 'import',
  state: 'waiting',
  askedAtMillis: NOW,
  fromMillis: plus(NOW, -20 * DAY),
  toMillis: plus(NOW, -10 * DAY),
  lists: [],
  read: [],
  firstOnly: true,
  share: 0,
  counts: NOTHING_COUNTED,
};

const within = { hoursAgo: 24 * 15 };

function asked(changes: Partial<Listing> = {}) {
  const at = house();
  at.listed.readings.set('i1', { ...ASKED, ...changes });
  const run = (changes: object = {}) => at.run(runImport, connected({ importing: 'i1' }), changes);
  return { ...at, run, listing: () => at.listed.readings.get('i1') };
}

describe('an import', () => {
  it('ends at once and says that it failed if the marketplace has no lists', async () => {
    const at = asked();
    at.sold(saleSold('1', ['d1'], within));
    const { lists: _, ...marketplace } = at.market.marketplace;
    const { done } = await at.run({ marketplace });
    expect(done).toMatchObject({ outcome: 'done', facts: { importing: undefined } });
    expect(at.listing()).toMatchObject({ state: 'failed', finishedAtMillis: NOW });
    expect(at.market.calls).toEqual([]);
  });

  it('brings in the sales of its time, and says how far it has come', async () => {
    const at = asked();
    at.sold(
      saleSold('1', ['d1'], { hoursAgo: 24 * 21 }),
      saleSold('2', ['d2'], { ...within, surchargeIds: ['90'] }),
      saleSold('3', ['d3'], within),
      saleSold('4', ['d4'], { hoursAgo: 24 * 5 }),
      surcharge('90'),
    );
    await processOrders(at.deps(), { saleIds: ['3'], purchases: [] }, emptyTally());
    const { done } = await at.run();
    expect(at.live()).toEqual(['order:2', 'order:3']);
    expect(done).toEqual({ outcome: 'done', facts: { importing: undefined }, moved: true });
    expect(at.listing()).toMatchObject({
      state: 'done',
      read: ['filled-sales'],
      share: 1,
      counts: { named: 5, imported: 1, surcharges: 1, outside: 2, unread: 0 },
      finishedAtMillis: NOW,
    });
    expect(at.listed.sale('2')).not.toHaveProperty('lost');
  });

  it('brings in again what a check has left alone as older than the first connect', async () => {
    const at = asked();
    at.sold(saleSold('2', ['d2'], within));
    await at.deps().listed.putPart('a1', {
      day: '2026-09-06',
      part: 0,
      list: 'all-sales',
      writtenAtMillis: NOW,
      sales: [{ id: '2', kind: 'earlier', day: '2026-09-06' }],
    });
    await at.run();
    expect(at.live()).toEqual(['order:2']);
  });

  it('brings in again what the index knows as stored and the restored orders lack', async () => {
    const at = asked();
    at.sold(...['2', '3', '4'].map((id) => saleSold(id, [`d${id}`], within)));
    await at.run();
    expect(at.live()).toEqual(['order:2', 'order:3', 'order:4']);
    for (const id of ['order:2', 'order:4']) at.orders.rows.delete(id);
    at.listed.readings.set('i1', ASKED);
    await at.run();
    expect(at.live()).toEqual(['order:2', 'order:3', 'order:4']);
    expect(at.listing()).toMatchObject({ state: 'done', counts: { imported: 2 } });
  });

  it('brings in the purchases of its time, however long after it their sales were filled', async () => {
    const at = asked();
    const filledLater = (id: string, daysAgo: number): Sale => {
      const sale = saleSold(id, [`d${id}`], within);
      const iso = toIso(plus(NOW, -daysAgo * DAY));
      return { ...sale, payment: { ...sale.payment, startedAt: { iso, text: iso } } };
    };
    const sales = Array.from({ length: 15 }, (_, day) => filledLater(`${day + 1}`, day));
    at.sold(...sales);
    const salePage: SaleLists['salePage'] = async (_handle, { from, to }) => {
      const filled = ({ payment }: Sale) => Date.parse(payment.startedAt?.iso ?? '') / 1_000;
      const ids = sales.filter((sale) => filled(sale) >= from && filled(sale) <= to).map(({ id }) => id);
      return { saleIds: ids, share: 1 };
    };
    const { lists, ...others } = at.market.marketplace;
    await at.run({ marketplace: { ...others, lists: { ...lists, salePage } } });
    expect(at.live()).toHaveLength(sales.length);
  });

  it('waits an hour for a list in trouble, then takes the next, and fails when there is none', async () => {
    const at = asked();
    at.market.onCall = (call) => {
      if (call.startsWith('salePage'))
        throw new MarketplaceFault({ reason: 'unknown-answer', outcome: 'answered', operation: 'list' });
    };
    const first = await at.run();
    expect(first.done).toMatchObject({ outcome: 'done', facts: {} });
    expect((await at.run()).done).toBeUndefined();
    for (let hour = 1; at.listing()?.state === 'running'; hour += 1) {
      at.at(plus(NOW, hour * HOUR));
      await at.run();
    }
    expect(at.listing()).toMatchObject({ state: 'failed', why: 'unknown-answer' });
    expect(at.market.calls.filter((call) => call.startsWith('salePage'))).toEqual([
      'salePage sales-by-offer',
    ]);
  });

  it('is not put off by trouble that a clock met which was a day ahead', async () => {
    const at = asked();
    at.market.onCall = (call) => {
      if (call.startsWith('salePage'))
        throw new MarketplaceFault({ reason: 'unknown-answer', outcome: 'answered', operation: 'list' });
    };
    at.at(plus(NOW, DAY));
    expect((await at.run()).done).toMatchObject({ outcome: 'done', facts: {} });
    at.market.onCall = () => undefined;
    at.at(NOW);
    await at.run();
    expect(at.listing()).toMatchObject({ state: 'done' });
  });

  it('ends for an account that names one that there is not', async () => {
    const at = house();
    const { done } = await at.run(runImport, connected({ importing: 'gone' }));
    expect(done?.facts).toEqual({ importing: undefined });
    expect((await at.run(runImport, connected())).done).toBeUndefined();
  });

  it('is continued by the next worker after a kill, and counts each sale once', async () => {
    const fates = fc.constantFrom(
      'new',
      'new-of-known-purchase',
      'known',
      'outside',
      'surcharge',
      'cancelled',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fates, { minLength: 1, maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
        async (lives, kills) => {
          const at = asked({ state: 'running', lists: ['all-sales'] });
          const expected: string[] = [];
          let imported = 0;
          for (const [index, fate] of lives.entries()) {
            const [id, purchaseId] = [`${index + 1}`, `d${index}`];
            const sale = saleSold(id, [purchaseId], fate === 'outside' ? { hoursAgo: 24 } : within);
            const purchase = { purchaseId, offerId: '8000000001', buyerId: '77', quantity: 1 };
            if (fate === 'new-of-known-purchase')
              await processOrders(at.deps(), { saleIds: [], purchases: [purchase] }, emptyTally());
            at.sold(fate === 'surcharge' ? surcharge(id) : sale);
            if (fate === 'known')
              await processOrders(at.deps(), { saleIds: [id], purchases: [] }, emptyTally());
            if (fate === 'cancelled') {
              at.market.event('purchased', purchaseId);
              at.sold(cancelledSince(sale, 24 * 14));
            }
            if (fate.startsWith('new') || fate === 'cancelled') imported += 1;
            if (fate === 'cancelled') expected.push(`purchase:${purchaseId}`);
            else if (fate !== 'outside' && fate !== 'surcharge') expected.push(`order:${id}`);
          }
          for (const kill of kills) {
            let writes = 0;
            const crash = () => {
              writes += 1;
              if (writes > kill) throw new Error('killed');
            };
            at.orders.onWrite = crash;
            at.listed.onWrite = crash;
            await at.run().catch((error: unknown) => expect(String(error)).toMatch(/killed/));
          }
          at.orders.onWrite = () => undefined;
          at.listed.onWrite = () => undefined;
          await at.run();
          expect(at.live()).toEqual(expected.sort());
          expect(at.listing()).toMatchObject({ state: 'done', counts: { named: lives.length, imported } });
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('the lists to read for a range of time', () => {
  it('are the one with times, or that of a month, or that and the one by offers', () => {
    expect(listsFor(['all-sales', 'filled-sales', 'sales-by-offer'], { ageMillis: 60 * DAY })).toEqual({
      lists: ['filled-sales', 'all-sales', 'sales-by-offer'],
      firstOnly: true,
    });
    const aukro = ['all-sales', 'sales-by-offer'] as const;
    expect(listsFor(aukro, { ageMillis: 20 * DAY })).toEqual({ lists: aukro, firstOnly: true });
    expect(listsFor(aukro, { ageMillis: 60 * DAY })).toEqual({ lists: aukro, firstOnly: false });
  });
});
