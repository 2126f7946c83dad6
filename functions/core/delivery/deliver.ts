import type { Secret } from '../base/secret.ts';
import type { Clock } from '../base/time.ts';
import type { Change } from '../feed/changes.ts';
import { signatureHeaders } from './signature.ts';
import type { DeliveryError, Webhook, WebhookDoor, WebhookSecrets } from './webhook.ts';

export interface DeliverDeps {
  readonly door: WebhookDoor;
  readonly secrets: Pick<WebhookSecrets, 'read'>;
  readonly clock: Clock;
  /** A change as the HTTP API shows it. */
  readonly viewOf: (change: Change) => object;
}

/** The message for a receiver; `id` stays the same however often it is sent. */
export interface WebhookMessage {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: object;
}

export type Delivered = 'delivered' | DeliveryError;

const GONE = 410;

/** Whether the receiver asks for no more deliveries. */
export const isGone = (outcome: Delivered): boolean => outcome !== 'delivered' && outcome.status === GONE;

/** Makes an attempt. Any 2xx answer counts as delivered. */
export async function deliver(
  deps: DeliverDeps,
  webhook: Webhook,
  message: WebhookMessage,
): Promise<Delivered> {
  const { id, ...content } = message;
  const secrets = await secretsInForce(deps, webhook);
  const atMillis = deps.clock();
  if (secrets.length === 0) return { atMillis, reason: 'no-secret' };
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'klamka-webhooks/1',
    ...signatureHeaders({ id, atMillis, body }, secrets),
  };
  const answer = await deps.door.post({ url: webhook.url, headers, body });
  if (typeof answer === 'string') return { atMillis, reason: answer };
  return answer >= 200 && answer < 300 ? 'delivered' : { atMillis, reason: 'status', status: answer };
}

async function secretsInForce(deps: DeliverDeps, webhook: Webhook): Promise<Secret[]> {
  const { webhookId, secretVersion, oldSecrets = [] } = webhook;
  const old = oldSecrets.find(({ untilMillis }) => deps.clock() < untilMillis);
  const versions = [secretVersion, ...(old === undefined ? [] : [old.version])];
  const read = await Promise.all(versions.map((version) => deps.secrets.read(webhookId, version)));
  return read.filter((secret) => secret !== undefined);
}
