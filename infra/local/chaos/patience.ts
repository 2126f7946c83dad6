import { setTimeout } from 'node:timers/promises';

const TRIES = 50;
const AGAIN_MILLIS = 100;

/** Repeats a request that failed because the function that answers was killed or its store was in trouble. */
export async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0) throw error;
      await setTimeout(AGAIN_MILLIS);
    }
  }
}
