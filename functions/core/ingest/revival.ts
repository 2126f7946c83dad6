import { dealOrderId, formOrderId } from '../orders/order.ts';
import type { Applied, ApplyDeps, OpenedDeal, Rows } from './applied.ts';
import { hold, isHolding } from './holding.ts';

/** The forms that have let go of these deals, as they are stored now, and which of them hold their deal again. */
async function holdersNow(
  deps: ApplyDeps,
  deals: readonly OpenedDeal[],
): Promise<(deal: OpenedDeal) => string[]> {
  const formIds = [...new Set(deals.flatMap(({ releasedBy }) => releasedBy ?? []))];
  const rows = await deps.orders.readMany(deps.accountId, formIds.map(formOrderId));
  return ({ dealId, releasedBy }) =>
    (releasedBy ?? []).filter((formId) => isHolding(rows.get(formOrderId(formId)), dealId));
}

/**
 * With all forms that hold their deal no more: beside those that have just let go, orders that were replaced stay named
 * by its row. Otherwise a deal whose last order is cancelled would be held for ever by an order that is closed.
 */
export async function withClosedHolders(
  deps: ApplyDeps,
  { deals, rows }: { deals: readonly OpenedDeal[]; rows: Rows },
): Promise<OpenedDeal[]> {
  const others = ({ dealId, releasedBy = [] }: OpenedDeal) =>
    releasedBy.length === 0
      ? []
      : (rows.get(dealOrderId(dealId))?.heldBy ?? []).filter((formId) => !releasedBy.includes(formId));
  const formIds = [...new Set(deals.flatMap(others))];
  if (formIds.length === 0) return [...deals];
  const forms = await deps.orders.readMany(deps.accountId, formIds.map(formOrderId));
  const isClosed = (formId: string) => forms.get(formOrderId(formId))?.content?.state === 'joined';
  return deals.map((deal) => {
    const closed = others(deal).filter(isClosed);
    return closed.length === 0 ? deal : { ...deal, releasedBy: [...(deal.releasedBy ?? []), ...closed] };
  });
}

/** Without the forms that somebody else has since found live again: they keep their deal. */
export async function stillReleased(deps: ApplyDeps, deals: readonly OpenedDeal[]): Promise<OpenedDeal[]> {
  const holding = await holdersNow(deps, deals);
  return deals.map((deal) => {
    const revived = holding(deal);
    return { ...deal, releasedBy: (deal.releasedBy ?? []).filter((formId) => !revived.includes(formId)) };
  });
}

/**
 * A form may come to life while its deal is being opened: whoever stores it has then seen the deal as it was
 * before, still held, and leaves it. So the forms are read once more after their deals were written. Answers with the
 * deals that are held again.
 */
export async function holdAgain(deps: ApplyDeps, deals: readonly OpenedDeal[]): Promise<Applied['fates']> {
  const holding = await holdersNow(deps, deals);
  const revived = deals.filter((deal) => holding(deal).length > 0);
  const rows = await deps.orders.readMany(
    deps.accountId,
    revived.map(({ dealId }) => dealOrderId(dealId)),
  );
  for (const deal of revived) {
    const orderId = dealOrderId(deal.dealId);
    for (const formId of holding(deal)) await hold(deps, { orderId, formId, row: rows.get(orderId) });
  }
  return new Map(revived.map(({ dealId }) => [dealOrderId(dealId), 'held']));
}
