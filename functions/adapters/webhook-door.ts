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
  /** Hosts with their port that may be on this machine. Only tests set any. */
  readonly testHosts: ReadonlySet<string>;
  /**
   * Time limit from the resolution of the name to the end of the answer, in milliseconds; also of the check
   * of an address.
   */
  readonly timeoutMillis?: number;
  /** Certificates to trust in the place of the well-known ones. */
  readonly ca?: string;
  readonly lookUp?: (host: string) => Promise<readonly Address[]>;
}

const TIMEOUT_MILLIS = 10_000;
/** Bytes of an answer that are read and ignored, so that most receivers can finish writing. */
const ANSWER_BYTES = 4_096;

type Failure = Extract<Awaited<ReturnType<WebhookDoor['post']>>, string>;

/**
 * Posts to servers that a person has named, and to nothing in our own network: the name is resolved once, all
 * of its addresses have to be public, and the connection goes to a checked one. Redirects are not followed.
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
        return await inTime(
          sendOnce({ target, headers, body, signal, address: found, ca: options.ca }),
          signal,
        );
      } catch (error) {
        return signal.aborted ? 'time-out' : deliveryFailure(error);
      }
    },
  };
}

/** The address to connect to. Throws the resolver's errors. */
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
  // Functions without a network of their own can use IPv4 only.
  return addresses.find(({ family: its }) => its === 4) ?? addresses[0] ?? 'unknown-host';
}

const lookUpAll = (host: string): Promise<readonly Address[]> => lookUpName(host, { all: true });

/** Rejects when the time is up, because the resolver cannot be stopped. */
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

function sendOnce({ target, headers, body, signal, address, ca }: Outgoing): Promise<number> {
  const lookup: LookupFunction = (_host, { all }, answer) =>
    all === true ? answer(null, [address]) : answer(null, address.address, address.family);
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    // Makes a new connection for each request: the address of a kept one would not be checked again.
    agent: false as const,
    lookup,
    signal,
    ...(ca !== undefined && { ca }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(target, options, (response) => {
      const { statusCode = 0 } = response;
      discardBody(response).then(
        () => resolve(statusCode),
        // An answer that was cut off is still an answer. Past the time limit the signal has rejected already.
        () => resolve(statusCode),
      );
    });
    outgoing.on('error', reject);
    // Node reports a status of 101 by this event only, not as a response.
    outgoing.on('upgrade', ({ statusCode = 0 }, socket) => {
      socket.destroy();
      resolve(statusCode);
    });
    outgoing.end(body);
  });
}

async function discardBody(response: IncomingMessage): Promise<void> {
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop ends the connection.
    if (bytes > ANSWER_BYTES) return;
  }
}

function deliveryFailure(error: unknown): Failure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^(ENOTFOUND|EAI_|ENODATA)/.test(code)) return 'unknown-host';
  const isTls = /CERT|TLS|SSL|EPROTO|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code);
  return isTls ? 'tls' : 'connection';
}
