import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { epochMillis } from '../../../functions/core/base/time.ts';
import { messageOf } from '../../../functions/core/delivery/delivery-cursor.ts';
import { changeView } from '../../../functions/entry/feed-views.ts';
import { Interrupted } from '../../../infra/cli/exit.ts';
import { type EventType, localUrl, send, signingSecret, typeOf } from '../../../infra/cli/follow/deliver.ts';
import type { Change } from '../../../infra/cli/follow/feed.ts';
import { Forwarder } from '../../../infra/cli/follow/forward.ts';
import { Session } from '../../../infra/cli/session.ts';
import { fakeServer, ioOf } from '../../support/cli.ts';

const atMillis = epochMillis(Date.parse('2026-11-29T07:00:00.123Z'));
const entry = {
  number: 7,
  orderId: 'order:52001',
  revision: 1,
  changes: ['created', 'paid'],
  atMillis,
} as const;
const change: Change = JSON.parse(
  JSON.stringify(changeView({ accountId: '5f6c', ...entry, row: undefined })),
);

const signatureOf = (headers: Readonly<Record<string, unknown>>, body: string, secret: string): string => {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`).digest('base64')}`;
};

describe('a change that is forwarded', () => {
  it('has the message, the headers and the signature of a webhook', async () => {
    const { url, asked } = await fakeServer(() => ({ status: 204 }));
    const secret = signingSecret(undefined);
    const { signal } = new AbortController();
    const receiver = { url: localUrl(`${url}/hook?x=1`), secret, now: () => 1_795_000_000_500, signal };
    const attempt = await send(receiver, change, 'order.paid');
    expect(attempt).toMatchObject({ outcome: 'delivered', status: 204, type: 'order.paid' });
    const [got] = asked;
    expect(got?.path).toBe('/hook?x=1');
    const { id, ...content } = messageOf({ accountId: '5f6c', entry, type: 'order.paid' }, change);
    expect(got?.body).toBe(JSON.stringify(content));
    const { host: _host, connection: _connection, ...headers } = got?.headers ?? {};
    expect(headers).toEqual({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(Buffer.byteLength(got?.body ?? '')),
      'user-agent': 'klamka-webhooks/1',
      'webhook-id': id,
      'webhook-timestamp': '1795000000',
      'webhook-signature': signatureOf(headers, got?.body ?? '', secret.reveal()),
    });
    expect(id).toBe(`5f6c-7-${atMillis.toString(36)}`);
  });

  it('is sent under the first type that is wanted', () => {
    const types = (wanted?: EventType[]) => typeOf(change, wanted);
    expect(types()).toBe('order.created');
    expect(types(['order.paid', 'order.created'])).toBe('order.created');
    expect(types(['order.paid'])).toBe('order.paid');
    expect(types(['order.cancelled'])).toBeUndefined();
    expect(typeOf({ ...change, changes: ['sent-again'] }, undefined)).toBe('order.changed');
  });

  it('goes to this machine only, without redirects', async () => {
    for (const url of [
      'http://example.org',
      'http://10.0.0.1/',
      'https://localhost',
      'http://127.0.0.1.example.org',
      'localhost:4000',
    ])
      expect(() => localUrl(url), url).toThrow(/this machine/);
    for (const url of ['http://localhost:4000', 'http://127.0.0.1:4000/a', 'http://[::1]:4000'])
      localUrl(url);
    const other = await fakeServer(() => ({}));
    const { url } = await fakeServer(() => ({ status: 307, headers: { location: other.url } }));
    const receiver = {
      url: localUrl(url),
      secret: signingSecret(undefined),
      now: Date.now,
      signal: new AbortController().signal,
    };
    expect(await send(receiver, change, 'order.paid')).toMatchObject({
      outcome: { reason: 'status', status: 307 },
    });
    expect(other.asked).toEqual([]);
  });

  it('is signed with a given secret, if it is one', () => {
    const given = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    expect(signingSecret(given).reveal()).toBe(given);
    for (const bad of ['whsec_', 'secret', 'whsec_short', `whsec_${'é'.repeat(40)}`])
      expect(() => signingSecret(bad)).toThrow(/KLAMKA_SIGNING_SECRET/);
    expect(signingSecret('').reveal()).not.toBe(signingSecret('').reveal());
  });
});

/** A session whose feed gives these pages, and then nothing more until it is ended. */
function sessionOf(pages: readonly (readonly Change[])[], stop: AbortController): Session {
  const { io } = ioOf({ signal: stop.signal });
  const session = new Session(io);
  const rest = [...pages];
  const call = async () => {
    const changes = rest.shift();
    if (changes !== undefined) return { changes, position: `p${pages.length - rest.length}`, more: false };
    await sleep(100_000, undefined, { signal: stop.signal }).catch(() => undefined);
    throw new Interrupted();
  };
  return Object.assign(session, { call });
}

describe('forwarding', () => {
  const numbered = (number: number): Change => ({ ...change, number });
  const forwarderOf = (url: string, pages: readonly (readonly Change[])[]) => {
    const stop = new AbortController();
    const session = sessionOf(pages, stop);
    const receiver = {
      url: localUrl(url),
      secret: signingSecret(undefined),
      now: Date.now,
      signal: stop.signal,
    };
    const made: string[] = [];
    const wanted = { accountId: undefined, after: 'end', follow: true, receiver, events: undefined };
    const forwarder = new Forwarder(
      session,
      wanted,
      ({ change: { number }, status, outcome }, { retryMillis }) => {
        made.push(
          [number, status ?? (outcome !== 'delivered' && outcome.reason), retryMillis].join(' ').trim(),
        );
      },
    );
    return { forwarder, made, stop, ended: forwarder.run().catch((error: unknown) => error) };
  };

  it('keeps the order, tries again what fails, and then goes on', async () => {
    const statuses = [500, 200, 200];
    const { url, asked } = await fakeServer(() => ({ status: statuses.shift() ?? 200 }));
    const { forwarder, made, stop, ended } = forwarderOf(url, [[numbered(1), numbered(2)], [numbered(3)]]);
    await expect.poll(() => made.length, { timeout: 10_000 }).toBe(4);
    expect(made).toEqual(['1 500 1000', '1 200', '2 200', '3 200']);
    const ids = asked.map(({ headers }) => headers['webhook-id']);
    expect(ids[0]).toBe(ids[1]);
    await forwarder.again();
    expect(made.at(-1)).toBe('3 200');
    expect(asked.at(-1)?.headers['webhook-id']).toBe(ids[3]);
    expect(asked.at(-1)?.body).toBe(asked[3]?.body);
    expect(forwarder.position).toBe('p2');
    stop.abort();
    expect(await ended).toBeInstanceOf(Interrupted);
  });

  it('waits for a server that is not there, and ends at once on Ctrl-C', async () => {
    const { url, server } = await fakeServer(() => ({}));
    server.close();
    const { made, stop, ended, forwarder } = forwarderOf(url, [[numbered(1)]]);
    await expect.poll(() => made.length, { timeout: 10_000 }).toBe(2);
    expect(made).toEqual(['1 connection 1000', '1 connection 2000']);
    stop.abort();
    expect(await ended).toBeInstanceOf(Interrupted);
    expect(forwarder.position).toBe('end');
  });
});
