import type { Form } from '../marketplace.ts';
import { formOrderId } from '../order.ts';
import type { Applied, ApplyDeps } from './apply.ts';
import { chunks } from './apply.ts';
import { readForms } from './forms.ts';

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

/** A surcharge has landed when its forms have, and fails with them. One of a form that we do not know is no concern of ours. */
export function settleSurcharges(waiting: ReadonlyMap<string, readonly string[]>, applied: Applied): void {
  for (const [id, holders] of waiting) {
    const orderIds = holders.map(formOrderId);
    const failure = orderIds.map((orderId) => applied.failures.get(orderId)).find(Boolean);
    if (failure !== undefined) applied.failures.set(formOrderId(id), failure);
    else if (orderIds.every((orderId) => applied.landed.has(orderId))) applied.landed.add(formOrderId(id));
  }
}
