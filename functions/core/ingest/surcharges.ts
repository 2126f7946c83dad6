import { chunks } from '../base/batches.ts';
import type { Sale } from '../marketplace/sales.ts';
import { isSurcharge, type OrderId, orderIdOfSale } from '../orders/order.ts';
import { type Applied, type ApplyDeps, type Fate, failureIn, isStoredIn } from './applied.ts';
import { leftBehind } from './holding.ts';
import { readSales } from './read-sales.ts';

/**
 * The surcharges that sales name, by id: the `known` ones, and others read by calls of their own. A surcharge
 * that the marketplace does not show is left out. Throws MarketplaceFault for an outage.
 */
export async function readSurcharges(
  deps: ApplyDeps,
  { of, known }: { of: readonly Sale[]; known: readonly Sale[] },
): Promise<ReadonlyMap<string, Sale>> {
  const found = new Map(known.map((sale) => [sale.id, sale]));
  const named = new Set(of.flatMap(({ surchargeIds }) => surchargeIds));
  const missing = [...named].filter((id) => !found.has(id));
  for (const ids of chunks(missing, deps.marketplace.settings.saleBatchSize)) {
    const { sales } = await readSales(deps, ids);
    for (const sale of sales) found.set(sale.id, sale);
  }
  return found;
}

/**
 * Sales with goods that other sales name as surcharges, and that are not stored, or not completely: they are
 * orders of their own, to be read.
 */
export async function ordersAmong(
  deps: ApplyDeps,
  {
    named,
    surcharges,
    asked,
  }: { named: readonly Sale[]; surcharges: ReadonlyMap<string, Sale>; asked: ReadonlySet<string> },
): Promise<string[]> {
  const ids = new Set(named.flatMap(({ surchargeIds }) => surchargeIds));
  const withGoods = [...ids].filter((id) => {
    const sale = surcharges.get(id);
    return sale !== undefined && !isSurcharge(sale) && !asked.has(id);
  });
  const rows = await deps.orders.readMany(deps.accountId, withGoods.map(orderIdOfSale));
  const left = await leftBehind(deps, [...rows.values()]);
  return withGoods
    .map((id) => [id, orderIdOfSale(id)] as const)
    .filter(([, orderId]) => rows.get(orderId)?.content === undefined || left.has(orderId))
    .map(([id]) => id);
}

/** Fates of surcharges that orders show: held without a reading, unless one was read and failed by itself. */
export const fatesOfShown = (shown: readonly string[], { fates }: Applied): ReadonlyMap<OrderId, Fate> =>
  new Map(
    shown
      .map(orderIdOfSale)
      .filter((orderId) => !fates.has(orderId))
      .map((orderId) => [orderId, 'held']),
  );

/**
 * Fates of surcharges that wait for their sales: they are stored and fail together. A surcharge of an unknown
 * sale counts as processed.
 */
export function fatesOfWaiting(
  waiting: ReadonlyMap<string, readonly string[]>,
  applied: Applied,
): ReadonlyMap<OrderId, Fate> {
  const fates = new Map<OrderId, Fate>();
  for (const [id, holders] of waiting) {
    const fate = fateWith(holders.map(orderIdOfSale), applied);
    if (fate !== undefined) fates.set(orderIdOfSale(id), fate);
  }
  return fates;
}

/**
 * Fate of a thing that is stored together with these orders; a failure of one is its failure; undefined while
 * one is not stored.
 */
export function fateWith(orderIds: readonly OrderId[], applied: Applied): Fate | undefined {
  const failures = orderIds.flatMap((orderId) => failureIn(applied, orderId) ?? []);
  // An order in doubt is stored, and so is the thing that belongs to it.
  const failure = failures.find(({ reason }) => reason !== 'unconfirmed');
  return failure ?? (orderIds.every((orderId) => isStoredIn(applied, orderId)) ? 'stored' : undefined);
}
