import type { Marketplace } from './marketplace.ts';
import type { MarketplaceSettings } from './settings.ts';

/** A call of a login is made under the lease of that login, which must not wait for long. */
export type CallKind = 'login' | 'other';

/**
 * Waits until a call may go out, within the limits of its key and address. Whoever sends a call waits for one turn
 * first, because a marketplace blocks an address that calls too often. Throws Stop when no call may go out for now.
 */
export type Turn = (kind: CallKind) => Promise<void>;

/** Speaks the protocol of one marketplace, and keeps its connections between runs. */
export interface Driver {
  readonly settings: MarketplaceSettings;
  /** The marketplace for one run: each call that goes out, whichever capability makes it, waits for its own turn. */
  open(turn: Turn): Marketplace;
}
