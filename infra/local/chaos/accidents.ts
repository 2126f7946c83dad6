import type { Accidents, Stack } from '../stack/stack.ts';
import type { StoreTrouble } from '../stack/store-trouble.ts';
import { Chance } from './chance.ts';
import type { ChaosCounts } from './counts.ts';
import { type TimePasses, timePasses } from './time.ts';

const STORE_TROUBLES: readonly StoreTrouble[] = ['throttled', 'failed', 'cut-before', 'cut-after'];

/** Accidents of the embedded stack that can be ordered while it runs. */
export interface OrderedAccidents {
  readonly accidents: Accidents;
  /** Connects the accidents to the started stack; to be called once. */
  attach(stack: Stack): TimePasses;
  /**
   * Makes the next `requests` requests to the tables fail, most of them: single failures would be hidden by
   * the SDK's repetitions.
   */
  troubleStore(requests: number): void;
  /**
   * Waits until so many more requests have come to the tables. Accidents are timed by work done, so that a
   * slow machine gets as much done between two of them as a fast one.
   */
  afterRequests(count: number, signal: AbortSignal): Promise<void>;
}

const TROUBLED = 0.6;

export function orderAccidents({ seed, counts }: { seed: number; counts: ChaosCounts }): OrderedAccidents {
  const chance = new Chance(seed);
  let troubled = 0;
  let requests = 0;
  let due: { at: number; wake: () => void } | undefined;
  let time: TimePasses | undefined;
  return {
    accidents: {
      store: () => {
        requests += 1;
        if (due !== undefined && requests >= due.at) due.wake();
        if (troubled === 0) return undefined;
        troubled -= 1;
        if (!chance.happens(TROUBLED)) return undefined;
        counts.storeTroubles += 1;
        return chance.pick(STORE_TROUBLES);
      },
      messagesFailed: async ({ functionName, bodies }) => {
        if (!functionName.endsWith('-work')) return;
        for (const body of bodies) await time?.endClaim(accountIdIn(body));
      },
    },
    attach: (stack) => {
      time = timePasses(stack);
      return time;
    },
    troubleStore: (count) => {
      troubled = count;
    },
    afterRequests: async (count, signal) => {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      due = { at: requests + count, wake };
      signal.addEventListener('abort', wake);
      await promise;
      signal.removeEventListener('abort', wake);
      due = undefined;
    },
  };
}

const accountIdIn = (body: string): string => String((JSON.parse(body) as { accountId?: unknown }).accountId);
