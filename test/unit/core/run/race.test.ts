import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTally, settle } from '../../../../functions/core/ingest/settle.ts';
import { drain } from '../../../../functions/core/journal/drain.ts';
import { isLive } from '../../../../functions/core/orders/order.ts';
import { settleForSure } from '../../../../functions/core/run/repair.ts';
import { cancelled, formOf } from '../../../support/forms.ts';
import { liveOrders, memoryOrders } from '../../../support/memory-orders.ts';
import { runs } from '../../../support/runs.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

/** A form that holds d1 and is stored as paid. */
async function paidForm() {
  const market = shop();
  const orders = memoryOrders();
  market.event('deal-created', 'd1');
  market.forms.set('f1', formOf('f1', ['d1']));
  market.event('payment-finished', 'd1', 'f1');
  const { cursor } = await drain(drainDeps({ shop: market, orders }), '0');
  return { market, orders, cursor };
}

describe('a writer without a claim', () => {
  it('does not close a deal for a form that somebody else has found cancelled meanwhile', async () => {
    const market = shop();
    const orders = memoryOrders();
    market.event('deal-created', 'd1');
    const { cursor } = await drain(drainDeps({ shop: market, orders }), '0');
    market.forms.set('f1', formOf('f1', ['d1']));
    let isFirst = true;
    const overtaken: typeof orders = {
      ...orders,
      async put(accountId, row, ifRevision) {
        if (row.orderId === 'deal:d1' && isFirst) {
          // Between the writes of the form's row and its deal, the run reads the form as cancelled and
          // releases its deal.
          isFirst = false;
          market.forms.set('f1', cancelled(formOf('f1', ['d1'])));
          market.event('form-cancelled', 'd1', 'f1');
          await drain(drainDeps({ shop: market, orders }), cursor);
        }
        return orders.put(accountId, row, ifRevision);
      },
    };
    const repair = drainDeps({ shop: market, orders: overtaken });
    await settle(repair, { formIds: ['f1'], deals: [] }, emptyTally());
    expect(orders.rows.get('form:f1')?.content?.state).toBe('form-cancelled');
    expect(orders.rows.get('deal:d1')?.content?.state).toBe('awaiting-form');
  });

  it('does not open the deal of a form that somebody else has found live again meanwhile', async () => {
    // The first write of the repair stores the form as cancelled.
    for (let write = 1; write < 6; write += 1) {
      const { market, orders, cursor } = await paidForm();
      market.forms.set('f1', cancelled(formOf('f1', ['d1'])));
      let writes = 0;
      const overtaken: typeof orders = {
        ...orders,
        async put(accountId, row, ifRevision) {
          if (writes === write) {
            // The repair has read the form as cancelled; before this write the run reads it as live again.
            writes += 1;
            market.forms.set('f1', formOf('f1', ['d1']));
            market.event('payment-finished', 'd1', 'f1');
            await drain(drainDeps({ shop: market, orders }), cursor);
          } else writes += 1;
          return orders.put(accountId, row, ifRevision);
        },
      };
      await settle(
        drainDeps({ shop: market, orders: overtaken }),
        { formIds: ['f1'], deals: [] },
        emptyTally(),
      );
      if (writes > write) expect(liveOrders(orders)).toEqual({ 'form:f1': 'paid' });
      else expect(liveOrders(orders)).toEqual({ 'deal:d1': 'awaiting-form' });
    }
  });

  it('leaves nothing that is older than what a run has found meanwhile and had no cause to write', async () => {
    const { market, orders, cursor } = await paidForm();
    market.forms.set('f1', cancelled(formOf('f1', ['d1'])));
    let isFirst = true;
    const overtaken: typeof orders = {
      ...orders,
      async put(accountId, row, ifRevision) {
        if (isFirst) {
          // The repair has read the form as cancelled; the run reads it as the row has it.
          isFirst = false;
          market.forms.set('f1', formOf('f1', ['d1']));
          market.event('payment-finished', 'd1', 'f1');
          await drain(drainDeps({ shop: market, orders }), cursor);
        }
        return orders.put(accountId, row, ifRevision);
      },
    };
    await settleForSure(drainDeps({ shop: market, orders: overtaken }), { formIds: ['f1'], deals: [] });
    expect(liveOrders(orders)).toEqual({ 'form:f1': 'paid' });
  });

  it.each([
    ['cancelled', 'live'],
    ['live', 'cancelled'],
  ] as const)(
    'that stores a form as %s is noticed by a run that found it %s, as its row had been',
    async (meanwhile, atLast) => {
      const formAs = {
        live: formOf('f1', ['d1']),
        cancelled: cancelled(formOf('f1', ['d1'])),
      };
      const { market, orders, cursor } = await paidForm();
      market.forms.set('f1', formAs[atLast]);
      await settleForSure(drainDeps({ shop: market, orders }), { formIds: ['f1'], deals: [] });
      const before = orders.rows.get('form:f1')?.content;
      market.forms.set('f1', formAs[meanwhile]);
      market.event('form-created', 'd1', 'f1');
      let isFirst = true;
      const overtaken: typeof orders = {
        ...orders,
        async readMany(accountId, orderIds) {
          const rows = await orders.readMany(accountId, orderIds);
          if (isFirst && orderIds.includes('form:f1')) {
            isFirst = false;
            await settleForSure(drainDeps({ shop: market, orders }), { formIds: ['f1'], deals: [] });
            market.forms.set('f1', formAs[atLast]);
          }
          return rows;
        },
      };
      await drain(drainDeps({ shop: market, orders: overtaken }), cursor);
      expect(orders.rows.get('form:f1')?.content).toEqual(before);
    },
  );

  it('ends in the form as it is, however it takes turns with runs that read each change', async () => {
    const readings = [formOf('f1', ['d1', 'd2']), formOf('f1', ['d1']), cancelled(formOf('f1', ['d1']))];
    const picks = fc.array(fc.constantFrom(...readings), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), picks, async (scheduler, changes) => {
        const { market, orders, cursor: from } = await paidForm();
        market.event('deal-created', 'd2');
        const { forms } = market.source;
        market.source.forms = scheduler.scheduleFunction(forms);
        const slow: typeof orders = {
          ...orders,
          readMany: scheduler.scheduleFunction(orders.readMany.bind(orders)),
          put: scheduler.scheduleFunction(orders.put.bind(orders)),
        };
        const runs = async () => {
          let cursor = from;
          for (const form of changes) {
            market.forms.set('f1', form);
            market.event('payment-finished', 'd1', 'f1');
            ({ cursor } = await drain(drainDeps({ shop: market, orders: slow }), cursor));
          }
        };
        const repair = () =>
          settleForSure(drainDeps({ shop: market, orders: slow }), { formIds: ['f1'], deals: [] });
        await scheduler.waitFor(Promise.all([runs(), repair()]));
        const state = market.forms.get('f1')?.cancelledAt === undefined ? 'paid' : 'form-cancelled';
        expect(orders.rows.get('form:f1')?.content?.state).toBe(state);
        const held = changes.at(-1)?.lines.flatMap(({ deals }) => deals.map(({ dealId }) => dealId));
        expect(orders.rows.get('form:f1')?.content?.replaces).toEqual(held);
      }),
      { numRuns: runs(100, 2_000) },
    );
  });

  it('ends with each deal in exactly one live order, however two of them take turns', async () => {
    const readings = [
      formOf('f1', ['d1', 'd2']),
      formOf('f1', ['d1']),
      cancelled(formOf('f1', ['d1', 'd2'])),
      formOf('f1', ['d1', 'd2', 'd3']),
    ];
    const picks = fc.array(fc.nat({ max: readings.length - 1 }), { minLength: 3, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), picks, async (scheduler, order) => {
        const { market, orders } = await paidForm();
        for (const dealId of ['d2', 'd3']) market.event('deal-created', dealId);
        let asked = 0;
        const { forms } = market.source;
        // Readings change from call to call, and the last one stays.
        market.source.forms = async (handle, ids, options) => {
          const reading = readings[order[Math.min(asked, order.length - 1)] ?? 0];
          asked += 1;
          if (ids.includes('f1') && reading !== undefined) market.forms.set('f1', reading);
          return forms(handle, ids, options);
        };
        const slow: typeof orders = {
          ...orders,
          readMany: scheduler.scheduleFunction(orders.readMany.bind(orders)),
          put: scheduler.scheduleFunction(orders.put.bind(orders)),
        };
        const writer = () =>
          settle(drainDeps({ shop: market, orders: slow }), { formIds: ['f1'], deals: [] }, emptyTally());
        await scheduler.waitFor(Promise.all([writer(), writer()]));
        const rows = [...orders.rows.values()].filter(({ content }) => content && isLive(content.state));
        const held = rows.flatMap(({ orderId, content }) =>
          orderId.startsWith('deal:') ? [orderId.slice(5)] : (content?.replaces ?? []),
        );
        expect(new Set(held).size).toBe(held.length);
        const known = [...orders.rows.keys()].filter((orderId) => orderId.startsWith('deal:'));
        expect(held.toSorted()).toEqual(known.map((orderId) => orderId.slice(5)).sort());
      }),
      { numRuns: runs(70, 1_000) },
    );
  });
});
