import type { MemoryOrders } from './memory-orders.ts';

/** The error by which a writer dies in tests. */
export class Killed extends Error {}

/**
 * A writer's access to a shared store: each call pauses, so that writers and readers interleave, and the
 * writer dies at its write number `life`, before or after the write reached the store.
 */
export function shakyOrders(
  store: MemoryOrders,
  { pause, life }: { pause: () => Promise<void>; life: number },
): MemoryOrders {
  let writes = 0;
  const write = async <T>(operation: () => Promise<T>): Promise<T> => {
    await pause();
    writes += 1;
    if (writes === life && life % 2 === 0) throw new Killed();
    const result = await operation();
    if (writes >= life) throw new Killed();
    await pause();
    return result;
  };
  const read = async <T>(operation: () => Promise<T>): Promise<T> => {
    await pause();
    const result = await operation();
    await pause();
    return result;
  };
  return {
    ...store,
    readMany: (...query) => read(() => store.readMany(...query)),
    lastPage: (...query) => read(() => store.lastPage(...query)),
    put: (...row) => write(() => store.put(...row)),
    announce: (...account) => write(() => store.announce(...account)),
    saveBatch: (...batch) => write(() => store.saveBatch(...batch)),
    pages: (...range) => read(() => store.pages(...range)),
    putPage: (...page) => write(() => store.putPage(...page)),
  };
}

/** Pauses of a few turns of the event loop, different for each call but the same for each seed. */
export function pauses(seed: number): () => Promise<void> {
  let state = seed | 1;
  return async () => {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    for (let turns = (state >>> 16) % 4; turns > 0; turns -= 1) await Promise.resolve();
  };
}
