import type { CallLimits } from '../../functions/core/limits/limits.ts';
import type { Driver, ReadKey, Turn } from '../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';

export const freeTurn: Turn = async () => undefined;

/** No key: a country that has to be asked for stays unknown. */
export const noKey: ReadKey = async () => undefined;

/** Limits that let every call pass at once. */
export const freeLimits: CallLimits = { open: async () => freeTurn };

/** A driver around a marketplace that a test has made; its calls wait for no turn. */
export const driverOver = (marketplace: Marketplace): Driver => ({
  settings: marketplace.settings,
  open: () => marketplace,
});
