import { followedAccounts } from '../../adapters/feed.ts';
import { feedReader } from '../../adapters/feed-pages.ts';
import { sendQueue } from '../../adapters/queue.ts';
import { createVault } from '../../adapters/secrets.ts';
import { sendingStore } from '../../adapters/sending.ts';
import { sendingMarks } from '../../adapters/sending-marks.ts';
import { webhookDoor } from '../../adapters/webhook-door.ts';
import { webhookSecrets, webhookStore } from '../../adapters/webhooks.ts';
import type { WEBHOOKS } from '../../contract/webhooks.ts';
import type { Client } from '../../core/account/client.ts';
import {
  askReplay,
  existingWebhook,
  registerWebhook,
  removeWebhook,
  resumeWebhook,
  rotateSecret,
  tryWebhook,
  type WebhookDeps,
  wasWebhookRegistered,
} from '../../core/delivery/webhooks.ts';
import { lagOf } from '../../core/feed/place.ts';
import { clock, newId, newShortId } from '../basics.ts';
import { correlationId } from '../correlation.ts';
import { fromCursor, nextCursor } from '../input.ts';
import { linkTo } from '../links.ts';
import { ownAccounts, ownLetters, ownWebhooks } from '../own.ts';
import type { Routes } from '../serve.ts';
import { setting, vaultSettings, webhookTestHosts } from '../settings.ts';
import { processDynamo } from '../store.ts';
import { deadLetterView, deliveryCursorView, errorView, webhookView } from '../webhook-views.ts';

/** Keys of delivery cursors and of dead letters, as cursors hold them. */
const DELIVERY_CURSOR = /^deliveryCursor#[0-9a-z]+$/;
const LETTER = /^dead#[0-9a-z]+#\d+$/;

const webhookLocation = (webhookId: string) => ({ location: linkTo(`/v1/webhooks/${webhookId}`) });

/** The routes about webhooks, wired to the real stores. */
export function webhookApi(): Routes<typeof WEBHOOKS> {
  const all = webhookDeps();
  const of = (client: Client): WebhookDeps => ({
    ...all,
    webhooks: ownWebhooks(all.webhooks, client),
    sending: ownLetters(all.sending, client),
    accounts: ownAccounts(all.accounts, client),
  });
  return {
    'webhooks.list': async ({ client }) => ({
      status: 200,
      body: { webhooks: (await of(client).webhooks.list()).map(webhookView) },
    }),

    'webhooks.register': {
      async answer({ body: { url, accounts, events }, client, attempt }) {
        const deps = { ...of(client), newId: () => attempt.newId };
        const { webhook, secret } = await registerWebhook(deps, {
          clientId: client.clientId,
          url,
          accountIds: accounts === 'all' ? undefined : accounts,
          types: events,
        });
        const body = { ...webhookView(webhook), secret: secret.reveal() };
        return { status: 201, headers: webhookLocation(webhook.webhookId), body };
      },
      async made(webhookId, { client }) {
        if (!(await wasWebhookRegistered(of(client), webhookId))) return undefined;
        return { status: 201, ids: { webhookId }, ...webhookLocation(webhookId) };
      },
    },

    async 'webhooks.show'({ params, query: { limit, cursor }, client }) {
      const deps = of(client);
      const webhook = await existingWebhook(deps, params.webhookId);
      const after = fromCursor(cursor, DELIVERY_CURSOR);
      const { deliveryCursors, next } = await deps.webhooks.deliveryCursors(webhook.webhookId, {
        limit,
        after,
      });
      const views = deliveryCursors.map(async (deliveryCursor) =>
        deliveryCursorView(deliveryCursor, await lagOf(deps.feed, deliveryCursor.accountId, deliveryCursor)),
      );
      const accounts = await Promise.all(views);
      return { status: 200, body: { ...webhookView(webhook), progress: accounts, cursor: nextCursor(next) } };
    },

    async 'webhooks.remove'({ params, client }) {
      const deps = of(client);
      await removeWebhook(deps, params.webhookId);
      return { status: 200, body: { webhookId: params.webhookId, state: 'removed' } };
    },

    async 'webhooks.rotateSecret'({ params, client }) {
      const deps = of(client);
      const { webhook, secret } = await rotateSecret(deps, params.webhookId);
      return { status: 200, body: { ...webhookView(webhook), secret: secret.reveal() } };
    },

    async 'webhooks.test'({ params, client }) {
      const deps = of(client);
      const outcome = await tryWebhook(deps, params.webhookId);
      const body =
        outcome === 'delivered'
          ? { delivered: true, error: null }
          : { delivered: false, error: errorView(outcome) };
      return { status: 200, body };
    },

    async 'webhooks.resume'({ params, client }) {
      const deps = of(client);
      return { status: 200, body: webhookView(await resumeWebhook(deps, params.webhookId)) };
    },

    async 'webhooks.deadLetters'({ params, query: { limit, cursor, accountId: only }, client }) {
      const deps = of(client);
      const { webhookId } = await existingWebhook(deps, params.webhookId);
      const page = {
        limit,
        after: fromCursor(
          cursor,
          only === undefined ? LETTER : new RegExp(`^dead#${RegExp.escape(only)}#\\d+$`),
        ),
        ...(only !== undefined && { accountId: only }),
      };
      const { letters, next } = await deps.sending.deadLetters(webhookId, page);
      return { status: 200, body: { deadLetters: letters.map(deadLetterView), cursor: nextCursor(next) } };
    },

    async 'webhooks.replay'({ params, body: { accountId: only }, client }) {
      const deps = of(client);
      const accounts = await askReplay(deps, { webhookId: params.webhookId, accountId: only });
      return { status: 202, body: { accounts } };
    },
  };
}

function webhookDeps(): WebhookDeps {
  const dynamo = processDynamo();
  const sending = { dynamo, table: setting('SENDING_TABLE') };
  return {
    webhooks: webhookStore(sending),
    sending: sendingStore(sending),
    marks: sendingMarks(sending),
    sendQueue: sendQueue(setting('SEND_QUEUE_URL'), correlationId),
    secrets: webhookSecrets(createVault(vaultSettings())),
    door: webhookDoor({ testHosts: webhookTestHosts() }),
    accounts: followedAccounts({ dynamo, table: setting('ACCOUNTS_TABLE') }),
    feed: feedReader({ dynamo, table: setting('FEED_TABLE') }),
    clock,
    newId: newShortId,
    newVersion: newId,
  };
}
