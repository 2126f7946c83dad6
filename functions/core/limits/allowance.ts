import { epochMillis, MINUTE, plus, SECOND } from '../base/time.ts';
import { OwnStop } from '../faults/own-stop.ts';
import type { PaceDeps } from './pace.ts';
import type { CallCounter } from './store.ts';

/** Each worker's own in every minute, without asking anybody: an idle run costs the counter nothing. */
export const FREE = 30;

/** How many calls are drawn from the counter at a time: enough for a run to get somewhere with a backlog. */
export const BLOCK = 100;

/** Kept for the logins of a run, which cannot ask the counter under their lease. No run makes more of them. */
const FOR_LOGINS = 10;

/** A minute that begins this soon is waited for. */
const NEAR = 5 * SECOND;

/** Runs that were stopped come back over this time. */
const SPREAD = 20 * SECOND;

export interface AllowanceDeps extends PaceDeps {
  readonly counter: CallCounter;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** How many calls this worker may make with each WebAPI key in the running minute. */
export interface Allowance {
  /**
   * Takes calls, 0 to see that those of a login are there, and answers with their minute. Waits for the next
   * minute if it is near. Throws OwnStop if it is not, and what the counter's store throws.
   */
  take(keyId: string, calls: 0 | 1): Promise<number>;
  /** Takes one of those kept for logins. */
  takeForLogin(keyId: string): number;
  /** The running minute, counted from 1970. */
  minute(): number;
  /** A login that was taken in an earlier minute counts in the one in which it is made. */
  made(keyId: string, takenInMinute: number): void;
}

interface Held {
  readonly minute: number;
  left: number;
  /** Under way: others of this worker wait for it. */
  draw?: Promise<void> | undefined;
  spent: boolean;
}

/** `shared` calls a minute are drawn by all workers together, besides what each has free. */
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
