import * as z from 'zod/mini';
import { readAccount } from '../../adapters/accounts.ts';
import { createDynamo } from '../../adapters/dynamo.ts';
import { listBadOrders } from '../../adapters/journal.ts';
import { orderReader } from '../../adapters/orders.ts';
import { workQueue } from '../../adapters/queue.ts';
import { readKey } from '../../adapters/registry.ts';
import { existing } from '../../core/accounts.ts';
import type { OrderId } from '../../core/order.ts';
import { unknownOrder } from '../../core/problems.ts';
import { targetOf } from '../../core/sync/repair.ts';
import { standingOf } from '../../core/sync/standing.ts';
import { clock } from '../basics.ts';
import type { Route } from '../http.ts';
import { parse } from '../input.ts';
import { rhythmSettings, setting } from '../settings.ts';
import { syncView } from '../sync-view.ts';

const RepairParams = z.object({
  accountId: z.string(),
  orderId: z.string().check(z.regex(/^(form|deal):\d{1,19}$/)),
});

/** The routes about how fresh the orders of an account are, wired to the real stores. */
export function syncApi(): Readonly<Record<'standing' | 'repair', Route>> {
  const dynamo = createDynamo();
  const accounts = { read: (id: string) => readAccount({ dynamo, table: setting('ACCOUNTS_TABLE') }, id) };
  const registry = { dynamo, table: setting('REGISTRY_TABLE') };
  const journal = { dynamo, table: setting('JOURNAL_TABLE') };
  const orders = orderReader({ dynamo, table: setting('ORDERS_TABLE') });
  const queue = workQueue(setting('WORK_QUEUE_URL'));
  const rhythm = rhythmSettings();
  return {
    async standing({ params }) {
      const account = await existing({ accounts }, params.accountId ?? '');
      const now = clock();
      const key = await readKey(registry, account.webapiKeyId);
      const standing = standingOf(account, { shared: key?.trouble, now, rhythm });
      const bad = (account.badOrders ?? 0) > 0 ? await listBadOrders(journal, account.accountId) : [];
      return { status: 200, body: syncView(account, { standing, bad, now }) };
    },

    async repair({ params }) {
      const { accountId, orderId: id } = parse(RepairParams, params);
      const orderId = id as OrderId;
      await existing({ accounts }, accountId);
      const row = await orders.read(accountId, orderId);
      const bad = (await listBadOrders(journal, accountId)).find((one) => one.orderId === orderId);
      if (targetOf(orderId, { row, bad }) === undefined) throw unknownOrder();
      await queue.send({ accountId, slotMillis: clock(), why: 'repair', orderId });
      return { status: 202, body: { accountId, orderId, state: 'repairing' } };
    },
  };
}
