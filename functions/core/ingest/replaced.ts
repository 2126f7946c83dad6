import { type OrderId, orderIdOfSale } from '../orders/order.ts';
import { type Applied, type ApplyDeps, allOf, CONFLICTS } from './applied.ts';
import { heldBy } from './holding.ts';
import { fateWith } from './surcharges.ts';

/**
 * Closes orders whose purchases live on in others, after those are stored: a crash in between shows a sale
 * twice for a moment, and never loses it. An order whose successors cannot be stored fails with them.
 */
export async function closeReplaced(
  deps: ApplyDeps,
  round: {
    replaced: ReadonlyMap<string, readonly string[]>;
    /** Ids of the sales that were read. */
    asked: ReadonlySet<string>;
    applied: Applied;
  },
): Promise<Applied> {
  let { applied } = round;
  // Goes from the newest on: in a chain of replacements each order follows the one that it waits for.
  for (const [id, newIds] of [...round.replaced].reverse()) {
    const orderId = orderIdOfSale(id);
    const fate = fateWith(newIds.map(orderIdOfSale), applied);
    if (fate === undefined || !newIds.every((one) => round.asked.has(one))) continue;
    const changed = fate === 'stored' && (await close(deps, { orderId, newIds })) ? 1 : 0;
    applied = allOf([applied, { fates: new Map([[orderId, fate]]), changed }]);
  }
  return applied;
}

/** Closes an order whose purchases these sales hold. True if it was open until now. */
export async function close(
  deps: ApplyDeps,
  { orderId, newIds }: { orderId: OrderId; newIds: readonly string[] },
): Promise<boolean> {
  for (let round = 0; round < CONFLICTS; round += 1) {
    const row = (await deps.orders.readMany(deps.accountId, [orderId])).get(orderId);
    // An order that was replaced before it was read has no content, so there is nothing to close.
    if (row?.content === undefined) return false;
    const write = { row, next: heldBy(orderId, { row, saleIds: newIds }) };
    const result = (await deps.rows.write([write])).get(orderId);
    if (result !== 'conflict') return result === 'changed';
  }
  throw new Error(`too many conflicts on ${orderId}`);
}
