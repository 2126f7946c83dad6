import type { Form } from '../marketplace/sales.ts';
import { formOrderId } from '../orders/order.ts';
import { type Applied, type ApplyDeps, allOf, CONFLICTS, NOTHING_APPLIED } from './applied.ts';
import { type NamedDeals, withNamedDeals } from './named-deals.ts';
import { type FormsRead, readWithRows } from './read-forms.ts';
import { closeReplaced } from './replaced.ts';
import { select } from './select.ts';
import { storeForms } from './store-forms.ts';
import { fatesOfShown, fatesOfWaiting } from './surcharges.ts';
import type { Told } from './unconfirmed.ts';

/** What is known of forms before they are read. */
export interface Hints {
  readonly told: Told;
  readonly named?: NamedDeals | undefined;
  /** The reading of the first round, where it was made ahead. */
  readonly read?: FormsRead | undefined;
}

/**
 * One batch of forms under way, in rounds: read (`readNext`), choose, store (`storeChosen`), until nothing is left to be
 * read; then `concluded`. A value, which each round replaces.
 */
export interface Batch {
  /** To be read in the next round: asked for, or named by what was read, or overtaken by another writer. */
  readonly next: readonly string[];
  readonly rounds: number;
  readonly asked: ReadonlySet<string>;
  readonly applied: Applied;
  /** Orders whose purchases live on in others, and surcharges that wait for the forms that name them. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
  readonly waiting: ReadonlyMap<string, readonly string[]>;
  /** Surcharges that stored orders show. */
  readonly shown: readonly string[];
}

export const newBatch = (formIds: readonly string[]): Batch => ({
  next: formIds,
  rounds: 0,
  asked: new Set(formIds),
  applied: NOTHING_APPLIED,
  replaced: new Map(),
  waiting: new Map(),
  shown: [],
});

/** Rounds only go on because of another writer, or of forms that name each other. */
export const isUnderWay = ({ next, rounds }: Batch): boolean => next.length > 0 && rounds < CONFLICTS;

/**
 * Reads these forms (one batch), unless they were read already, and stores all of them. A form whose reading lacks
 * what is `told` of it is stored and counts as unconfirmed. Throws MarketplaceFault for an outage.
 */
export async function applyForms(
  deps: ApplyDeps,
  formIds: readonly string[],
  hints: Hints,
): Promise<Applied> {
  let batch = newBatch(formIds);
  while (isUnderWay(batch)) {
    const read = await readNext(deps, batch, hints);
    batch = await storeChosen(deps, batch, { read, chosen: read.forms, told: hints.told });
  }
  return await concluded(deps, batch);
}

/** First step of a round. Throws MarketplaceFault. */
export async function readNext(
  deps: ApplyDeps,
  { next, rounds }: Batch,
  { read: ahead, named }: Hints,
): Promise<FormsRead> {
  const read = (rounds === 0 && ahead) || (await readWithRows(deps, next));
  const before = (id: string) => read.rows.get(formOrderId(id))?.content;
  const forms = read.forms.map((form) =>
    withNamedDeals(form, { named: named?.get(form.id), before: before(form.id) }),
  );
  return { ...read, forms };
}

/** Last step of a round: stores those that were `chosen` among the forms read, and says what is to be read next. */
export async function storeChosen(
  deps: ApplyDeps,
  batch: Batch,
  use: { read: FormsRead; chosen: readonly Form[]; told: Told },
): Promise<Batch> {
  const { read, chosen, told } = use;
  const selected = await select(deps, { read, chosen, asked: batch.asked, told });
  const owed = [...read.failures.keys()].flatMap((orderId) => read.rows.get(orderId) ?? []);
  const stored = await storeForms(deps, { looks: selected.looks, owed, told });
  const successors = [...read.replaced.values()].flat().filter((id) => !batch.asked.has(id));
  const next = [...new Set([...successors, ...selected.more, ...stored.again])];
  return {
    next,
    rounds: batch.rounds + 1,
    asked: new Set([...batch.asked, ...next]),
    applied: allOf([batch.applied, { fates: read.failures }, selected.applied, stored.applied]),
    replaced: new Map([...batch.replaced, ...read.replaced]),
    waiting: new Map([...batch.waiting, ...selected.waiting]),
    shown: [...batch.shown, ...stored.shown],
  };
}

/** What came of all rounds, with the fates of what waits for others: surcharges, and orders that others have replaced. */
export async function concluded(deps: ApplyDeps, batch: Batch): Promise<Applied> {
  const applied = allOf([batch.applied, { fates: fatesOfShown(batch.shown, batch.applied) }]);
  const settled = allOf([applied, { fates: fatesOfWaiting(batch.waiting, applied) }]);
  return await closeReplaced(deps, { ...batch, applied: settled });
}
