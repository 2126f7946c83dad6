import type { DriverCache } from '../../functions/core/marketplace/driver.ts';

/** The cache of a driver in memory; passes the battery of the stored one. */
export function memoryCache(kept: Readonly<Record<string, string>> = {}): DriverCache {
  const texts = new Map(Object.entries(kept));
  return {
    get: async (name) => texts.get(name),
    put: async (name, text) => void texts.set(name, text),
    drop: async (name, text) => {
      if (texts.get(name) === text) texts.delete(name);
    },
  };
}
