import { chunks } from '../base/batches.ts';
import type { Form } from '../marketplace/sales.ts';
import { formOrderId, isSurcharge, type OrderId } from '../orders/order.ts';
import type { Applied, ApplyDeps } from './applied.ts';
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

/** A surcharge has landed when its forms have, and fails with them. The surcharge of an unknown form is no concern of ours. */
export function settleSurcharges(waiting: ReadonlyMap<string, readonly string[]>, applied: Applied): void {
  for (const [id, holders] of waiting) {
    const orderIds = holders.map(formOrderId);
    const failures = orderIds.flatMap((orderId) => applied.failures.get(orderId) ?? []);
    const failure = failures.find(({ reason }) => reason !== 'unconfirmed');
    // A form that was stored in doubt is stored, and its surcharges with it.
    const isStored = (orderId: OrderId) => applied.landed.has(orderId) || applied.failures.has(orderId);
    if (failure !== undefined) applied.failures.set(formOrderId(id), failure);
    else if (orderIds.every(isStored)) applied.landed.add(formOrderId(id));
  }
}
