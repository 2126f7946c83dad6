import type { CallLimits } from '../../functions/core/limits/limits.ts';
import type { Driver, DriverRun, Turn } from '../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';
import { memoryCache } from './memory-cache.ts';

export const freeTurn: Turn = async () => undefined;

/** The parts of a run without limits and without a key, so that a country missing in our list stays unknown. */
export const freeRun = (changes: Partial<DriverRun> = {}): DriverRun => ({
  turn: freeTurn,
  readKey: async () => undefined,
  cache: memoryCache(),
  ...changes,
});

/** Limits that let every call pass at once. */
export const freeLimits: CallLimits = { open: async () => freeTurn };

/** A driver around a marketplace that a test has made; its calls wait for no turn. */
export const driverOver = (marketplace: Marketplace): Driver => ({
  settings: marketplace.settings,
  open: () => marketplace,
});
