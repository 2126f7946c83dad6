import { chunks } from '../base/batches.ts';
import type { Form } from '../marketplace/sales.ts';
import { formOrderId, isSurcharge, type OrderId } from '../orders/order.ts';
import { type Applied, type ApplyDeps, type Fate, failureIn, isStoredIn } from './applied.ts';
import { readForms } from './read-forms.ts';

/**
 * The surcharges that forms name, by id: those among the `known` ones, the others read by calls of their own.
 * One that the marketplace does not show is left out. Throws MarketplaceFault for an outage.
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

/** Forms with goods that others name as surcharges and that are not stored yet: orders of their own, to be read. */
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
  return withGoods.filter((id) => rows.get(formOrderId(id))?.content === undefined);
}

/** What orders show of their surcharges needs no reading, unless one of them was read and failed by itself. */
export const fatesOfShown = (shown: readonly string[], { fates }: Applied): ReadonlyMap<OrderId, Fate> =>
  new Map(
    shown
      .map(formOrderId)
      .filter((orderId) => !fates.has(orderId))
      .map((orderId) => [orderId, 'held']),
  );

/** A surcharge has landed when its forms have, and fails with them. The surcharge of an unknown form is no concern of ours. */
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

/** The fate of what is stored with all of these orders: a failure of one is its own; undefined while one is not stored. */
export function fateWith(orderIds: readonly OrderId[], applied: Applied): Fate | undefined {
  const failures = orderIds.flatMap((orderId) => failureIn(applied, orderId) ?? []);
  // An order that was stored in doubt is stored, and what belongs to it too.
  const failure = failures.find(({ reason }) => reason !== 'unconfirmed');
  return failure ?? (orderIds.every((orderId) => isStoredIn(applied, orderId)) ? 'landed' : undefined);
}
