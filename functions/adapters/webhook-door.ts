import { lookup as lookUpName } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { WebhookDoor } from '../core/delivery/webhook.ts';
import { isLoopback, isPublic } from './addresses.ts';

interface Address {
  readonly address: string;
  readonly family: number;
}

export interface WebhookDoorOptions {
  /** Hosts with their port that may be on this machine; for tests, no deployment sets it. */
  readonly testHosts: ReadonlySet<string>;
  /** For everything, from the name's resolution to the end of the answer; a check of an address has as long. */
  readonly timeoutMillis?: number;
  /** Certificates to trust instead of the well-known ones. */
  readonly ca?: string;
  readonly lookUp?: (host: string) => Promise<readonly Address[]>;
}

const TIMEOUT_MILLIS = 10_000;
/** Answers are not looked at; this much lets a receiver end in peace. */
const ANSWER_BYTES = 4_096;

type Failure = Extract<Awaited<ReturnType<WebhookDoor['post']>>, string>;

/**
 * Reaches servers that somebody has named, and nothing behind our own walls: the name is resolved once, every
 * address that it has must be public, and the connection goes to one that was checked. No redirect is followed.
 */
export function webhookDoor(options: WebhookDoorOptions): WebhookDoor {
  return {
    async refusal(url) {
      const signal = AbortSignal.timeout(options.timeoutMillis ?? TIMEOUT_MILLIS);
      const found = await inTime(admitted(options, new URL(url)), signal).catch(
        () => 'unknown-host' as const,
      );
      return typeof found === 'string' ? found : undefined;
    },

    async post({ url, headers, body }) {
      const signal = AbortSignal.timeout(options.timeoutMillis ?? TIMEOUT_MILLIS);
      try {
        const target = new URL(url);
        const found = await inTime(admitted(options, target), signal);
        if (typeof found === 'string') return found;
        return await inTime(send({ target, headers, body, signal, address: found, ca: options.ca }), signal);
      } catch (error) {
        return signal.aborted ? 'time-out' : meaningOf(error);
      }
    },
  };
}

/** The address to connect to. Throws what the resolver throws. */
async function admitted(
  { testHosts, lookUp = lookUpAll }: WebhookDoorOptions,
  { protocol, host, hostname }: URL,
): Promise<Address | 'unknown-host' | 'refused-address'> {
  if (protocol !== 'https:') return 'refused-address';
  const name = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(name);
  const addresses = family === 0 ? await lookUp(name) : [{ address: name, family }];
  const mayBeReached = ({ address }: Address) =>
    isPublic(address) || (testHosts.has(host) && isLoopback(address));
  if (!addresses.every(mayBeReached)) return 'refused-address';
  // Functions without a network of their own speak IPv4 only.
  return addresses.find(({ family: its }) => its === 4) ?? addresses[0] ?? 'unknown-host';
}

const lookUpAll = (host: string): Promise<readonly Address[]> => lookUpName(host, { all: true });

/** The resolver cannot be stopped, only left alone. */
async function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    return await Promise.race([work, late]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

interface Outgoing {
  readonly target: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  readonly address: Address;
  readonly ca: string | undefined;
}

function send({ target, headers, body, signal, address, ca }: Outgoing): Promise<number> {
  const lookup: LookupFunction = (_host, { all }, answer) =>
    all === true ? answer(null, [address]) : answer(null, address.address, address.family);
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // A connection of its own: a kept one would not be checked again.
    agent: false as const,
    lookup,
    signal,
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(target, options, (response) => {
      const { statusCode = 0 } = response;
      drain(response).then(
        () => resolve(statusCode),
        // Cut off, it still was an answer; one that is not over in time counts as none.
        () => resolve(statusCode),
      );
    });
    outgoing.on('error', reject);
    // A 101 is no response to Node and ends in no event but this.
    outgoing.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve(statusCode);
    });
    outgoing.end(body);
  });
}

async function drain(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > ANSWER_BYTES) return;
  }
}

function meaningOf(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(ENOTFOUND|EAI_|ENODATA)/.test(code)) return 'unknown-host';
  const isTls = /CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code);
  return isTls ? 'tls' : 'connection';
}
