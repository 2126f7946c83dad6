import type { Sale } from '../marketplace/sales.ts';
import { orderIdOfSale, parseOrderId } from '../orders/order.ts';
import { type Applied, type ApplyDeps, allOf, CONFLICTS, NOTHING_APPLIED } from './applied.ts';
import { closeMerged, fatesOfRivals, type Gone, type Heirs, heirsOf } from './merged.ts';
import { type NamedPurchases, withNamedPurchases } from './named-purchases.ts';
import { readWithRows, type SalesRead } from './read-sales.ts';
import { closeReplaced } from './replaced.ts';
import { select } from './select.ts';
import { storeSales } from './store-sales.ts';
import { fatesOfShown, fatesOfWaiting } from './surcharges.ts';
import type { Told } from './unconfirmed.ts';

/** Facts known of sales before they are read. */
export interface Hints {
  readonly told: Told;
  readonly named?: NamedPurchases | undefined;
  /** The reading of the first round, if it was made ahead. */
  readonly read?: SalesRead | undefined;
  /** The rows for the first round, if they were read before. */
  readonly rows?: SalesRead['rows'] | undefined;
}

/**
 * A batch of sales under way, in rounds: read (`readNextRound`), choose, store (`storeChosen`), until nothing is
 * left to be read; then `outcomeOfRounds`. A value, which each round replaces.
 */
export interface Batch extends Gone {
  /**
   * Sales to read in the next round: those asked for, named by sales that were read, or changed by another
   * writer.
   */
  readonly next: readonly string[];
  readonly rounds: number;
  readonly asked: ReadonlySet<string>;
  readonly applied: Applied;
  /** Surcharges that wait for the sales that name them. */
  readonly waiting: ReadonlyMap<string, readonly string[]>;
  /** Surcharges that stored orders show. */
  readonly shown: readonly string[];
  /** Sales that were read as sales. */
  readonly sales: ReadonlySet<string>;
  /** Orders that may hold the purchases of absent sales by now. */
  readonly heirs: Heirs;
  /** By sale, other sales that hold a purchase of it too. */
  readonly rivals: ReadonlyMap<string, readonly string[]>;
}

export const newBatch = (saleIds: readonly string[]): Batch => ({
  next: saleIds,
  rounds: 0,
  asked: new Set(saleIds),
  applied: NOTHING_APPLIED,
  replaced: new Map(),
  waiting: new Map(),
  shown: [],
  sales: new Set(),
  absent: new Set(),
  rivals: new Map(),
  purchases: new Map(),
  heirs: new Map(),
});

/**
 * Whether another round is needed, which happens only because of another writer, or of sales that name each
 * other.
 */
export const needsAnotherRound = ({ next, rounds, applied }: Batch): boolean =>
  next.length > 0 && rounds < CONFLICTS && applied.stop === undefined;

/**
 * Reads these sales (one batch), unless they were read before, and stores all of them. A sale whose reading
 * lacks parts that are `told` of it is stored and counts as unconfirmed. Throws MarketplaceFault for an
 * outage.
 */
export async function applySales(
  deps: ApplyDeps,
  saleIds: readonly string[],
  hints: Hints,
): Promise<Applied> {
  let batch = newBatch(saleIds);
  while (needsAnotherRound(batch)) {
    const read = await readNextRound(deps, batch, hints);
    batch = await storeChosen(deps, batch, { read, chosen: read.sales, hints });
  }
  return await outcomeOfRounds(deps, batch);
}

/** First step of a round: reads its sales. Throws MarketplaceFault. */
export async function readNextRound(
  deps: ApplyDeps,
  { next, rounds }: Batch,
  { read: ahead, rows, named }: Hints,
): Promise<SalesRead> {
  const isFirst = rounds === 0;
  const read = (isFirst && ahead) || (await readWithRows(deps, next, isFirst ? rows : undefined));
  const before = (id: string) => read.rows.get(orderIdOfSale(id))?.content;
  const sales = read.sales.map((sale) =>
    withNamedPurchases(sale, { named: named?.get(sale.id), before: before(sale.id) }),
  );
  return { ...read, sales };
}

/** Last step of a round: stores the `chosen` sales, and notes the sales to read next. */
export async function storeChosen(
  deps: ApplyDeps,
  batch: Batch,
  { read, chosen, hints }: { read: SalesRead; chosen: readonly Sale[]; hints: Hints },
): Promise<Batch> {
  const { told, named } = hints;
  const selected = await select(deps, { read, chosen, asked: batch.asked, told });
  const unread = [...read.failures.keys()].flatMap((orderId) => read.rows.get(orderId) ?? []);
  const sales = batch.sales.union(new Set(read.sales.map(({ id }) => id)));
  const stored = await storeSales(deps, { toStore: selected.toStore, unread, told });
  const gone = withGone(batch, read, named);
  const heirs = await heirsOf(deps, gone);
  const found = [
    ...[...read.replaced.values(), ...stored.rivals.values()].flat(),
    ...[...heirs.values()].flat(2),
  ].filter((id) => !batch.asked.has(id));
  const next = [...new Set([...found, ...selected.more, ...stored.again])];
  return {
    ...gone,
    next,
    rounds: batch.rounds + 1,
    asked: new Set([...batch.asked, ...next]),
    applied: allOf([
      batch.applied,
      { fates: read.failures, stop: read.stop },
      selected.applied,
      stored.applied,
    ]),
    waiting: new Map([...batch.waiting, ...selected.waiting]),
    shown: [...batch.shown, ...stored.shown],
    sales,
    rivals: new Map([...batch.rivals, ...stored.rivals]),
    heirs,
  };
}

function withGone(batch: Gone, read: SalesRead, named: NamedPurchases | undefined): Gone {
  const absent = absentIn(read);
  return {
    absent: batch.absent.union(new Set(absent)),
    replaced: new Map([...batch.replaced, ...read.replaced]),
    purchases: new Map([
      ...batch.purchases,
      ...purchasesKnown([...absent, ...read.replaced.keys()], read, named),
    ]),
  };
}

/** Sales that are missing although the marketplace works, without those of cancelled sales, whose end is known. */
const absentIn = ({ rows, failures }: SalesRead): string[] =>
  [...failures].flatMap(([orderId, { reason }]) => {
    const isOver = rows.get(orderId)?.content?.state === 'cancelled';
    return reason === 'order-missing' && !isOver ? (parseOrderId(orderId)?.id ?? []) : [];
  });

/** The purchases of these sales, from their rows, or else from events. */
const purchasesKnown = (ids: readonly string[], { rows }: SalesRead, named: NamedPurchases = new Map()) =>
  ids.map((id): [string, readonly string[]] => [
    id,
    rows.get(orderIdOfSale(id))?.content?.replaces ??
      named.get(id)?.map(({ purchaseId }) => purchaseId) ??
      [],
  ]);

/**
 * The result of all rounds, with the fates of orders that wait for others: surcharges, and orders that others
 * have replaced.
 */
export async function outcomeOfRounds(deps: ApplyDeps, batch: Batch): Promise<Applied> {
  const applied = allOf([batch.applied, { fates: fatesOfShown(batch.shown, batch.applied) }]);
  const processed = allOf([applied, { fates: fatesOfWaiting(batch.waiting, applied) }]);
  const merged = allOf([processed, await closeMerged(deps, batch)]);
  const known = allOf([merged, { fates: fatesOfRivals(batch, merged) }]);
  return await closeReplaced(deps, { ...batch, applied: known });
}
