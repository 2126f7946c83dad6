import { type Clock, type EpochMillis, epochMillis } from '../../functions/core/base/time.ts';

/** Time that passes only while all sleep. */
export interface VirtualTime {
  readonly clock: Clock;
  readonly sleep: (millis: number) => Promise<void>;
  /** Lets time pass until the work has ended. */
  run<T>(work: Promise<T>): Promise<T>;
  set(now: EpochMillis): void;
}

export function virtualTime(start: EpochMillis): VirtualTime {
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  return {
    clock: () => now,
    sleep: (millis) =>
      new Promise((wake) => {
        sleepers.push({ at: now + Math.max(0, millis), wake });
      }),
    set: (moment) => {
      now = moment;
    },
    async run(work) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      work.then(end, end);
      for (;;) {
        await new Promise(setImmediate);
        if (ended) return await work;
        const at = Math.min(...sleepers.map((sleeper) => sleeper.at));
        if (at === Number.POSITIVE_INFINITY) throw new Error('everybody waits for ever');
        now = epochMillis(Math.max(now, at));
        const due = sleepers.filter((sleeper) => sleeper.at <= at);
        sleepers = sleepers.filter((sleeper) => sleeper.at > at);
        for (const { wake } of due) wake();
      }
    },
  };
}
