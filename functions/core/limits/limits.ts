import type { Turn } from '../marketplace/driver.ts';
import { type AllowanceDeps, BLOCK, createAllowance, FREE } from './allowance.ts';
import { createPace } from './pace.ts';

/**
 * Calls that all workers together may make to a marketplace. The rest of its limits is left to other
 * programs.
 */
export interface CallBudget {
  /** Calls a second from the same address. */
  readonly perSecond: number;
  /** Calls a minute with the same integration key. */
  readonly perMinute: number;
  /** Number of workers that share these calls. */
  readonly workers: number;
}

/** Keeps the marketplace's limits for the calls of a worker. */
export interface CallLimits {
  /**
   * Opens the turns of a run with this key at this marketplace. Throws OwnStop, now or at a turn, when the
   * minute's calls are spent. Logins are never stopped once the run has begun.
   */
  open(caller: { identity: string; keyId: string }): Promise<Turn>;
}

/** Limits for a worker of this budget. Throws RangeError if the budget is too small for so many workers. */
export function callLimits(deps: AllowanceDeps, { perSecond, perMinute, workers }: CallBudget): CallLimits {
  const share = Math.floor(perSecond / workers);
  const shared = perMinute - workers * FREE;
  if (share < 1 || shared < BLOCK)
    throw new RangeError(`${workers} workers are too many for the calls allowed`);
  const pace = createPace(deps, share);
  const allowance = createAllowance(deps, shared);
  return {
    async open({ identity, keyId }) {
      // A marketplace counts the calls of a key through all its entrances together.
      const counted = `${identity}/${keyId}`;
      await allowance.take(counted, 0);
      return async (kind) => {
        if (kind === 'login') {
          // The lease of a login is short, so a login neither queues nor draws from the counter.
          const minute = allowance.takeForLogin(counted);
          await pace.turn({ urgent: true });
          allowance.made(counted, minute);
          return;
        }
        // A call whose minute ended while it waited for its turn has to be taken from the next minute.
        for (let hasTurn = false; ; ) {
          const asked = deps.clock();
          const minute = await allowance.take(counted, 1);
          // Calls that waited for the counter or for a new minute end their wait together; each waits for
          // another turn, so that they do not go at once.
          if (!hasTurn || deps.clock() !== asked) await pace.turn({ urgent: false });
          hasTurn = true;
          if (minute === allowance.minute()) return;
        }
      };
    },
  };
}
