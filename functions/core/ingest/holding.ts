import { together } from '../base/batches.ts';
import type { Form, Purchase } from '../marketplace/sales.ts';
import {
  dealOrderId,
  formOrderId,
  holdsPurchases,
  type OrderContent,
  type OrderId,
  parseOrderId,
  purchasesOf,
} from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, CONFLICTS, type Rows } from './applied.ts';
import { land } from './land.ts';

/** A form whose row is stored. */
export interface LandedForm {
  readonly form: Pick<Form, 'id' | 'surchargeIds'>;
  readonly content: OrderContent;
  /** Of its row, as it was found or written. */
  readonly revision: number;
  /** Purchases that it held once and holds no more. */
  readonly letGo: readonly Purchase[];
}

/**
 * Purchases that the form's row held and that this reading lacks. The row keeps them, because a crash between
 * the row and its deals would otherwise leave a deal that nobody holds closed for ever.
 */
export function letGoBy(row: OrderRow | undefined, content: OrderContent): Purchase[] {
  const before = [...(row?.letGo ?? []), ...(row?.content === undefined ? [] : purchasesOf(row.content))];
  const byId = new Map(before.map((purchase) => [purchase.dealId, purchase]));
  for (const dealId of content.replaces) byId.delete(dealId);
  return [...byId.values()];
}

/**
 * Closes the deals that these forms hold and opens those that they let go. The rows of the deals are read
 * after those of the forms were written: whoever opens a deal writes it first and then looks whether a form
 * holds it, so that one of the two always sees the other.
 */
export async function settleHoldings(
  deps: ApplyDeps,
  landed: readonly LandedForm[],
  applied: Applied,
): Promise<void> {
  const dealIds = landed.flatMap(({ content, letGo }) => [
    ...content.replaces,
    ...letGo.map(({ dealId }) => dealId),
  ]);
  const rows = await deps.orders.readMany(deps.accountId, [...new Set(dealIds)].map(dealOrderId));
  await together(landed, async (one) => {
    await settleDeals(deps, { ...one, rows, applied });
    await holdSurcharges(deps, one.form);
  });
}

async function settleDeals(
  deps: ApplyDeps,
  use: LandedForm & { rows: Rows; applied: Applied },
): Promise<void> {
  const { form, content, letGo, rows, applied } = use;
  const releasedBy = [form.id];
  for (const purchase of letGo) {
    const isHeld = rows.get(dealOrderId(purchase.dealId))?.heldBy?.includes(form.id) ?? false;
    if (isHeld) applied.opened.push({ ...purchase, releasedBy });
  }
  for (const purchase of purchasesOf(content)) {
    const orderId = dealOrderId(purchase.dealId);
    if (!holdsPurchases(content.state)) applied.opened.push({ ...purchase, releasedBy });
    else {
      if (await hold(deps, { orderId, formId: form.id, row: rows.get(orderId) })) applied.changed += 1;
      applied.held.add(orderId);
    }
  }
}

/** Notes whose surcharges these are, for when they are named alone. */
async function holdSurcharges(
  deps: ApplyDeps,
  { id: formId, surchargeIds }: LandedForm['form'],
): Promise<void> {
  if (surchargeIds.length === 0) return;
  const orderIds = surchargeIds.map(formOrderId);
  const rows = await deps.orders.readMany(deps.accountId, orderIds);
  for (const orderId of orderIds) await hold(deps, { orderId, formId, row: rows.get(orderId) });
}

/**
 * Notes that this form holds the deal or surcharge; a set of holders, so that forms may come in any order. A
 * form with goods is an order, whoever names it as a surcharge: its row stays as it is. True if an order closed.
 */
export async function hold(
  deps: ApplyDeps,
  use: { orderId: OrderId; formId: string; row: OrderRow | undefined },
): Promise<boolean> {
  const { orderId } = use;
  let { row } = use;
  for (let round = 0; round < CONFLICTS; round += 1) {
    if (parseOrderId(orderId)?.kind === 'form' && row?.content !== undefined) return false;
    const heldBy = [...new Set([...(row?.heldBy ?? []), use.formId])];
    const content =
      row?.content === undefined ? {} : { content: { ...row.content, state: 'joined' as const } };
    const result = await land(deps, { row, next: { orderId, heldBy, ...content } });
    if (result !== 'conflict') return result === 'changed' && row?.content?.state === 'awaiting-form';
    row = (await deps.orders.readMany(deps.accountId, [orderId])).get(orderId);
  }
  throw new Error(`too many conflicts on ${orderId}`);
}

/**
 * Forms whose row somebody else has replaced since it was read or written here, perhaps by an older reading, and whose
 * deals may have been closed or opened there. They are read again.
 */
export async function overtaken(
  deps: ApplyDeps,
  landed: readonly LandedForm[],
  applied: Applied,
): Promise<string[]> {
  const rows = await deps.orders.readMany(
    deps.accountId,
    landed.map(({ form }) => formOrderId(form.id)),
  );
  const again = landed.filter(({ form, revision }) => rows.get(formOrderId(form.id))?.revision !== revision);
  for (const { form, content } of again) {
    applied.landed.delete(formOrderId(form.id));
    for (const dealId of content.replaces) applied.held.delete(dealOrderId(dealId));
  }
  return again.map(({ form }) => form.id);
}

/** Whether the stored form holds this deal. */
export const isHolding = (form: OrderRow | undefined, dealId: string): boolean =>
  form?.content !== undefined && holdsPurchases(form.content.state) && form.content.replaces.includes(dealId);
