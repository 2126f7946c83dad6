import { readAccount } from '../../adapters/accounts.ts';
import { journalStore, listFailedOrders } from '../../adapters/journal.ts';
import { orderReader } from '../../adapters/orders.ts';
import { workQueue } from '../../adapters/queue.ts';
import { readKey } from '../../adapters/registry.ts';
import type { SYNC } from '../../contract/accounts.ts';
import { existing } from '../../core/admin/accounts.ts';
import { unknownOrder, unnamedOrder } from '../../core/base/problem.ts';
import type { EpochMillis } from '../../core/base/time.ts';
import { parseOrderId } from '../../core/orders/order.ts';
import { isBlank } from '../../core/orders/store.ts';
import { freshnessOf } from '../../core/run/freshness.ts';
import { dismiss, targetOf } from '../../core/run/repair.ts';
import { clock, sleep } from '../basics.ts';
import { correlationId } from '../correlation.ts';
import { patience } from '../patience.ts';
import type { Routes } from '../serve.ts';
import { pollIntervalSettings, setting } from '../settings.ts';
import { processDynamo } from '../store.ts';
import { syncView } from '../sync-view.ts';

/** The routes about the freshness of orders, with the real stores. */
export function syncApi(): Omit<Routes<typeof SYNC>, 'sync.start'> {
  const dynamo = processDynamo();
  const accounts = { read: (id: string) => readAccount({ dynamo, table: setting('ACCOUNTS_TABLE') }, id) };
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const journal = { dynamo, table: setting('JOURNAL_TABLE') };
  const orders = orderReader({ dynamo, table: setting('ORDERS_TABLE') });
  const queue = workQueue(setting('WORK_QUEUE_URL'), correlationId);
  const pollInterval = pollIntervalSettings();
  /** Whether the marketplace answered that it does not know the order; false too while there is no answer. */
  const isUnnamed = async ({
    accountId,
    orderId,
    askedAtMillis,
  }: {
    accountId: string;
    orderId: string;
    askedAtMillis: EpochMillis;
  }) => {
    const { untilMillis, lookEveryMillis } = patience();
    while (clock() < untilMillis) {
      const repaired = (await existing({ accounts }, accountId)).lastRepair;
      if (repaired?.orderId === orderId && repaired.askedAtMillis === askedAtMillis)
        return repaired.outcome === 'unnamed';
      await sleep(lookEveryMillis);
    }
    return false;
  };
  return {
    async 'sync.show'({ params }) {
      const account = await existing({ accounts }, params.accountId);
      const now = clock();
      const key = await readKey(registry, account.integrationKeyId);
      const freshness = freshnessOf(account, { shared: key?.trouble, now, pollInterval });
      const bad = (account.failedOrders ?? 0) > 0 ? await listFailedOrders(journal, account.accountId) : [];
      return { status: 200, body: syncView(account, { freshness, bad, now }) };
    },

    async 'orders.repair'({ params: { accountId, orderId: id } }) {
      const orderId = parseOrderId(id)?.orderId;
      if (orderId === undefined) throw unknownOrder();
      await existing({ accounts }, accountId);
      const found = await orders.read(accountId, orderId);
      const row = found === undefined || isBlank(found) ? undefined : found;
      const bad = (await listFailedOrders(journal, accountId)).find((one) => one.orderId === orderId);
      if (targetOf(orderId, { row, bad }) === undefined) throw unknownOrder();
      const askedAtMillis = clock();
      await queue.send({ accountId, slotMillis: askedAtMillis, why: 'repair', orderId });
      const isNew = row === undefined && bad === undefined;
      if (isNew && (await isUnnamed({ accountId, orderId, askedAtMillis }))) throw unnamedOrder();
      return { status: 202, body: { accountId, orderId, state: 'repairing' } };
    },

    async 'orders.dismiss'({ params: { accountId, orderId } }) {
      await existing({ accounts }, accountId);
      await dismiss(journalStore(journal, clock), { accountId, orderId });
      return { status: 200, body: { accountId, orderId, state: 'dismissed' } };
    },
  };
}
