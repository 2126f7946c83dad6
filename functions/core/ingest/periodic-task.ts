import type { Account } from '../account/account.ts';
import type { SavedFacts, SyncChanges } from '../account/store.ts';
import { type EpochMillis, latestTrueTime, plus } from '../base/time.ts';
import type { ProcessDeps, Tally } from './process-orders.ts';
import type { JournalStore } from './store.ts';

export type TaskDeps = ProcessDeps & {
  readonly journal: JournalStore;
  /** A sale that could be read lately. */
  readonly goodSaleId?: string | undefined;
};

export interface TaskRun {
  /** The account as it was when it was claimed. */
  readonly account: Account;
  /** The last event up to which everything is stored. */
  readonly cursor: string;
  readonly tally: Tally;
  /** Time of the newest event that was read; absent before the first. */
  readonly toldUntil?: EpochMillis | undefined;
  /** Saves facts under the claim, in case the worker is killed. */
  readonly save: (facts: SavedFacts) => Promise<void>;
}

/** Facts that periodic tasks leave on the account, for `conclude` to write. */
export type TaskFacts = SyncChanges<
  | 'cursor'
  | 'cursorEventAtMillis'
  | 'firstCursor'
  | 'leap'
  | 'search'
  | 'backlog'
  | 'overlap'
  | 'hourlyOverlapAtMillis'
  | 'dailyOverlapAtMillis'
  | 'dailyOverlapRequestMillis'
  | 'checkAskedAtMillis'
  | 'check'
  | 'gap'
  | 'importing'
  | 'offers'
>;

/** Result of a periodic task: the facts to write, and whether it made progress. */
export interface TaskDone {
  readonly outcome: 'done' | 'interrupted';
  readonly facts: TaskFacts;
  readonly moved: boolean;
}

/**
 * Work that is done now and then, once the journal has been read to its end. Undefined while the work is not
 * due; interrupted work is due. A periodic task names the stores that it needs besides in `Deps`. Throws
 * MarketplaceFault.
 */
export type PeriodicTask<Deps = unknown> = (
  deps: TaskDeps & Deps,
  run: TaskRun,
) => Promise<TaskDone | undefined>;

/** Whether a check is asked for by another request than the one that work knew when it was done. */
export const isAskedAgain = (
  { checkAskedAtMillis: asked }: Pick<Account, 'checkAskedAtMillis'>,
  known: EpochMillis | undefined,
): boolean => asked !== undefined && asked !== known;

/**
 * Whether work is due: by its poll interval, because a check is asked for that the last one does not answer, or because
 * a clock that was ahead wrote the time of the last one.
 */
export const isDue = (
  account: Pick<Account, 'checkAskedAtMillis'>,
  {
    doneAtMillis,
    answered,
    every,
    now,
  }: { doneAtMillis: EpochMillis; answered: EpochMillis | undefined; every: number; now: EpochMillis },
): boolean =>
  now >= plus(doneAtMillis, every) || isAskedAgain(account, answered) || doneAtMillis > latestTrueTime(now);
