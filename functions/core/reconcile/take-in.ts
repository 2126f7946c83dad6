import { chunks } from '../base/batches.ts';
import { unstopped } from '../ingest/applied.ts';
import { needsAnotherRound, newBatch, outcomeOfRounds, readNextRound, storeChosen } from '../ingest/apply.ts';
import { allTold, noteSales, processWithPurchases, rowBatchSize } from '../ingest/process-orders.ts';
import type { SalesRead } from '../ingest/read-sales.ts';
import { type OrderContent, orderIdOfSale } from '../orders/order.ts';
import { boughtAt, orderBoughtAt } from '../orders/sale-times.ts';
import { type Choice, type Chosen, choose } from './choose.ts';
import { isBehindIndex, listedKind } from './kinds.ts';
import { dayFor, type ListingDeps, type Reading } from './reading.ts';
import type { ListedSale } from './store.ts';

/**
 * Stores the new ones of these ids, batch by batch. A stored one costs the reading of its row, and one that
 * the index knows costs nothing. False when the time is up before the last batch.
 */
export async function takeIn(deps: ListingDeps, reading: Reading, ids: readonly string[]): Promise<boolean> {
  const { index, policy } = reading;
  const isNews = (id: string): boolean => {
    const known = index.get(id);
    return known === undefined || !policy.isProcessed(known);
  };
  const passed = new Set(reading.listing.passed);
  const named = [...new Set(ids)].filter((id) => !passed.has(id));
  // A check trusts the index, because checks are made every night; imports and gaps are rare and read the
  // rows.
  const { kind, isOfRestored = kind !== 'check' } = reading.listing;
  const isSaidStored = (id: string) => isOfRestored && isBehindIndex(index.get(id)?.kind, undefined);
  const doubtful = named.filter((id) => isNews(id) || isSaidStored(id));
  const rows = await deps.orders.readMany(deps.accountId, doubtful.map(orderIdOfSale));
  const lost = new Set(isOfRestored ? behindIndex(reading, doubtful, rows) : []);
  const fresh = doubtful.filter((id) => isNews(id) || lost.has(id));
  const owed = await deps.rows.owed(fresh.flatMap((id) => rows.get(orderIdOfSale(id)) ?? []));
  const stored = new Map<string, OrderContent>();
  for (const id of fresh) {
    const row = rows.get(orderIdOfSale(id));
    const content = row?.content;
    // A row without its feed entry does not count as stored.
    const isStored = row !== undefined && !owed.has(row.orderId);
    if (content === undefined || !isStored || index.get(id)?.kind === 'unread') continue;
    index.note({ id, kind: listedKind(content.state), day: dayFor(deps, orderBoughtAt(content)) });
    stored.set(id, content);
  }
  await noteSurcharges(deps, reading, stored);
  const left = fresh.filter((id) => isNews(id) || lost.has(id));
  return await lookAt(deps, reading, { ids: left, rows });
}

/** The ids that the index has as stored orders, and whose row is missing or behind. */
export const behindIndex = (
  { index }: Pick<Reading, 'index'>,
  ids: readonly string[],
  rows: SalesRead['rows'],
): string[] =>
  ids.filter((id) => isBehindIndex(index.get(id)?.kind, rows.get(orderIdOfSale(id))?.content?.state));

/** Notes surcharges of stored orders that were read and have no goods: they need no further work. */
async function noteSurcharges(
  deps: ListingDeps,
  { index }: Reading,
  stored: ReadonlyMap<string, OrderContent>,
): Promise<void> {
  const dayOfSurcharge = new Map<string, string>();
  for (const [id, content] of stored) {
    const read = (content.surcharges ?? []).filter(({ payment }) => payment !== undefined);
    const unknown = read.filter((one) => one.id !== id && index.get(one.id) === undefined);
    for (const one of unknown) dayOfSurcharge.set(one.id, dayFor(deps, orderBoughtAt(content)));
  }
  if (dayOfSurcharge.size === 0) return;
  const rows = await deps.orders.readMany(deps.accountId, [...dayOfSurcharge.keys()].map(orderIdOfSale));
  for (const [id, day] of dayOfSurcharge)
    if (rows.get(orderIdOfSale(id))?.content === undefined) index.note({ id, kind: 'surcharge', day });
}

/**
 * Reads these sales, whatever is known of them, and the surcharges that they name, which may be orders with
 * goods, and stores them. `rows`: their rows, if they were read before. False when the time is up: the listing
 * then names the sales that are left, so that the next run goes on with them.
 */
export async function lookAt(
  deps: ListingDeps,
  reading: Reading,
  { ids, rows }: { ids: readonly string[]; rows?: SalesRead['rows'] },
): Promise<boolean> {
  const isUnknown = (id: string) => !reading.looked.has(id) && reading.index.get(id) === undefined;
  const unknown = () => [...reading.named.keys()].filter(isUnknown);
  let known = rows;
  for (let asked = ids; asked.length > 0; asked = unknown()) {
    const left = await lookAtAll(deps, reading, { ids: asked, rows: known });
    if (left.length > 0) {
      reading.listing = { ...reading.listing, left: [...new Set([...left, ...unknown()])] };
      return false;
    }
    known = undefined;
  }
  reading.listing = { ...reading.listing, left: undefined };
  return true;
}

interface Asked {
  readonly ids: readonly string[];
  readonly rows: SalesRead['rows'] | undefined;
}

/** Stores these sales, batch by batch. Returns those for which there was no time. */
async function lookAtAll(deps: ListingDeps, reading: Reading, { ids, rows }: Asked): Promise<string[]> {
  let left = [...ids];
  for (const batch of chunks(ids, rowBatchSize(deps))) {
    if (deps.outOfTime()) return left;
    const unread = await lookAtBatch(deps, reading, { ids: batch, rows });
    left = [...unread, ...left.slice(batch.length)];
    if (unread.length > 0) return left;
  }
  return [];
}

/**
 * Stores a batch in rounds of three steps: read, choose, store. Sales taken over from a killed worker stay
 * noted until all are stored. Returns the sales for which there was no time, of which nothing is noted.
 */
async function lookAtBatch(deps: ListingDeps, reading: Reading, { ids, rows }: Asked): Promise<string[]> {
  const { index, looked } = reading;
  const hints = { told: await allTold(deps), rows };
  const takenOver = reading.listing.toStore?.filter((id) => ids.includes(id) || !looked.has(id)) ?? [];
  let chosen: readonly Chosen[] = [];
  let heirs: ReadonlySet<string> = new Set();
  let left: ReadonlySet<string> = new Set();
  let batch = newBatch(ids);
  while (needsAnotherRound(batch)) {
    const read = await readNextRound(deps, batch, hints);
    left = left.union(new Set(read.left));
    heirs = heirs.union(heirsIn(read, heirs));
    const choice = await choose(deps, reading, { ...read, heirs });
    remember(reading, choice);
    chosen = [...chosen, ...choice.chosen];
    await announce(deps, reading, { takenOver, chosen });
    const sales = choice.chosen.map(({ sale }) => sale);
    batch = await storeChosen(deps, batch, { read, chosen: sales, hints });
  }
  const sales = [unstopped(await noteSales(deps, await outcomeOfRounds(deps, batch), reading.tally))];
  const processed = await processWithPurchases(deps, { sales, purchases: [] }, reading.tally);
  for (const { sale } of chosen) {
    const kind = processed.has(orderIdOfSale(sale.id)) ? listedKind(sale.state) : 'unread';
    index.note({ id: sale.id, kind, day: dayFor(deps, boughtAt(sale)) });
  }
  for (const id of batch.replaced.keys()) {
    const kind = processed.has(orderIdOfSale(id)) ? 'replaced' : 'unread';
    index.note({ id, kind, day: index.get(id)?.day ?? dayFor(deps, undefined) });
  }
  const asked = ids.filter((id) => !left.has(id));
  for (const id of asked)
    if (index.get(id) === undefined && !looked.has(id)) index.note(unreadSale(deps, id));
  const passed = asked.filter((id) => index.get(id) === undefined);
  const isOpen = (id: string) => left.has(id) || !(looked.has(id) || asked.includes(id));
  reading.listing = {
    ...reading.listing,
    toStore: reading.listing.toStore?.filter(isOpen),
    ...(passed.length > 0 && { passed: [...(reading.listing.passed ?? []), ...passed] }),
  };
  return ids.filter((id) => left.has(id));
}

/** Orders that have replaced stored orders, directly or through others. */
function heirsIn({ rows, replaced }: SalesRead, heirs: ReadonlySet<string>): Set<string> {
  const isOurs = (id: string) => heirs.has(id) || rows.get(orderIdOfSale(id))?.content !== undefined;
  return new Set([...replaced].flatMap(([id, newIds]) => (isOurs(id) ? newIds : [])));
}

const unreadSale = (deps: ListingDeps, id: string): ListedSale => ({
  id,
  kind: 'unread',
  day: dayFor(deps, undefined),
});

/** Notes the sales that are about to change, so that the next worker completes all of them after a crash. */
async function announce(
  deps: ListingDeps,
  reading: Reading,
  { takenOver, chosen }: { takenOver: readonly string[]; chosen: readonly Chosen[] },
): Promise<void> {
  const { index, listing, policy } = reading;
  const changing = chosen.filter(({ sale, before }) => before !== sale.state);
  const toStore = [...new Set([...takenOver, ...changing.map(({ sale }) => sale.id)])];
  if (toStore.length === 0) return;
  if (policy.losses !== undefined) await index.save(listing.lists[0] ?? 'all-sales');
  const known = new Set(listing.toStore);
  const news = new Set(chosen.filter(({ before }) => before === undefined).map(({ sale }) => sale.id));
  const imported = listing.counts.imported + [...news].filter((id) => !known.has(id)).length;
  reading.listing = { ...listing, counts: { ...listing.counts, imported }, toStore };
  await deps.listed.putListing(deps.accountId, reading.listing);
}

/** Adds the facts of a choice to the reading. */
function remember({ index, looked, named, goodless }: Reading, choice: Choice): void {
  for (const [id, day] of choice.named) named.set(id, day);
  for (const id of choice.goodless) goodless.add(id);
  for (const id of choice.looked) looked.add(id);
  for (const note of choice.notes) index.note(note);
}
