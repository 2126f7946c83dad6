import type { Turn } from '../marketplace/driver.ts';
import { type AllowanceDeps, BLOCK, createAllowance, FREE } from './allowance.ts';
import { createPace } from './pace.ts';

/** What all workers together may ask of a marketplace; the rest of its limits is left to others. */
export interface CallBudget {
  /** Of one address. */
  readonly perSecond: number;
  /** With one WebAPI key. */
  readonly perMinute: number;
  /** How many workers share them. */
  readonly workers: number;
}

/** Keeps the limits of the service, for the calls of one worker. */
export interface CallLimits {
  /**
   * The turns of one run that uses this key of a marketplace. Throws OwnStop, now or at a turn, when the minute's
   * calls are spent; logins are not stopped once the run has begun.
   */
  open(use: { identity: string; keyId: string }): Promise<Turn>;
}

/** Throws RangeError if there are too many workers for such a budget. */
export function callLimits(deps: AllowanceDeps, { perSecond, perMinute, workers }: CallBudget): CallLimits {
  const share = Math.floor(perSecond / workers);
  const shared = perMinute - workers * FREE;
  if (share < 1 || shared < BLOCK)
    throw new RangeError(`${workers} workers are too many for the calls allowed`);
  const pace = createPace(deps, share);
  const allowance = createAllowance(deps, shared);
  return {
    async open({ identity, keyId }) {
      // A marketplace counts a key's calls through all of its entrances together.
      const counted = `${identity}/${keyId}`;
      await allowance.take(counted, 0);
      return async (kind) => {
        if (kind === 'login') {
          // The lease of a login lasts for a short time: no waiting in line, and no question to the counter.
          const minute = allowance.takeForLogin(counted);
          await pace.turn({ urgent: true });
          allowance.made(counted, minute);
          return;
        }
        // A call that was allowed in a minute that ended while it waited for its turn needs a place in the next one.
        for (let hasTurn = false; ; ) {
          const asked = deps.clock();
          const minute = await allowance.take(counted, 1);
          // Calls that wait for the counter or for a minute to begin end their wait together, and must not go at once.
          if (!hasTurn || deps.clock() !== asked) await pace.turn({ urgent: false });
          hasTurn = true;
          if (minute === allowance.minute()) return;
        }
      };
    },
  };
}
