import { LEASE } from '../account/login-limits.ts';
import { type Clock, type EpochMillis, plus, SECOND } from '../base/time.ts';
import { isStop } from '../faults/own-stop.ts';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5 * SECOND;
/** Time that is kept for the function's own end. */
const RESERVE = 5 * SECOND;

export interface PersistDeps {
  readonly clock: Clock;
  readonly sleep: (millis: number) => Promise<void>;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Time at which this worker is ended, whatever it is doing. */
  readonly endsAtMillis: EpochMillis;
}

/**
 * Repeats a write until its store accepts it, or the time is up. Errors that are not a store's are thrown at
 * once.
 */
export type Persist = <T>(write: () => Promise<T>) => Promise<T>;

/**
 * Repeats writes about an attempt with back-off while its lease lasts: a store that fails for a moment after
 * the reply must not turn an accepted login into a possible failure. The writes have to be safe to repeat.
 */
export function persisting(deps: PersistDeps, attempt: { readonly atMillis: EpochMillis }): Persist {
  const untilMillis = Math.min(plus(attempt.atMillis, LEASE), plus(deps.endsAtMillis, -RESERVE));
  return async (write) => {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        return await write();
      } catch (error) {
        const wait = Math.round(pause * (0.5 + deps.random() / 2));
        if (isStop(error) || deps.clock() + wait >= untilMillis) throw error;
        await deps.sleep(wait);
      }
    }
  };
}
