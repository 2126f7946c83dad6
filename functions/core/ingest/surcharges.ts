import { chunks } from '../base/batches.ts';
import type { Form } from '../marketplace/sales.ts';
import { formOrderId, isSurcharge, type OrderId } from '../orders/order.ts';
import { type Applied, type ApplyDeps, type Fate, failureIn, isStoredIn } from './applied.ts';
import { leftBehind } from './holding.ts';
import { readForms } from './read-forms.ts';

/**
 * The surcharges that forms name, by id: the `known` ones, and others read by calls of their own. A surcharge
 * that the marketplace does not show is left out. Throws MarketplaceFault for an outage.
 */
export async function readSurcharges(
  deps: ApplyDeps,
  { of, known }: { of: readonly Form[]; known: readonly Form[] },
): Promise<ReadonlyMap<string, Form>> {
  const found = new Map(known.map((form) => [form.id, form]));
  const named = new Set(of.flatMap(({ surchargeIds }) => surchargeIds));
  const missing = [...named].filter((id) => !found.has(id));
  for (const ids of chunks(missing, deps.marketplace.settings.formBatchSize)) {
    const { forms } = await readForms(deps, ids);
    for (const form of forms) found.set(form.id, form);
  }
  return found;
}

/**
 * Forms with goods that other forms name as surcharges, and that are not stored, or not completely: they are
 * orders of their own, to be read.
 */
export async function ordersAmong(
  deps: ApplyDeps,
  use: { named: readonly Form[]; surcharges: ReadonlyMap<string, Form>; asked: ReadonlySet<string> },
): Promise<string[]> {
  const ids = new Set(use.named.flatMap(({ surchargeIds }) => surchargeIds));
  const withGoods = [...ids].filter((id) => {
    const form = use.surcharges.get(id);
    return form !== undefined && !isSurcharge(form) && !use.asked.has(id);
  });
  const rows = await deps.orders.readMany(deps.accountId, withGoods.map(formOrderId));
  const left = await leftBehind(deps, [...rows.values()]);
  return withGoods
    .map((id) => [id, formOrderId(id)] as const)
    .filter(([, orderId]) => rows.get(orderId)?.content === undefined || left.has(orderId))
    .map(([id]) => id);
}

/** Fates of surcharges that orders show: held without a reading, unless one was read and failed by itself. */
export const fatesOfShown = (shown: readonly string[], { fates }: Applied): ReadonlyMap<OrderId, Fate> =>
  new Map(
    shown
      .map(formOrderId)
      .filter((orderId) => !fates.has(orderId))
      .map((orderId) => [orderId, 'held']),
  );

/**
 * Fates of surcharges that wait for their forms: they are stored and fail together. A surcharge of an unknown
 * form counts as processed.
 */
export function fatesOfWaiting(
  waiting: ReadonlyMap<string, readonly string[]>,
  applied: Applied,
): ReadonlyMap<OrderId, Fate> {
  const fates = new Map<OrderId, Fate>();
  for (const [id, holders] of waiting) {
    const fate = fateWith(holders.map(formOrderId), applied);
    if (fate !== undefined) fates.set(formOrderId(id), fate);
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
