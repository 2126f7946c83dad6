import type { OpenSession } from '../access/session.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Form, FormBatch } from '../marketplace/sales.ts';
import { formOrderId, type OrderId } from '../orders/order.ts';
import type { Failure } from './bad-orders.ts';
import { type Doubt, readApart } from './doubt.ts';

interface FormDeps {
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly doubts: { readonly forms: Doubt };
  readonly outOfTime: () => boolean;
}

export interface FormReading {
  readonly forms: readonly Form[];
  /** Empty in an outage. */
  readonly failures: ReadonlyMap<OrderId, Failure>;
}

/** Reads a batch of forms, each once, and says of the others why they are missing. Throws MarketplaceFault. */
export async function readForms(deps: FormDeps, formIds: readonly string[]): Promise<FormReading> {
  const doubt = deps.doubts.forms;
  const { answers, refused, left } = await readApart([formIds], {
    doubt,
    outOfTime: deps.outOfTime,
    read: async (ids) => {
      const batch = await deps.session.call((handle, options) =>
        deps.marketplace.sales.forms(handle, ids, options),
      );
      const [form] = batch.forms;
      if (form !== undefined) doubt.worked(form.id);
      return batch;
    },
  });
  const known = new Map(answers.flatMap(({ forms }) => forms).map((form) => [form.id, form]));
  const absent = formIds.filter((id) => !known.has(id) && !left.includes(id));
  const failures = new Map<OrderId, Failure>();
  const refusals = refused.map(({ item, fault }) => [formOrderId(item), refusalOf(fault)] as const);
  if (absent.length === 0) return { forms: [...known.values()], failures };
  const unreadable = answers.flatMap((batch) => batch.unreadable);
  if (await doubt.isUp()) {
    for (const id of absent) failures.set(formOrderId(id), absence(id, unreadable));
    for (const [orderId, refusal] of refusals) failures.set(orderId, refusal);
  } else if (!doubt.canTell) {
    for (const id of absent.filter((one) => isToBlame(one, { formIds, unreadable }))) {
      failures.set(formOrderId(id), { ...absence(id, unreadable), unsure: true });
    }
    for (const [orderId, refusal] of refusals) failures.set(orderId, { ...refusal, unsure: true });
  }
  return { forms: [...known.values()], failures };
}

const refusalOf = ({ code, reason }: MarketplaceFault): Failure => ({
  reason: 'refused',
  detail: code ?? reason,
});

/**
 * Where no form was ever read: one that came, broken, is to blame by itself; one that did not come only if
 * it was asked for alone, because an outage hides them all.
 */
const isToBlame = (
  id: string,
  { formIds, unreadable }: { formIds: readonly string[]; unreadable: FormBatch['unreadable'] },
): boolean => formIds.length === 1 || unreadable.some((one) => one.id === id);

/** A form whose very id is unreadable may be any of those that are absent. */
function absence(id: string, unreadable: FormBatch['unreadable']): Failure {
  const found = unreadable.find((one) => one.id === id) ?? unreadable.find((one) => one.id === undefined);
  return found === undefined
    ? { reason: 'form-missing', detail: '' }
    : { reason: 'form-unreadable', detail: found.why };
}
