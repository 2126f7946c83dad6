import type { KeyAdmin } from '../core/access/key-store.ts';
import { type Client, sees, seesOwned } from '../core/account/client.ts';
import type { FollowedAccounts } from '../core/account/store.ts';
import type { SendingStore, WebhookStore } from '../core/delivery/store.ts';

/* Stores as one client sees them: what belongs to others does not exist. A client that is not bound sees all. */

type Accounts = FollowedAccounts;

/** The accounts of a bound client, without a scan of all. */
export const ownAccounts = (accounts: Accounts, client: Client): Accounts => ({
  async list() {
    if (client.accountIds === undefined) return await accounts.list();
    const there = await Promise.all(client.accountIds.map((accountId) => accounts.has(accountId)));
    return client.accountIds.filter((_, index) => there[index]);
  },
  has: async (accountId) => sees(client, accountId) && (await accounts.has(accountId)),
});

/** The webhooks that a client has registered. */
export const ownWebhooks = (webhooks: WebhookStore, client: Client): WebhookStore => ({
  ...webhooks,
  list: async () => (await webhooks.list()).filter(({ clientId }) => seesOwned(client, clientId)),
  async read(webhookId) {
    const webhook = await webhooks.read(webhookId);
    return webhook !== undefined && seesOwned(client, webhook.clientId) ? webhook : undefined;
  },
  async deliveryCursors(webhookId, page) {
    const { deliveryCursors, next } = await webhooks.deliveryCursors(webhookId, page);
    return { deliveryCursors: deliveryCursors.filter(({ accountId }) => sees(client, accountId)), next };
  },
});

type Letters = Pick<SendingStore, 'deadLetters'>;

/** Dead letters of accounts to which the client is bound now. */
export const ownLetters = <Store extends Letters>(sending: Store, client: Client): Store => ({
  ...sending,
  async deadLetters(webhookId, page) {
    const { letters, next } = await sending.deadLetters(webhookId, page);
    return { letters: letters.filter(({ accountId }) => sees(client, accountId)), next };
  },
});

/** The integration keys that a client has registered. */
export const ownKeys = <Keys extends Pick<KeyAdmin, 'read' | 'list'>>(keys: Keys, client: Client): Keys => ({
  ...keys,
  async read(keyId) {
    const key = await keys.read(keyId);
    return key !== undefined && seesOwned(client, key.clientId) ? key : undefined;
  },
  list: (page) =>
    keys.list({ ...page, ...(client.accountIds !== undefined && { clientId: client.clientId }) }),
});
