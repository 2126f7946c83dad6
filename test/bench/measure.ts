import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { median } from '../support/median.ts';

const run = promisify(execFile);

const ROUNDS = 7;

/**
 * Milliseconds of each piece of work after a warm-up. The pieces take turns, so that all meet the same
 * disturbances.
 */
export async function warm(works: readonly (() => unknown)[], millis = 200): Promise<number[]> {
  const results: number[][] = works.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, work] of works.entries()) {
      const start = performance.now();
      let count = 0;
      do {
        await work();
        count += 1;
      } while (performance.now() - start < millis);
      // The first round only warms up.
      if (round > 0) results[index]?.push((performance.now() - start) / count);
    }
  }
  return results.map(median);
}

/** Milliseconds of each script, which run in turn in fresh processes and print one number. */
export async function cold(scripts: readonly string[]): Promise<number[]> {
  const results: number[][] = scripts.map(() => []);
  for (let round = 0; round < ROUNDS + 2; round += 1) {
    for (const [index, script] of scripts.entries()) {
      const { stdout } = await run(process.execPath, [script]);
      results[index]?.push(Number(stdout.trim()));
    }
  }
  return results.map(median);
}

/** Calls per second, with several calls under way at a time. */
export async function rate(call: () => Promise<unknown>, millis = 2_000): Promise<number> {
  const worker = async (until: number): Promise<number> => {
    let count = 0;
    while (performance.now() < until) {
      await call();
      count += 1;
    }
    return count;
  };
  const all = (length: number) =>
    Promise.all(Array.from({ length: 8 }, () => worker(performance.now() + length)));
  await all(millis / 4);
  const start = performance.now();
  const counts = await all(millis);
  return counts.reduce((sum, count) => sum + count, 0) / ((performance.now() - start) / 1_000);
}
