import { type Clock, SECOND } from '../base/time.ts';

export interface PaceDeps {
  readonly clock: Clock;
  readonly sleep: (millis: number) => Promise<void>;
}

/** Lets calls through one by one. */
export interface Pace {
  /** Resolves when the call may be made. Urgent ones overtake the others, so they wait one spacing at most. */
  turn(call: { urgent: boolean }): Promise<void>;
}

/**
 * At most `perSecond` calls (a whole number from 1 on) in any second, and no more than a quarter of them at
 * once: what leaves smoothly also arrives so, for it is on arrival that an address is judged.
 */
export function createPace({ clock, sleep }: PaceDeps, perSecond: number): Pace {
  const burst = Math.max(1, Math.floor(perSecond / 4));
  const spacing = Math.ceil(SECOND / (perSecond - burst + 1));
  const urgents: (() => void)[] = [];
  const others: (() => void)[] = [];
  let running = false;
  // When the calls so far would have ended, one spacing each.
  let usedUntil = 0;

  async function letThrough(): Promise<void> {
    running = true;
    while (urgents.length + others.length > 0) {
      const now = clock();
      const ahead = Math.max(0, usedUntil - now);
      const wait = ahead - (burst - 1) * spacing;
      // More than a spacing means that the clock was put back.
      if (wait > spacing) usedUntil = now + burst * spacing;
      if (wait > 0) await sleep(Math.min(wait, spacing));
      else {
        usedUntil = now + ahead + spacing;
        (urgents.shift() ?? others.shift())?.();
      }
    }
    running = false;
  }

  return {
    turn: ({ urgent }) =>
      new Promise((resolve) => {
        (urgent ? urgents : others).push(resolve);
        if (!running) void letThrough();
      }),
  };
}
