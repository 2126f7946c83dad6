import type { CallLimits } from '../../functions/core/limits/limits.ts';
import type { Driver, Turn } from '../../functions/core/marketplace/driver.ts';
import type { Marketplace } from '../../functions/core/marketplace/marketplace.ts';

export const freeTurn: Turn = async () => undefined;

/** No limits: for worlds whose marketplace counts no calls. */
export const freeLimits: CallLimits = { open: async () => freeTurn };

/** A driver of a marketplace that a test has made, whose calls wait for nobody. */
export const driverOver = (marketplace: Marketplace): Driver => ({
  settings: marketplace.settings,
  open: () => marketplace,
});
