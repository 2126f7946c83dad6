import type { Comparison } from './compare.ts';

/** The time that the product takes, after all trouble has ended, until what it has stored is right. */
export interface Recovery {
  /** Compares, unless an earlier comparison was clean. */
  look(): Promise<void>;
  /** Seconds until the first clean comparison was asked for; undefined before one. */
  readonly seconds: number | undefined;
}

/** Begins the time; `nowMillis` is a clock that never goes back. */
export function openRecovery(
  compare: () => Promise<Pick<Comparison, 'missing' | 'doubled' | 'different'>>,
  nowMillis: () => number = () => performance.now(),
): Recovery {
  const healed = nowMillis();
  let seconds: number | undefined;
  return {
    get seconds() {
      return seconds;
    },
    async look() {
      if (seconds !== undefined) return;
      const asked = nowMillis();
      const { missing, doubled, different } = await compare();
      if (missing + doubled + different === 0) seconds = Math.round((asked - healed) / 10) / 100;
    },
  };
}
