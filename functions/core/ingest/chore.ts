import type { Account } from '../account/account.ts';
import type { SavedFacts, SyncChanges } from '../account/store.ts';
import { type EpochMillis, latestTrueTime, plus } from '../base/time.ts';
import type { SettleDeps, Tally } from './settle.ts';
import type { JournalStore } from './store.ts';

export type ChoreDeps = SettleDeps & {
  readonly journal: JournalStore;
  /** A form that was readable lately. */
  readonly goodFormId?: string | undefined;
};

export interface ChoreUse {
  /** As it was claimed. */
  readonly account: Account;
  /** The last event up to which everything has landed. */
  readonly cursor: string;
  readonly tally: Tally;
  /** When the newest event was written that has been read; absent before the first. */
  readonly toldUntil?: EpochMillis | undefined;
  /** Keeps what has been done so far, under the claim, for the case that the worker is killed. */
  readonly save: (facts: SavedFacts) => Promise<void>;
}

/** What chores remember on the account, for `conclude` to write. */
export type ChoreFacts = SyncChanges<
  | 'cursor'
  | 'cursorEventAtMillis'
  | 'firstCursor'
  | 'leap'
  | 'search'
  | 'backlog'
  | 'overlap'
  | 'hourlyOverlapAtMillis'
  | 'dailyOverlapAtMillis'
  | 'checkAskedAtMillis'
  | 'check'
  | 'gap'
  | 'importing'
  | 'offers'
>;

/** How far a chore has come: what to remember, and whether it came further than before. */
export interface ChoreDone {
  readonly outcome: 'done' | 'interrupted';
  readonly facts: ChoreFacts;
  readonly moved: boolean;
}

/**
 * What is done now and then, once the journal has been read to its end. Answers undefined while it is not
 * due; one that was interrupted is due. A chore names the stores of its own in `Deps`. Throws MarketplaceFault.
 */
export type Chore<Deps = unknown> = (deps: ChoreDeps & Deps, use: ChoreUse) => Promise<ChoreDone | undefined>;

/**
 * Due by its own rhythm, or because somebody has asked for a check since it was done last, or because a clock that
 * was ahead wrote when that was.
 */
export const isDue = (
  { checkAskedAtMillis: asked }: Account,
  use: { doneAtMillis: EpochMillis; every: number; now: EpochMillis },
): boolean =>
  use.now >= plus(use.doneAtMillis, use.every) ||
  (asked ?? 0) > use.doneAtMillis ||
  use.doneAtMillis > latestTrueTime(use.now);
