import { request } from 'node:http';
import type { EVENT_TYPES } from '../../../functions/contract/webhooks.ts';
import { Secret } from '../../../functions/core/base/secret.ts';
import { epochMillis } from '../../../functions/core/base/time.ts';
import { type Delivered, deliver } from '../../../functions/core/delivery/deliver.ts';
import { messageOf } from '../../../functions/core/delivery/delivery-cursor.ts';
import { typesOf } from '../../../functions/core/delivery/events.ts';
import { newSigningSecret } from '../../../functions/core/delivery/signature.ts';
import type { WebhookDoor } from '../../../functions/core/delivery/webhook.ts';
import { isLoopback } from '../api/profiles.ts';
import { usageError } from '../exit.ts';
import type { Change } from './feed.ts';

export type EventType = (typeof EVENT_TYPES)[number];

/** As long as a webhook's receiver may take. */
const TIMEOUT_MILLIS = 10_000;
const SECRET = /^whsec_[A-Za-z0-9+/]{24,}={0,2}$/;

/** An attempt as it went over the wire. */
export interface Attempt {
  readonly id: string;
  readonly type: EventType;
  readonly change: Change;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly outcome: Delivered;
  /** Status of the answer; absent if none came. */
  readonly status?: number;
  readonly millis: number;
}

export interface Receiver {
  readonly url: URL;
  readonly secret: Secret;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The secret that signs: that of the environment, or a new one for this session. Throws CliError. */
export function signingSecret(given: string | undefined): Secret {
  if (given === undefined || given === '') return newSigningSecret();
  if (SECRET.test(given)) return new Secret(given);
  throw usageError({
    pl: 'KLAMKA_SIGNING_SECRET ma mieć postać whsec_ i co najmniej 24 znaki base64.',
    en: 'KLAMKA_SIGNING_SECRET has to be whsec_ and at least 24 characters of base64.',
  });
}

/** The address of a server on this machine; others are reached by webhooks only. Throws CliError. */
export function localUrl(text: string): URL {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' && isLoopback(url) && url.username === '' && url.password === '') return url;
  throw usageError({
    pl: '--forward przyjmuje adres na tym komputerze, np. http://localhost:4000/hook. Inne serwery: klamka webhooks register --help',
    en: '--forward takes an address on this machine, e.g. http://localhost:4000/hook. For other servers: klamka webhooks register --help',
  });
}

/** The event type under which a change is sent: the first that is wanted, as for a webhook; undefined for none. */
export const typeOf = (
  { changes }: Change,
  wanted: readonly EventType[] | undefined,
): EventType | undefined =>
  typesOf({ changes }).find((type) => wanted === undefined || wanted.includes(type));

/** Sends a change as a webhook sends it: same message, headers and signature. */
export async function send(receiver: Receiver, change: Change, type: EventType): Promise<Attempt> {
  const { url, secret, now } = receiver;
  const begun = performance.now();
  const sent = { headers: {}, body: '' };
  let status: number | undefined;
  const door: WebhookDoor = {
    refusal: async () => undefined,
    post: async ({ headers, body }) => {
      Object.assign(sent, { headers, body });
      const answer = await post(receiver, { headers, body });
      if (typeof answer === 'number') status = answer;
      return answer;
    },
  };
  const clock = () => epochMillis(now());
  const entry = { number: change.number, atMillis: epochMillis(Date.parse(change.changedAt)) };
  const message = messageOf({ accountId: change.accountId, entry, type }, change);
  const secrets = { read: async () => secret };
  const webhook = {
    webhookId: 'listen',
    url: url.href,
    createdAtMillis: clock(),
    secretVersion: '1',
    revision: 0,
  };
  const outcome = await deliver({ door, secrets, clock, viewOf: () => ({}) }, webhook, message);
  const millis = Math.round(performance.now() - begun);
  return { id: message.id, type, change, ...sent, outcome, ...(status !== undefined && { status }), millis };
}

/** The status of the answer, or the reason why there was none. */
function post(
  { url, signal: ended }: Receiver,
  { headers, body }: { headers: Readonly<Record<string, string>>; body: string },
): ReturnType<WebhookDoor['post']> {
  const limit = AbortSignal.timeout(TIMEOUT_MILLIS);
  const signal = AbortSignal.any([ended, limit]);
  return new Promise((resolve) => {
    const fail = () => resolve(limit.aborted ? 'time-out' : 'connection');
    const options = {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent: false as const,
      signal,
    };
    request(url, options, (response) => {
      response
        .on('error', fail)
        .on('end', () => resolve(response.statusCode ?? 0))
        .resume();
    })
      .on('error', fail)
      .end(body);
  });
}
