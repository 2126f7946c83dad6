import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { SECOND } from '../core/base/time.ts';
import type { CallOutcome, FaultReason } from '../core/faults/fault.ts';

export interface Post {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Time limit of the whole exchange, from connection to last byte, in milliseconds. */
  readonly timeoutMillis: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Forbids a kept connection: the server may have closed it, and it would stay unknown whether the request
   * was read.
   */
  readonly freshConnection: boolean;
}

export interface Reply {
  readonly status: number;
  readonly contentType: string | undefined;
  /** Body of the reply, inflated but not decoded. */
  readonly body: Uint8Array;
}

/** Sends a POST, once. Throws TransportFailure. */
export type Transport = (post: Post) => Promise<Reply>;

/** The failure of an exchange without a reply. Holds no part of the request. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';
  readonly reason: FaultReason;
  readonly outcome: CallOutcome;

  constructor(reason: FaultReason, { outcome, text }: { outcome: CallOutcome; text: string }) {
    super(text);
    this.reason = reason;
    this.outcome = outcome;
  }
}

export const USER_AGENT = 'Klamka/0.1.0';

/**
 * Largest reply: room for 1,400 buyers of an offer (3 kB each in RPC), the largest answer that cannot be
 * asked for in parts. Forms and offers are asked for in smaller batches if their answer is too large.
 */
const MAX_REPLY_BYTES = 4 * 1024 * 1024;

/**
 * Longest rest of a kept connection: servers close connections after some seconds, and a Lambda function that
 * slept does not notice.
 */
const MAX_REST_MILLIS = 4 * SECOND;

/** A transport with a pool of kept connections. */
export function createTransport(): Transport {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };
  let lastUsed = 0;
  return async (post) => {
    const url = checkedEndpoint(post.url);
    const agent = agents[url.protocol];
    if (Date.now() - lastUsed > MAX_REST_MILLIS) dropIdle(agent);
    try {
      return await exchange(post, { url: url.href, agent: post.freshConnection ? false : agent });
    } finally {
      lastUsed = Date.now();
    }
  };
}

function dropIdle(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets))
    for (const socket of sockets ?? []) socket.destroy();
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function checkedEndpoint(text: string): { protocol: 'http:' | 'https:'; href: string } {
  const url = URL.parse(text);
  const protocol = url?.protocol;
  if (protocol === 'https:') return { protocol, href: text };
  if (protocol === 'http:' && LOOPBACK.test(url?.hostname ?? '')) return { protocol, href: text };
  throw new TransportFailure('tls-refused', { outcome: 'not-sent', text: 'the endpoint must be https://' });
}

interface Target {
  readonly url: string;
  /** The pool of connections; false for a new connection. */
  readonly agent: http.Agent | false;
}

function exchange(post: Post, target: Target): Promise<Reply> {
  const body = Buffer.from(post.body, 'utf8');
  return new Promise<Reply>((resolve, reject) => {
    const request = openRequest(post, { ...target, length: body.length });
    // Bytes may have reached the server from now on.
    let began = false;
    const fail = (text: string, reason: FaultReason = 'unreachable') => {
      const failure = began
        ? new TransportFailure('no-readable-reply', { outcome: 'unclear', text })
        : new TransportFailure(reason, { outcome: 'not-sent', text });
      reject(failure);
      request.destroy();
    };
    limitTime(post, { request, fail });
    request.once('socket', (socket) =>
      whenConnected(socket, () => {
        if (request.destroyed) return;
        began = true;
        request.end(body);
      }),
    );
    request.once('response', (response) => readBody(response).then(resolve, (error) => fail(nameOf(error))));
    request.on('error', (error) => fail(nameOf(error), isTlsError(error) ? 'tls-refused' : 'unreachable'));
    // Node reports a status of 101 by this event only, as neither response nor error.
    request.once('upgrade', (_, socket) => {
      socket.destroy();
      fail('switched protocols');
    });
  });
}

/** Opens a request; nothing is written before `end` is called. */
function openRequest(post: Post, { url, agent, length }: Target & { length: number }): http.ClientRequest {
  return (url.startsWith('https:') ? https : http).request(url, {
    method: 'POST',
    agent,
    rejectUnauthorized: true,
    headers: {
      ...post.headers,
      'User-Agent': USER_AGENT,
      Accept: 'text/xml',
      'Accept-Encoding': 'gzip',
      'Content-Length': length,
    },
  });
}

function limitTime(
  { timeoutMillis, signal }: Post,
  { request, fail }: { request: http.ClientRequest; fail: (text: string) => void },
): void {
  const deadline = setTimeout(() => fail('timed out'), timeoutMillis);
  const abort = () => fail('aborted');
  signal?.addEventListener('abort', abort, { once: true });
  request.once('close', () => {
    clearTimeout(deadline);
    signal?.removeEventListener('abort', abort);
  });
  if (signal?.aborted) abort();
}

/**
 * Runs `write` once the connection is established and, with TLS, the certificate is checked; nothing is
 * queued before.
 */
function whenConnected(socket: Socket, write: () => void): void {
  const secure = 'encrypted' in socket;
  const ready = secure ? (socket as TLSSocket).authorized : !socket.connecting;
  if (ready) write();
  else socket.once(secure ? 'secureConnect' : 'connect', write);
}

async function readBody(response: http.IncomingMessage): Promise<Reply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_REPLY_BYTES) throw new TransportLimit('reply too large');
    chunks.push(chunk);
  }
  if (!response.complete) throw new TransportLimit('reply cut off');
  return {
    status: response.statusCode ?? 0,
    contentType: response.headers['content-type'],
    body: inflate(Buffer.concat(chunks), response.headers['content-encoding']),
  };
}

function inflate(body: Buffer, encoding: string | undefined): Buffer {
  if (encoding === undefined || /^identity$/i.test(encoding)) return body;
  if (!/^(x-)?gzip$/i.test(encoding)) throw new TransportLimit('unknown content encoding');
  return gunzipSync(body, { maxOutputLength: MAX_REPLY_BYTES });
}

class TransportLimit extends Error {}

/** The error in a word, because messages of the system can hold more than may be logged. */
function nameOf(error: unknown): string {
  if (error instanceof TransportLimit) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === 'string' ? code : 'connection failed';
}

/**
 * Whether a certificate or the protocol was at fault, rather than the network before or during the handshake.
 */
const isTlsError = ({ code }: NodeJS.ErrnoException): boolean =>
  code !== undefined && (code === 'EPROTO' || !/^E[A-Z0-9]+$|^EAI_/.test(code));
