import type { RowWrite } from '../feed/row-write.ts';
import type { Form, Purchase } from '../marketplace/sales.ts';
import {
  dealOrderId,
  formOrderId,
  heldIn,
  holdsPurchases,
  type OrderContent,
  type OrderId,
  parseOrderId,
  purchasesOf,
} from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import type { Applied, ApplyDeps, Rows } from './applied.ts';

/** A form that is to be stored. */
export interface Holder {
  readonly form: Pick<Form, 'id' | 'surchargeIds'>;
  readonly content: OrderContent;
  /** Purchases that the form held before and no longer holds. */
  readonly letGo: readonly Purchase[];
}

/**
 * Purchases that the form's row held and that this reading lacks. The row keeps them, because after a crash
 * between the row and its deals a deal that no form holds would stay closed for ever.
 */
export function letGoBy(row: OrderRow | undefined, content: OrderContent): Purchase[] {
  const before = [...(row?.letGo ?? []), ...(row?.content === undefined ? [] : purchasesOf(row.content))];
  const byId = new Map(before.map((purchase) => [purchase.dealId, purchase]));
  for (const dealId of content.replaces) byId.delete(dealId);
  return [...byId.values()];
}

/** The rows of all orders that these forms hold, held, or name as surcharges; no other worker writes them meanwhile. */
export async function heldRows(deps: ApplyDeps, holders: readonly Holder[]): Promise<Rows> {
  const orderIds = holders.flatMap(({ form, content, letGo }) => [
    ...content.replaces.map(dealOrderId),
    ...letGo.map(({ dealId }) => dealOrderId(dealId)),
    ...form.surchargeIds.map(formOrderId),
  ]);
  return await deps.orders.readMany(deps.accountId, [...new Set(orderIds)]);
}

/**
 * The writes that close the deals of these forms and note the holders of their surcharges; each is written after its
 * forms. Holders are a set, so that forms may come in any order. A form with goods is an order even if another form
 * names it as a surcharge; its row does not change.
 */
export function holdWrites(holders: readonly Holder[], rows: Rows): RowWrite[] {
  const orders = new Set(holders.map(({ form }) => formOrderId(form.id)));
  const byId = new Map<OrderId, Set<string>>();
  for (const { form, content } of holders) {
    const deals = heldIn(content).map(({ dealId }) => dealOrderId(dealId));
    for (const orderId of [...deals, ...form.surchargeIds.map(formOrderId)])
      byId.set(orderId, (byId.get(orderId) ?? new Set()).add(form.id));
  }
  const isOrder = (orderId: OrderId) =>
    orders.has(orderId) ||
    (parseOrderId(orderId)?.kind === 'order' && rows.get(orderId)?.content !== undefined);
  return [...byId]
    .filter(([orderId]) => !isOrder(orderId))
    .map(([orderId, formIds]) => ({
      row: rows.get(orderId),
      next: heldBy(orderId, { row: rows.get(orderId), formIds: [...formIds] }),
      behind: [...formIds].map(formOrderId),
    }));
}

/** The content of a row that these forms hold too, besides earlier holders; it is not an order of its own. */
export function heldBy(
  orderId: OrderId,
  { row, formIds }: { row: OrderRow | undefined; formIds: readonly string[] },
): RowWrite['next'] {
  const content =
    row?.content === undefined ? {} : { content: { ...row.content, state: 'replaced' as const } };
  return { orderId, heldBy: [...new Set([...(row?.heldBy ?? []), ...formIds])], ...content };
}

/** The result for the deals of a stored form: held, or to be opened. */
export function holdingOf({ form, content, letGo }: Holder, rows: Rows): Partial<Applied> {
  const isHeld = ({ dealId }: Purchase) => rows.get(dealOrderId(dealId))?.heldBy?.includes(form.id) ?? false;
  const opened = [...letGo.filter(isHeld), ...(holdsPurchases(content.state) ? [] : purchasesOf(content))];
  return {
    fates: new Map(heldIn(content).map(({ dealId }) => [dealOrderId(dealId), 'held'])),
    opened: opened.map((purchase) => ({ ...purchase, releasedBy: [form.id] })),
  };
}

/**
 * Other stored forms that hold a purchase of these forms too, by the id of the form given. Appends their missing feed
 * entries as well, because no event names a form that was merged away.
 */
export async function rivalsOf(
  deps: Pick<ApplyDeps, 'orders' | 'accountId' | 'rows'>,
  { holders, holds }: { holders: readonly Holder[]; holds: readonly RowWrite[] },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const heldBy = new Map(holds.map(({ next }) => [next.orderId, next.heldBy ?? []]));
  const othersOf = ({ form, content }: Holder): [dealId: string, formIds: string[]][] =>
    heldIn(content).map(({ dealId }) => [
      dealId,
      (heldBy.get(dealOrderId(dealId)) ?? []).filter((formId) => formId !== form.id),
    ]);
  const others = new Map(holders.map((holder) => [holder.form.id, othersOf(holder)]));
  const formIds = new Set([...others.values()].flatMap((byDeal) => byDeal.flatMap(([, ids]) => ids)));
  if (formIds.size === 0) return new Map();
  const rows = await deps.orders.readMany(deps.accountId, [...formIds].map(formOrderId));
  await tellOwed(deps, rows.values());
  const rivalsIn = (byDeal: ReturnType<typeof othersOf>) =>
    byDeal.flatMap(([dealId, ids]) => ids.filter((id) => isHolding(rows.get(formOrderId(id)), dealId)));
  return new Map([...others].map(([formId, byDeal]) => [formId, [...new Set(rivalsIn(byDeal))]]));
}

/** Appends missing feed entries of rows that do not change now. */
export async function tellOwed({ rows }: Pick<ApplyDeps, 'rows'>, of: Iterable<OrderRow>): Promise<void> {
  const shown = [...of].filter(({ content }) => content !== undefined);
  await rows.write(shown.map((row): RowWrite => ({ row, next: nextAsItIs(row) })));
}

const nextAsItIs = ({ orderId, content, heldBy, letGo }: OrderRow): RowWrite['next'] => ({
  orderId,
  ...(content !== undefined && { content }),
  ...(heldBy !== undefined && { heldBy }),
  ...(letGo !== undefined && { letGo }),
});

/** Whether the stored form holds this deal. */
export const isHolding = (form: OrderRow | undefined, dealId: string): boolean =>
  form?.content !== undefined && holdsPurchases(form.content.state) && form.content.replaces.includes(dealId);

/**
 * Stored forms of which a killed worker has left out a purchase that they hold. They are to be stored again, because no
 * event may tell of them any more.
 */
export async function leftBehind(
  { orders, accountId }: Pick<ApplyDeps, 'orders' | 'accountId'>,
  forms: readonly OrderRow[],
): Promise<ReadonlySet<OrderId>> {
  const holds = forms.flatMap(({ orderId, content }) => {
    const formId = parseOrderId(orderId)?.id;
    const held = content === undefined ? [] : heldIn(content);
    return held.map(({ dealId }) => ({ orderId, formId, dealOrderId: dealOrderId(dealId) }));
  });
  const deals = await orders.readMany(
    accountId,
    holds.map((one) => one.dealOrderId),
  );
  const isOpen = (one: (typeof holds)[number]) =>
    !deals.get(one.dealOrderId)?.heldBy?.some((formId) => formId === one.formId);
  return new Set(holds.filter(isOpen).map(({ orderId }) => orderId));
}
