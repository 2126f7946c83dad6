import { type Clock, SECOND } from '../base/time.ts';

export interface PaceDeps {
  readonly clock: Clock;
  readonly sleep: (millis: number) => Promise<void>;
}

/** Lets calls through with pauses between them. */
export interface Pace {
  /**
   * Resolves when the call may be made. Urgent calls overtake the others, and wait for a single pause at
   * most.
   */
  turn(call: { urgent: boolean }): Promise<void>;
}

/**
 * Lets at most `perSecond` calls (a whole number from 1 on) through in any second, and at most a quarter of
 * them at once. A marketplace counts calls on their arrival, and calls that leave evenly arrive evenly.
 */
export function createPace({ clock, sleep }: PaceDeps, perSecond: number): Pace {
  const burst = Math.max(1, Math.floor(perSecond / 4));
  const spacing = Math.ceil(SECOND / (perSecond - burst + 1));
  const urgents: (() => void)[] = [];
  const others: (() => void)[] = [];
  let running = false;
  // End of the calls so far, if each had taken one pause.
  let usedUntil = 0;

  async function letThrough(): Promise<void> {
    running = true;
    while (urgents.length + others.length > 0) {
      const now = clock();
      const ahead = Math.max(0, usedUntil - now);
      const wait = ahead - (burst - 1) * spacing;
      // A wait beyond one pause means that the clock was put back.
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
