import { accountParts } from '../adapters/accounts.ts';
import { eventBus } from '../adapters/bus.ts';
import { clientStore } from '../adapters/clients.ts';
import { feedReader } from '../adapters/feed-pages.ts';
import { orderRows } from '../adapters/orders.ts';
import { sendQueue } from '../adapters/queue.ts';
import { createVault } from '../adapters/secrets.ts';
import { sendingStore } from '../adapters/sending.ts';
import { webhookDoor } from '../adapters/webhook-door.ts';
import { webhookSecrets, webhookStore } from '../adapters/webhooks.ts';
import type { SendDeps } from '../core/delivery/send.ts';
import { clock, newId, random } from './basics.ts';
import { correlationId } from './correlation.ts';
import { changeView } from './feed-views.ts';
import { createLog } from './log.ts';
import { setting, vaultSettings, webhookTestHosts } from './settings.ts';
import { processDynamo } from './store.ts';

/** The dependencies of `send`, wired once per process. */
export function sendDeps(): Omit<SendDeps, 'outOfTime'> {
  const dynamo = processDynamo();
  const sending = { dynamo, table: setting('SENDING_TABLE') };
  return {
    accounts: accountParts({ dynamo, table: setting('ACCOUNTS_TABLE') }, [
      'accountId',
      'phase',
      'marketplaceId',
    ]),
    webhooks: webhookStore(sending),
    clients: clientStore({ dynamo, table: setting('REGISTRY_TABLE') }),
    store: sendingStore(sending),
    feed: feedReader({ dynamo, table: setting('FEED_TABLE') }),
    orders: orderRows({ dynamo, orders: setting('ORDERS_TABLE') }),
    secrets: webhookSecrets(createVault(vaultSettings())),
    door: webhookDoor({ testHosts: webhookTestHosts() }),
    bus: eventBus(setting('EVENT_BUS_NAME')),
    sendQueue: sendQueue(setting('SEND_QUEUE_URL'), correlationId),
    viewOf: changeView,
    log: createLog(),
    clock,
    newId,
    random,
  };
}
