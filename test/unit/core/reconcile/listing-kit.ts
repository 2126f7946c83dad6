import type { Account } from '../../../../functions/core/account/account.ts';
import { DAY, type EpochMillis, HOUR, plus, toIso } from '../../../../functions/core/base/time.ts';
import type { PeriodicTask } from '../../../../functions/core/ingest/periodic-task.ts';
import { emptyTally } from '../../../../functions/core/ingest/process-orders.ts';
import type { MarketplaceTime, Sale } from '../../../../functions/core/marketplace/sales.ts';
import { isLive } from '../../../../functions/core/orders/order.ts';
import type { Lists } from '../../../../functions/core/reconcile/store.ts';
import { account, NOW } from '../../../support/accounts.ts';
import { memoryJournal } from '../../../support/memory-journal.ts';
import { memoryListed } from '../../../support/memory-listed.ts';
import { memoryOrders } from '../../../support/memory-orders.ts';
import { saleOf } from '../../../support/sales.ts';
import { drainDeps, shop } from '../../../support/shop.ts';

/** An account that connected two weeks ago and was checked yesterday. */
export const connected = (changes: Partial<Account> = {}): Account => {
  const check = { atMillis: plus(NOW, -DAY), list: 'all-sales', since: '', lost: 0, untold: 0 } as const;
  return account({ connectedAtMillis: plus(NOW, -14 * DAY), check, ...changes });
};

const timeOf = (at: EpochMillis): MarketplaceTime => ({ iso: toIso(at), text: toIso(at) });

/** A sale that was filled `hoursAgo`, when its purchases were made. */
export function saleSold(
  id: string,
  purchases: readonly string[],
  { hoursAgo = 24 * 5, ...changes }: Partial<Sale> & { hoursAgo?: number } = {},
): Sale {
  const boughtAt = timeOf(plus(NOW, -hoursAgo * HOUR));
  const sale = saleOf(id, purchases);
  const lines = sale.lines.map((line) => ({
    ...line,
    purchases: line.purchases.map((purchase) => ({ ...purchase, boughtAt })),
  }));
  return { ...sale, lines, payment: { ...sale.payment, startedAt: boughtAt }, ...changes };
}

export const cancelledSince = (sale: Sale, hoursAgo: number): Sale => ({
  ...sale,
  cancelledAt: timeOf(plus(NOW, -hoursAgo * HOUR)),
  payment: { ...sale.payment, status: 'cancelled', statusText: 'Anulowana' },
});

export const unpaid = (sale: Sale): Sale => ({
  ...sale,
  payment: { ...sale.payment, status: 'started', statusText: 'Rozpoczęta' },
});

/** An extra payment, which reads like a sale without goods. */
export const surcharge = (id: string): Sale => ({ ...unpaid(saleOf(id, [])), lines: [] });

/** A shop with all that is stored of it; each task runs as in a new worker. */
export function house() {
  const market = shop();
  const orders = memoryOrders();
  const journal = memoryJournal();
  const listed = memoryListed();
  let now = NOW;
  return {
    market,
    orders,
    journal,
    listed,
    at: (later: EpochMillis) => {
      now = later;
    },
    /** Puts sales into the shop. */
    sold(...sales: readonly Sale[]) {
      for (const sale of sales) market.sales.set(sale.id, sale);
    },
    deps: (changes: object = {}) => ({
      ...drainDeps({ shop: market, orders, journal }),
      clock: () => now,
      listed,
      ...changes,
    }),
    async run(task: PeriodicTask<Lists>, of: Account, changes: object = {}) {
      market.calls.length = 0;
      const tally = emptyTally();
      const taskRun = { account: of, cursor: '1', tally, save: async () => undefined, toldUntil: now };
      const done = await task(this.deps(changes), { ...taskRun, ...changes });
      return { done, tally };
    },
    live: () =>
      [...orders.rows.values()]
        .filter(({ content }) => content !== undefined && isLive(content.state))
        .map(({ orderId }) => orderId)
        .sort(),
    /** Number of sales that were read. */
    reads: () =>
      market.calls
        .filter((call) => call.startsWith('sales '))
        .reduce((sum, call) => sum + Number(call.slice(6)), 0),
  };
}
