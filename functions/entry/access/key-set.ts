import { FetchError } from 'aws-jwt-verify/error';
import { assertIsJwks, SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { HOUR, SECOND } from '../../core/base/time.ts';

const TIME_OUT = 3 * SECOND;
/** Pause after an issuer has not answered, however many tokens come meanwhile. */
const REST = 5 * SECOND;
/** Time after which the keys are fetched again, so that withdrawn ones are forgotten. */
const FRESH_FOR = HOUR;
const LONGEST_BYTES = 256 * 1024;

/** The keys of an issuer, fetched when a token names an unknown key, at most once in ten seconds. */
export interface KeySet {
  readonly cache: SimpleJwksCache;
  /** Whether the last fetch brought keys: then an unknown key is not this issuer's. */
  wasReached(): boolean;
  /** Fetches the keys again once an hour; while the issuer does not answer, the earlier ones stay. */
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

/** Fetches a key set without following redirects. Throws Error, also for an answer that is too long. */
async function fetchedKeys(uri: string): Promise<ArrayBuffer> {
  const response = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(TIME_OUT) });
  if (!response.ok) throw new Error(`the key set answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  if (bytes.byteLength > LONGEST_BYTES) throw new Error('the key set is too long');
  assertIsJwks(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return bytes;
}
