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
import { land, tellOwed } from './land.ts';

/** A form whose row is stored. */
export interface LandedForm {
  readonly form: Pick<Form, 'id' | 'surchargeIds'>;
  readonly content: OrderContent;
  /** Of its row, as it was found or written. */
  readonly revision: number;
  /** Purchases that it held once and holds no more. */
  readonly letGo: readonly Purchase[];
}

/** What came of the purchases of one form. */
export interface Holding {
  readonly applied: Partial<Applied>;
  /** By purchase, the forms that hold it beside this one, as far as its row knows. */
  readonly others: ReadonlyMap<string, readonly string[]>;
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
): Promise<ReadonlyMap<string, Holding>> {
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

async function settleHolding(deps: ApplyDeps, use: LandedForm & { rows: Rows }): Promise<Holding> {
  const { form, content, letGo, rows } = use;
  const isHeld = ({ dealId }: Purchase) => rows.get(dealOrderId(dealId))?.heldBy?.includes(form.id) ?? false;
  const purchases = purchasesOf(content);
  const isHolder = holdsPurchases(content.state);
  const held = isHolder ? purchases.map(({ dealId }) => dealId) : [];
  const holds: (Held & { readonly dealId: string })[] = [];
  for (const dealId of held) {
    const orderId = dealOrderId(dealId);
    holds.push({ dealId, ...(await hold(deps, { orderId, formId: form.id, row: rows.get(orderId) })) });
  }
  const opened = [...letGo.filter(isHeld), ...(isHolder ? [] : purchases)];
  return {
    applied: {
      fates: new Map(held.map((dealId) => [dealOrderId(dealId), 'held'])),
      opened: opened.map((purchase) => ({ ...purchase, releasedBy: [form.id] })),
      changed: holds.filter(({ isClosed }) => isClosed).length,
    },
    others: new Map(
      holds.map(({ dealId, heldBy }) => [dealId, heldBy.filter((formId) => formId !== form.id)]),
    ),
  };
}

/**
 * Stored forms that hold a purchase too that one of these holds, by the id of that one. A form that was merged away
 * may have been closed by a worker that was killed before the feed was told, and no event names it: it is told here.
 */
export async function rivalsOf(
  deps: Pick<ApplyDeps, 'orders' | 'accountId' | 'feed'>,
  holdings: ReadonlyMap<string, Holding>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const others = new Set([...holdings.values()].flatMap((one) => [...one.others.values()].flat()));
  if (others.size === 0) return new Map();
  const rows = await deps.orders.readMany(deps.accountId, [...others].map(formOrderId));
  await tellOwed(deps, rows.values());
  const rivalsIn = ({ others: byDeal }: Holding) =>
    [...byDeal].flatMap(([dealId, formIds]) =>
      formIds.filter((formId) => isHolding(rows.get(formOrderId(formId)), dealId)),
    );
  return new Map([...holdings].map(([formId, holding]) => [formId, [...new Set(rivalsIn(holding))]]));
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
 * form with goods is an order, whoever names it as a surcharge: its row stays as it is.
 */
export async function hold(
  deps: ApplyDeps,
  use: { orderId: OrderId; formId: string; row: OrderRow | undefined },
): Promise<Held> {
  const { orderId } = use;
  let { row } = use;
  for (let round = 0; round < CONFLICTS; round += 1) {
    if (parseOrderId(orderId)?.kind === 'form' && row?.content !== undefined)
      return { isClosed: false, heldBy: [] };
    const heldBy = [...new Set([...(row?.heldBy ?? []), use.formId])];
    const content =
      row?.content === undefined ? {} : { content: { ...row.content, state: 'joined' as const } };
    const result = await land(deps, { row, next: { orderId, heldBy, ...content } });
    if (result !== 'conflict')
      return { isClosed: result === 'changed' && row?.content?.state === 'awaiting-form', heldBy };
    row = (await deps.orders.readMany(deps.accountId, [orderId])).get(orderId);
  }
  throw new Error(`too many conflicts on ${orderId}`);
}

/** Whether an order of its own closed, and the forms that hold the deal or surcharge now. */
interface Held {
  readonly isClosed: boolean;
  readonly heldBy: readonly string[];
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
