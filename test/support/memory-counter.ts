import type { CallCounter } from '../../functions/core/limits/store.ts';

/**
 * A counter of calls per minute in memory, with the conditions of the real one; requests to it are counted.
 */
export function memoryCounter(): CallCounter & { asked: number; down: boolean } {
  const items = new Map<string, { minute: number; taken: number }>();
  return {
    asked: 0,
    down: false,
    async take(keyId, { minute, calls, most }) {
      this.asked += 1;
      if (this.down) throw new Error('the store is down');
      const item = items.get(keyId);
      const taken = item?.minute === minute ? item.taken : 0;
      if ((item !== undefined && item.minute > minute) || taken + calls > most) return false;
      items.set(keyId, { minute, taken: taken + calls });
      return true;
    },
  };
}
