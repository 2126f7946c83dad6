import * as core from '../proof/core.ts';
import { generate } from '../proof/generate.ts';
import type { Process } from '../proof/process.ts';
import { World } from '../proof/world.ts';

/** Longest duration of a calm call, in milliseconds. */
const CALL = 10;

/** A world of the proof in which nothing goes wrong, with a process in it. */
export function calmWorld() {
  const schedule = { ...generate(1), calm: true, skews: [], actions: [], faults: [] };
  const world = new World({ core, schedule, tracing: false });
  return { world, process: world.process('work', -1) };
}

/** A door of the proof whose calls are carried out as they are made; virtual time passes with each. */
export function opened<Door extends object>(
  make: (world: World, process: Process) => Door,
  of = calmWorld(),
): Door {
  const { scheduler } = of.world;
  const carriedOut = async (answer: Promise<unknown>): Promise<unknown> => {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    answer.then(over, over);
    while (!isOver) await scheduler.runUntil(scheduler.now + CALL, () => false);
    return await answer;
  };
  return new Proxy(make(of.world, of.process), {
    get(door, name) {
      const method: unknown = Reflect.get(door, name);
      if (typeof method !== 'function') return method;
      return (...given: unknown[]) => {
        const answer: unknown = Reflect.apply(method, door, given);
        return answer instanceof Promise ? carriedOut(answer) : opened(() => Object(answer), of);
      };
    },
  });
}
