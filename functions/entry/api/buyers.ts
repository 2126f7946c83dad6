import { accountParts } from '../../adapters/accounts.ts';
import { erasureStore } from '../../adapters/erasures.ts';
import { orderReader } from '../../adapters/orders.ts';
import { workQueue } from '../../adapters/queue.ts';
import type { BUYERS } from '../../contract/buyers.ts';
import { existing } from '../../core/admin/accounts.ts';
import { requestErasure } from '../../core/admin/erase-buyer.ts';
import { clock, newShortId } from '../basics.ts';
import { correlationId } from '../correlation.ts';
import type { Routes } from '../serve.ts';
import { setting } from '../settings.ts';
import { processDynamo } from '../store.ts';

/** The route that has a buyer's data erased, wired to the real stores. */
export function buyerApi(): Routes<typeof BUYERS> {
  const dynamo = processDynamo();
  const accounts = accountParts({ dynamo, table: setting('ACCOUNTS_TABLE') }, ['accountId', 'phase']);
  const orders = orderReader({ dynamo, table: setting('ORDERS_TABLE') });
  const erasures = erasureStore({ dynamo, table: setting('REGISTRY_TABLE') });
  const queue = workQueue(setting('WORK_QUEUE_URL'), correlationId);
  return {
    async 'buyers.erase'({ params, body }) {
      const { accountId } = await existing({ accounts }, params.accountId);
      await requestErasure({ orders, erasures, queue, clock, newId: newShortId }, { accountId, ...body });
      return { status: 202, body: { accountId, state: 'erasing' } };
    },
  };
}
