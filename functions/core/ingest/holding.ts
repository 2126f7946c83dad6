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
 * Closes the deals that these forms hold and opens those that they let go; answers with what came of it, by form. The
 * rows of the deals are read after those of the forms were written: whoever opens a deal writes it first and then looks
 * whether a form holds it, so that one of the two always sees the other.
 */
export async function settleHoldings(
  deps: ApplyDeps,
  landed: readonly LandedForm[],
): Promise<ReadonlyMap<string, Partial<Applied>>> {
  const dealIds = landed.flatMap(({ content, letGo }) => [
    ...content.replaces,
    ...letGo.map(({ dealId }) => dealId),
  ]);
  const rows = await deps.orders.readMany(deps.accountId, [...new Set(dealIds)].map(dealOrderId));
  return new Map(
    await together(landed, async (one) => {
      const holding = await settleHolding(deps, { ...one, rows });
      await holdSurcharges(deps, one.form);
      return [one.form.id, holding] as const;
    }),
  );
}

async function settleHolding(deps: ApplyDeps, use: LandedForm & { rows: Rows }): Promise<Partial<Applied>> {
  const { form, content, letGo, rows } = use;
  const isHeld = ({ dealId }: Purchase) => rows.get(dealOrderId(dealId))?.heldBy?.includes(form.id) ?? false;
  const purchases = purchasesOf(content);
  const isHolder = holdsPurchases(content.state);
  const closed: OrderId[] = [];
  for (const { dealId } of isHolder ? purchases : []) {
    const orderId = dealOrderId(dealId);
    if (await hold(deps, { orderId, formId: form.id, row: rows.get(orderId) })) closed.push(orderId);
  }
  const opened = [...letGo.filter(isHeld), ...(isHolder ? [] : purchases)];
  return {
    fates: new Map(isHolder ? purchases.map(({ dealId }) => [dealOrderId(dealId), 'held']) : []),
    opened: opened.map((purchase) => ({ ...purchase, releasedBy: [form.id] })),
    changed: closed.length,
  };
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
 * deals may have been closed or opened there. They are to be read again.
 */
export async function overtaken(
  deps: ApplyDeps,
  landed: readonly LandedForm[],
): Promise<(formId: string) => boolean> {
  const rows = await deps.orders.readMany(
    deps.accountId,
    landed.map(({ form }) => formOrderId(form.id)),
  );
  const isReplaced = ({ form, revision }: LandedForm) =>
    rows.get(formOrderId(form.id))?.revision !== revision;
  const ids = new Set(landed.filter(isReplaced).map(({ form }) => form.id));
  return (formId) => ids.has(formId);
}

/** Whether the stored form holds this deal. */
export const isHolding = (form: OrderRow | undefined, dealId: string): boolean =>
  form?.content !== undefined && holdsPurchases(form.content.state) && form.content.replaces.includes(dealId);
