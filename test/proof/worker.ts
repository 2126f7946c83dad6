import { parentPort } from 'node:worker_threads';
import * as core from './core.ts';
import { generate } from './generate.ts';
import { type Counted, nothing, type Stretch, together } from './prove.ts';
import { simulate } from './simulate.ts';

/** Runs consecutive schedules and adds up their results. */
export async function runStretch({ from, count }: Stretch): Promise<Counted> {
  let sum = nothing();
  for (let seed = from; seed < from + count; seed += 1) {
    const { violation, situations, logins } = await simulate(core, generate(seed));
    sum = together(sum, {
      schedules: 1,
      logins,
      situations: Object.fromEntries([...situations].map((name) => [name, 1])),
      broken: violation === undefined ? [] : [{ ...violation, seed }],
    });
  }
  return sum;
}

parentPort?.on('message', (stretch: Stretch) => {
  runStretch(stretch).then((counted) => parentPort?.postMessage(counted));
});
