import type { Chore, ChoreDeps, ChoreDone, ChoreUse } from '../ingest/chore.ts';
import { retryUnconfirmed } from '../ingest/settle.ts';
import { overlap } from '../journal/overlap.ts';
import { keepOffers } from '../offers/chore.ts';
import type { OfferStore } from '../offers/store.ts';
import { runImport } from '../reconcile/imports.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Lists } from '../reconcile/store.ts';

/** What the marketplace showed in contradiction to its own journal is read again. */
const confirm: Chore = async (deps, { tally }) => {
  await retryUnconfirmed(deps, tally);
  return undefined;
};

/** The stores of single chores. */
type Stores = Lists & {
  /** Without it no offers are kept. */
  readonly offers?: OfferStore;
};

/** In this order; the first that runs out of time ends the run. */
const CHORES: readonly Chore<Stores>[] = [confirm, overlap, reconcile, runImport, keepOffers];

/** Does what is due, and notes in `done` what came of it, also when it throws. */
export async function doChores(
  deps: ChoreDeps & Stores,
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
