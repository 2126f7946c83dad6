import type { Account, AccountChanges } from '../account.ts';
import { keepOffers } from '../offers/chore.ts';
import type { SavedFacts } from '../ports/accounts.ts';
import type { JournalStore } from '../ports/journal.ts';
import type { ListedStore } from '../ports/listed.ts';
import type { OfferStore } from '../ports/offers.ts';
import { type EpochMillis, latestTrueTime, plus } from '../time.ts';
import { runImport } from './imports.ts';
import { overlap } from './overlap.ts';
import { reconcile } from './reconcile.ts';
import { retryUnconfirmed, type SettleDeps, type Tally } from './settle.ts';

export type ChoreDeps = SettleDeps & {
  readonly journal: JournalStore;
  /** Without it the marketplace's own lists are not read. */
  readonly listed?: ListedStore;
  /** Without it no offers are kept. */
  readonly offers?: OfferStore;
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

/** How far a chore has come: what to remember, and whether it came further than before. */
export interface ChoreDone {
  readonly outcome: 'done' | 'interrupted';
  readonly facts: AccountChanges;
  readonly moved: boolean;
}

/**
 * What is done now and then, once the journal has been read to its end. Answers undefined while it is not
 * due; one that was interrupted is due. Throws MarketplaceFault.
 */
export type Chore = (deps: ChoreDeps, use: ChoreUse) => Promise<ChoreDone | undefined>;

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

/** What the marketplace showed in contradiction to its own journal is read again. */
const confirm: Chore = async (deps, { tally }) => {
  await retryUnconfirmed(deps, tally);
  return undefined;
};

/** In this order; the first that runs out of time ends the run. */
const CHORES: readonly Chore[] = [confirm, overlap, reconcile, runImport, keepOffers];

/** Does what is due, and notes in `done` what came of it, also when it throws. */
export async function doChores(
  deps: ChoreDeps,
  use: ChoreUse & { readonly done: ChoreDone[] },
): Promise<'done' | 'interrupted'> {
  for (const chore of CHORES) {
    const result = await chore(deps, use);
    if (result === undefined) continue;
    use.done.push(result);
    if (result.outcome === 'interrupted') return 'interrupted';
  }
  return 'done';
}
