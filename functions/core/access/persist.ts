import { LEASE } from '../account/login-limits.ts';
import { type Clock, type EpochMillis, plus, SECOND } from '../base/time.ts';
import { isStop } from '../faults/own-stop.ts';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5 * SECOND;
/** What is left to the function for its own end. */
const RESERVE = 5 * SECOND;

export interface PersistDeps {
  readonly clock: Clock;
  readonly sleep: (millis: number) => Promise<void>;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** When this worker will be ended, whatever it is doing. */
  readonly endsAtMillis: EpochMillis;
}

/** Repeats a write until its store takes it, or time is up. Passes on what is no failure of a store. */
export type Persist = <T>(write: () => Promise<T>) => Promise<T>;

/**
 * Writes about an attempt are repeated with back-off while its lease lasts: a store that fails for a moment after
 * the reply must not turn an accepted login into a possible failure. The writes have to bear repetition.
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
