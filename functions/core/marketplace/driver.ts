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

/**
 * Short texts that a driver keeps between runs, under names of its own, for all accounts that use a key at a
 * marketplace. They can be lost at any time, and must not be secret.
 */
export interface DriverCache {
  get(name: string): Promise<string | undefined>;
  put(name: string, text: string): Promise<void>;
  /** Deletes the text, unless another text has replaced it since. */
  drop(name: string, text: string): Promise<void>;
}

/** The parts of a run that a driver works with. Each call that goes out, for any capability, waits for a turn. */
export interface DriverRun {
  readonly turn: Turn;
  readonly readKey: ReadKey;
  readonly cache: DriverCache;
}

/** A driver speaks the protocol of a marketplace, and keeps its connections between runs. */
export interface Driver {
  readonly settings: MarketplaceSettings;
  /** Opens the marketplace for a run. */
  open(run: DriverRun): Marketplace;
}
