import { FetchError } from 'aws-jwt-verify/error';
import { assertIsJwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { HOUR, SECOND } from '../../core/base/time.ts';

const TIME_OUT = 3 * SECOND;
/** An issuer that does not answer is left alone for so long, however many tokens come meanwhile. */
const REST = 5 * SECOND;
/** Keys that the issuer has withdrawn are forgotten after this. */
const FRESH_FOR = HOUR;
const LONGEST_BYTES = 256 * 1024;

/** The keys of an issuer: fetched when a token names one that is not known, at most once in ten seconds. */
export interface KeySet {
  readonly cache: SimpleJwksCache;
  /** Whether the last fetch brought keys: then a key that is not known is none of this issuer's. */
  wasReached(): boolean;
  /** Looks once an hour whether keys were withdrawn; while the issuer does not answer, those from before stay. */
  renew(): Promise<void>;
}

export function keySet(url: string): KeySet {
  let failedAtMillis: number | undefined;
  let reachedAtMillis: number | undefined;
  const cache = new SimpleJwksCache({
    fetcher: {
      async fetch(uri) {
        if (failedAtMillis !== undefined && Date.now() - failedAtMillis < REST)
          throw new FetchError(uri, 'it did not answer a moment ago');
        try {
          const bytes = await fetchedKeys(uri);
          failedAtMillis = undefined;
          reachedAtMillis = Date.now();
          return bytes;
        } catch (error) {
          failedAtMillis = Date.now();
          throw new FetchError(uri, error);
        }
      },
    },
  });
  return {
    cache,
    wasReached: () => failedAtMillis === undefined && reachedAtMillis !== undefined,
    async renew() {
      if (reachedAtMillis === undefined || Date.now() - reachedAtMillis < FRESH_FOR) return;
      await cache.getJwks(url).catch(() => undefined);
    },
  };
}

/** Follows no redirect, and reads no more than key sets have. Throws Error. */
async function fetchedKeys(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(TIME_OUT) });
  if (!response.ok) throw new Error(`the key set answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > LONGEST_BYTES) throw new Error('the key set is too long');
  assertIsJwks(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return bytes;
}
