import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../functions/core/account/account.ts';
import type { Errand } from '../../../../functions/core/account/work-queue.ts';
import { HOUR, MINUTE, plus } from '../../../../functions/core/base/time.ts';
import { orderIdOfSale } from '../../../../functions/core/orders/order.ts';
import { orderOfSale } from '../../../../functions/core/orders/order-of-sale.ts';
import { runAccount } from '../../../../functions/core/run/run.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryAccount } from '../../../support/memory-account.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { claimRows, memoryOrders } from '../../../support/memory-orders.ts';
import { memoryRunDeps } from '../../../support/memory-run.ts';
import { saleOf } from '../../../support/sales.ts';
import { shop } from '../../../support/shop.ts';

const repair: Errand = { accountId: 'a1', slotMillis: NOW, why: 'repair', orderId: orderIdOfSale('f1') };
const resend: Errand = { accountId: 'a1', slotMillis: NOW, why: 'resend', orderIds: [orderIdOfSale('f1')] };

/** An account whose last run was later than what is asked for, and a stored order that has changed since. */
async function scene(changes: Partial<Account> = {}) {
  const due = { lastSlotMillis: plus(NOW, MINUTE), dueAtMillis: plus(NOW, HOUR), cursor: '1' };
  const accounts = memoryAccount(account({ ...due, ...changes }));
  const orders = memoryOrders();
  const market = shop();
  const stored = { orderId: orderIdOfSale('f1'), content: orderOfSale(saleOf('f1', ['d1'])) };
  await (await claimRows(orders, { clock: () => NOW })).write([{ row: undefined, next: stored }]);
  market.sales.set('f1', saleOf('f1', ['d1'], { message: 'new' }));
  const stores = { accounts, orders, journal: memoryJournal() };
  const deps = memoryRunDeps(stores, { marketplace: market.marketplace, clock: () => plus(NOW, 2 * MINUTE) });
  const run = (errand: Errand) => runAccount({ ...deps, outOfTime: () => false }, errand);
  return { accounts, orders, run, facts: due };
}

describe('what somebody asked for', () => {
  it.each([repair, resend])('is carried out under the claim, however late: $why', async (errand) => {
    const { accounts, orders, run, facts } = await scene();
    expect(await run(errand)).toBe('done');
    expect(orders.feed.at(-1)).toMatchObject({ orderId: 'order:f1', number: 2 });
    expect(orders.rows.get('order:f1')?.content?.message).toBe(errand.why === 'repair' ? 'new' : '');
    const { claimToken, batch, ...row } = accounts.row;
    expect([claimToken, batch]).toEqual([undefined, undefined]);
    // The next run comes when it would have come, and goes on where the last one stood.
    expect(row).toMatchObject({ ...facts, fedUntil: 2 });
  });

  it.each([repair, resend])(
    'is to be tried again while another worker holds the claim: $why',
    async (errand) => {
      const { accounts, orders, run } = await scene({
        claimToken: 'w',
        claimUntilMillis: plus(NOW, 3 * MINUTE),
      });
      expect(await run(errand)).toBe('busy');
      expect(orders.feed).toHaveLength(1);
      expect(accounts.row).toMatchObject({ claimToken: 'w' });
    },
  );

  it('ends the batch of a worker that died, also where the account is paused', async () => {
    const { accounts, orders, run } = await scene({
      phase: 'paused',
      batch: { id: 'b', first: 2, orderIds: [orderIdOfSale('f1'), orderIdOfSale('f2')], silentIds: [] },
    });
    const row = orders.rows.get('order:f1');
    if (row !== undefined) orders.rows.set('order:f1', { ...row, revision: 2, batchId: 'b', fedNumber: 2 });
    expect(await run(repair)).toBe('stopped');
    expect(orders.feed.at(-1)).toMatchObject({ orderId: 'order:f1', revision: 2, number: 2 });
    expect(orders.rows.get('order:f2')).toMatchObject({ revision: 1 });
    expect([accounts.row.claimToken, accounts.row.batch]).toEqual([undefined, undefined]);
  });
});
