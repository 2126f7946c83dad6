import { epochMillis, MINUTE, plus, SECOND } from '../base/time.ts';
import { OwnStop } from '../faults/own-stop.ts';
import type { PaceDeps } from './pace.ts';
import type { CallCounter } from './store.ts';

/**
 * Calls a minute that each worker may make without drawing from the counter, so that an idle run costs no
 * request.
 */
export const FREE = 30;

/** Number of calls drawn from the counter at a time: enough for a run to make progress with a backlog. */
export const BLOCK = 100;

/**
 * Calls kept back for the logins of a run, which cannot draw from the counter under their lease. No run needs
 * more.
 */
const FOR_LOGINS = 10;

/** Milliseconds before a new minute within which a call waits for it. */
const NEAR = 5 * SECOND;

/** Milliseconds over which stopped runs are spread when they come back. */
const SPREAD = 20 * SECOND;

export interface AllowanceDeps extends PaceDeps {
  readonly counter: CallCounter;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** The number of calls that this worker may make with each integration key in the running minute. */
export interface Allowance {
  /**
   * Takes calls, or with 0 only checks that those of a login are left; returns their minute, counted from
   * 1970. Waits for the next minute if it is near, and throws OwnStop if it is not. Throws the errors of the
   * counter's store.
   */
  take(keyId: string, calls: 0 | 1): Promise<number>;
  /** Takes a call from those kept for logins, without drawing from the counter; returns its minute. */
  takeForLogin(keyId: string): number;
  /** The running minute, counted from 1970. */
  minute(): number;
  /** Counts a login in the minute in which it is made, if it was taken in an earlier one. */
  made(keyId: string, takenInMinute: number): void;
}

interface Held {
  readonly minute: number;
  left: number;
  /** The draw that is under way; other calls of this worker wait for it. */
  draw?: Promise<void> | undefined;
  spent: boolean;
}

/**
 * Allowance of a worker. All workers together draw at most `shared` calls a minute, beside the `FREE` ones of
 * each.
 */
export function createAllowance(deps: AllowanceDeps, shared: number): Allowance {
  const { clock, counter, random, sleep } = deps;
  const byKey = new Map<string, Held>();

  function heldNow(keyId: string): Held {
    const minute = Math.floor(clock() / MINUTE);
    const known = byKey.get(keyId);
    if (known?.minute === minute) return known;
    const held = { minute, left: FREE, spent: false };
    byKey.set(keyId, held);
    return held;
  }

  async function draw(keyId: string, held: Held): Promise<void> {
    const block = { minute: held.minute, calls: BLOCK, most: shared };
    if (await counter.take(keyId, block)) held.left += BLOCK;
    else held.spent = true;
  }

  async function drawOnce(keyId: string, held: Held): Promise<void> {
    held.draw ??= draw(keyId, held);
    try {
      await held.draw;
    } finally {
      held.draw = undefined;
    }
  }

  async function nextMinute({ minute }: Held): Promise<void> {
    const begins = epochMillis((minute + 1) * MINUTE);
    const wait = begins - clock();
    if (wait > NEAR) {
      const againAtMillis = plus(begins, Math.round(random() * SPREAD));
      throw new OwnStop('calls-budget', { againAtMillis });
    }
    await sleep(Math.max(wait, 1));
  }

  return {
    async take(keyId, calls) {
      for (;;) {
        const held = heldNow(keyId);
        if (held.left - calls >= FOR_LOGINS) {
          held.left -= calls;
          return held.minute;
        }
        if (held.spent) await nextMinute(held);
        else await drawOnce(keyId, held);
      }
    },

    takeForLogin(keyId) {
      const held = heldNow(keyId);
      held.left -= 1;
      return held.minute;
    },

    minute: () => Math.floor(clock() / MINUTE),

    made(keyId, takenInMinute) {
      const held = heldNow(keyId);
      if (held.minute !== takenInMinute) held.left -= 1;
    },
  };
}
