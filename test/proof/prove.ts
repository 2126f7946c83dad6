import { Worker } from 'node:worker_threads';
import type { Violation } from './rules/watch.ts';
import { SITUATIONS, type Situation } from './situations.ts';

/** Consecutive seeds. */
export interface Stretch {
  readonly from: number;
  readonly count: number;
}

export interface Counted {
  readonly schedules: number;
  readonly logins: number;
  readonly situations: Readonly<Partial<Record<Situation, number>>>;
  readonly broken: readonly (Violation & { readonly seed: number })[];
}

export interface Proof extends Counted {
  readonly seconds: number;
}

const STRETCH = 500;

/** Number of violations after which the proof stops. */
const ENOUGH = 5;

/** Runs schedules `seed`, `seed + 1`, ... on several threads and adds up their results. */
export async function prove(stretch: {
  runs: number;
  seed: number;
  workers: number;
  progress?: (done: Counted) => void;
}): Promise<Proof> {
  const started = performance.now();
  const stretches = stretchesOf(stretch);
  let sum = nothing();
  const next = (): Stretch | undefined => (sum.broken.length >= ENOUGH ? undefined : stretches.next().value);
  const add = (counted: Counted) => {
    sum = together(sum, counted);
    stretch.progress?.(sum);
  };
  await Promise.all(Array.from({ length: stretch.workers }, () => work(next, add)));
  return { ...sum, seconds: (performance.now() - started) / 1_000 };
}

function* stretchesOf({ runs, seed }: { runs: number; seed: number }): Generator<Stretch, undefined> {
  for (let done = 0; done < runs; done += STRETCH)
    yield { from: seed + done, count: Math.min(STRETCH, runs - done) };
  return undefined;
}

/** Keeps a thread busy until no seeds are left. */
async function work(next: () => Stretch | undefined, add: (counted: Counted) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url));
  try {
    for (let stretch = next(); stretch !== undefined; stretch = next()) {
      const answer = new Promise<Counted>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
      });
      worker.postMessage(stretch);
      add(await answer);
      worker.removeAllListeners('error');
    }
  } finally {
    await worker.terminate();
  }
}

export const nothing = (): Counted => ({ schedules: 0, logins: 0, situations: {}, broken: [] });

export const together = (a: Counted, b: Counted): Counted => ({
  schedules: a.schedules + b.schedules,
  logins: a.logins + b.logins,
  situations: Object.fromEntries(
    SITUATIONS.map((name) => [name, (a.situations[name] ?? 0) + (b.situations[name] ?? 0)]),
  ),
  broken: [...a.broken, ...b.broken],
});

/** Share of schedules in which each situation occurred, the rarest first. */
export const shares = ({ situations, schedules }: Counted): [Situation, number][] =>
  SITUATIONS.map((name): [Situation, number] => [name, (situations[name] ?? 0) / schedules]).sort(
    ([, a], [, b]) => a - b,
  );
