import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { DAY, plus } from '../../../../functions/core/base/time.ts';
import { runImport } from '../../../../functions/core/reconcile/imports.ts';
import { NOTHING_COUNTED } from '../../../../functions/core/reconcile/read-lists.ts';
import { reconcile } from '../../../../functions/core/reconcile/reconcile.ts';
import { NOW } from '../../../support/accounts.ts';
import { untold } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { connected, house, saleSold, unpaid } from './listing-kit.ts';

/* Sales of lists are stored in batches of a hundred, whose progress is kept however slow the marketplace is. */

/** Sales 1 to `count`; each of those in `naming` names a further order as its surcharge. */
function shopOf(count: number, { naming = 0, daysAgo = 15 }: { naming?: number; daysAgo?: number } = {}) {
  const at = house();
  const hoursAgo = 24 * daysAgo;
  const ids = Array.from({ length: count }, (_, index) => `${index + 1}`);
  for (const [index, id] of ids.entries()) {
    const surchargeIds = index < naming ? [`9${id.padStart(4, '0')}`] : [];
    at.sold(unpaid(saleSold(id, [`d${id}`], { hoursAgo, surchargeIds })));
    for (const named of surchargeIds) at.sold(unpaid(saleSold(named, [`e${id}`], { hoursAgo })));
  }
  const { lists } = at.market.marketplace;
  const salePage = async () => ({ saleIds: ids, share: 1 });
  const marketplace = { ...at.market.marketplace, lists: { ...lists, salePage } };
  at.listed.readings.set('i1', {
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
  });
  const bringIn = (changes: object = {}) =>
    at.run(runImport, connected({ importing: 'i1' }), { marketplace, ...changes });
  const check = (changes: object = {}) =>
    at.run(reconcile, connected({ check: undefined }), { marketplace, ...changes });
  const calls = () => at.market.calls.filter((call) => call.startsWith('sales '));
  return {
    ...at,
    bringIn,
    check,
    calls,
    listing: () => at.listed.readings.get('i1'),
    /** A run that has time for so many calls for sales. */
    timeFor: (most: number) => () => calls().length >= most,
    unpaid: () => [...at.orders.rows.values()].filter(({ content }) => content?.state === 'awaiting-payment'),
    /** Has all sales paid, which no event tells. */
    pay: () =>
      at.sold(
        ...[...at.market.sales.values()].map(({ payment: { ...payment }, ...sale }) => ({
          ...sale,
          payment: { ...payment, status: 'finished' as const },
        })),
      ),
  };
}

describe('sales of lists', () => {
  it('cost one batch of rows for each hundred, and one reading of their rows', async () => {
    const at = shopOf(200);
    const [rows, pages] = [vi.spyOn(at.orders, 'readMany'), vi.spyOn(at.orders, 'putPage')];
    const listings = vi.spyOn(at.listed, 'putListing');
    await at.bringIn();
    expect(at.live()).toHaveLength(200);
    expect(at.calls()).toEqual(Array.from({ length: 8 }, () => 'sales 25'));
    const read = rows.mock.calls.flatMap(([, orderIds]) => orderIds);
    expect(read.filter((orderId) => orderId.startsWith('order:'))).toHaveLength(200);
    // The rows of the page are read once, and those of purchases twice for each batch.
    expect(rows.mock.calls.filter(([, orderIds]) => orderIds.length > 0)).toHaveLength(1 + 2 * 2);
    expect(pages).toHaveBeenCalledTimes(2);
    // Each batch before it is stored, the page, and the end.
    expect(listings).toHaveBeenCalledTimes(2 + 2);
  });

  it.each([1, 2, 3, 4, 5])(
    'are brought in where a run has time for few calls (%i), also those that others name, each counted and read once',
    async (calls) => {
      const at = shopOf(130, { naming: 60 });
      let [runs, read] = [0, 0];
      for (let outcome: string | undefined; outcome !== 'done'; runs += 1) {
        if (runs > 30) throw new Error('the import does not come to an end');
        outcome = (await at.bringIn({ outOfTime: at.timeFor(calls) })).done?.outcome;
        read += at.reads();
      }
      expect(at.live()).toHaveLength(190);
      expect(at.listing()).toMatchObject({ state: 'done', counts: { named: 130, imported: 190, unread: 0 } });
      expect(at.listing()?.left).toBeUndefined();
      // A worker that is interrupted reads the sales again that it was storing last, as after a kill.
      expect(read).toBeLessThanOrEqual(190 + runs * 100);
      expect(runs).toBeLessThanOrEqual(Math.ceil(24 / calls));
    },
  );

  it.each([1, 2, 4])('are checked again where a run has time for few calls (%i)', async (calls) => {
    const at = shopOf(130, { naming: 60, daysAgo: 5 });
    await at.check();
    expect(at.live()).toHaveLength(190);
    expect(at.unpaid()).toHaveLength(190);
    at.pay();
    let runs = 0;
    for (let outcome: string | undefined; outcome !== 'done'; runs += 1) {
      if (runs > 30) throw new Error('the check does not come to an end');
      outcome = (await at.check({ outOfTime: at.timeFor(calls) })).done?.outcome;
    }
    expect(at.unpaid()).toEqual([]);
    expect(runs).toBeLessThanOrEqual(Math.ceil(16 / calls));
  });

  it('are all brought in, each counted once, by workers that are killed or run out of time', async () => {
    const worker = fc.oneof(
      fc.record({ killedAtWrite: fc.integer({ min: 1, max: 120 }) }),
      fc.record({ calls: fc.integer({ min: 1, max: 6 }) }),
    );
    const sizes = fc.record({ count: fc.integer({ min: 1, max: 130 }), naming: fc.nat({ max: 40 }) });
    await fc.assert(
      fc.asyncProperty(sizes, fc.array(worker, { maxLength: 8 }), async ({ count, naming }, workers) => {
        const at = shopOf(count, { naming: Math.min(count, naming) });
        for (const fate of workers) {
          let writes = 0;
          const crash = () => {
            writes += 1;
            if ('killedAtWrite' in fate && writes >= fate.killedAtWrite) throw new Error('killed');
          };
          at.orders.onWrite = crash;
          at.listed.onWrite = crash;
          const outOfTime = 'calls' in fate ? at.timeFor(fate.calls) : () => false;
          await at.bringIn({ outOfTime }).catch((error: unknown) => expect(String(error)).toMatch(/killed/));
        }
        at.orders.onWrite = () => undefined;
        at.listed.onWrite = () => undefined;
        await at.bringIn();
        const imported = count + Math.min(count, naming);
        expect(at.live()).toHaveLength(imported);
        expect(at.listing()).toMatchObject({ state: 'done', counts: { named: count, imported, unread: 0 } });
        expect(untold(at.orders)).toEqual([]);
      }),
      { numRuns: runs(30, 1_000) },
    );
  });
});
