import type { CallCounter } from '../../functions/core/limits/store.ts';

/**
 * A counter of calls per minute in memory, with the conditions of the real one; requests to it are counted.
 */
export function memoryCounter(): CallCounter & { asked: number; down: boolean } {
  const taken = new Map<string, number>();
  return {
    asked: 0,
    down: false,
    async take(keyId, { minute, calls, most }) {
      this.asked += 1;
      if (this.down) throw new Error('the store is down');
      const name = `${keyId}/${minute}`;
      const before = taken.get(name) ?? 0;
      if (before + calls > most) return false;
      taken.set(name, before + calls);
      return true;
    },
  };
}
