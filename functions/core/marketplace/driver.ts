import type { Secret } from '../base/secret.ts';
import type { Marketplace } from './marketplace.ts';
import type { MarketplaceSettings } from './settings.ts';

/** Calls of a login go out under the login's lease, and must not wait for long. */
export type CallKind = 'login' | 'other';

/**
 * Waits until a call may go out, within the limits of its key and address, because a marketplace blocks an
 * address that calls too often. Every call waits for a turn of its own. Throws OwnStop when no call may go
 * out for now.
 */
export type Turn = (kind: CallKind) => Promise<void>;

/**
 * Reads the key of a run's account, for questions that a protocol takes with a key and no session; undefined if the key
 * is gone. Costs a request to the store of secrets, so that a driver reads the key only for such a question.
 */
export type ReadKey = () => Promise<Secret | undefined>;

/** A driver speaks the protocol of a marketplace, and keeps its connections between runs. */
export interface Driver {
  readonly settings: MarketplaceSettings;
  /** Opens the marketplace for a run. Each call that goes out, for any capability, waits for a turn. */
  open(turn: Turn, readKey: ReadKey): Marketplace;
}
