import { dealOrderId, formOrderId } from '../orders/order.ts';
import type { ApplyDeps, OpenedDeal, Rows } from './applied.ts';
import { isHolding } from './holding.ts';

/**
 * The deals, each with all forms that no longer hold it: those that have just released it, and closed orders that its
 * row still names. Otherwise a deal whose last order is cancelled would be held for ever by a closed order.
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
  const isClosed = (formId: string) => forms.get(formOrderId(formId))?.content?.state === 'replaced';
  return deals.map((deal) => {
    const closed = others(deal).filter(isClosed);
    return closed.length === 0 ? deal : { ...deal, releasedBy: [...(deal.releasedBy ?? []), ...closed] };
  });
}

/** The deals without the forms that a later reading has found live again, because such forms keep their deals. */
export async function stillReleased(deps: ApplyDeps, deals: readonly OpenedDeal[]): Promise<OpenedDeal[]> {
  const formIds = [...new Set(deals.flatMap(({ releasedBy = [] }) => releasedBy))];
  const rows = await deps.orders.readMany(deps.accountId, formIds.map(formOrderId));
  const isRevived = (formId: string, dealId: string) => isHolding(rows.get(formOrderId(formId)), dealId);
  return deals.map((deal) => ({
    ...deal,
    releasedBy: (deal.releasedBy ?? []).filter((formId) => !isRevived(formId, deal.dealId)),
  }));
}
