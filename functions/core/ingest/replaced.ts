import { formOrderId, type OrderId } from '../orders/order.ts';
import { type Applied, type ApplyDeps, CONFLICTS } from './applied.ts';
import { land } from './land.ts';

/**
 * Closes orders whose purchases live on in others, after those have landed: a crash between leaves a sale visible twice
 * for a moment, never not at all. One whose successors cannot be stored fails with them.
 */
export async function settleReplaced(
  deps: ApplyDeps,
  use: {
    replaced: ReadonlyMap<string, readonly string[]>;
    /** What was read for it. */
    asked: ReadonlySet<string>;
    applied: Applied;
  },
): Promise<void> {
  const { replaced, asked, applied } = use;
  // The newest first: of a chain of replacements each follows the one that it waits for.
  for (const [id, newIds] of [...replaced].reverse()) {
    const orderId = formOrderId(id);
    const successors = newIds.map(formOrderId);
    const failure = successors
      .map((one) => applied.failures.get(one))
      .find((one) => one !== undefined && one.reason !== 'unconfirmed');
    // A successor that was stored in doubt is stored.
    const isStored = (one: OrderId) => applied.landed.has(one) || applied.failures.has(one);
    if (failure !== undefined) applied.failures.set(orderId, failure);
    else if (successors.every(isStored) && newIds.every((one) => asked.has(one))) {
      await close(deps, { orderId, newIds, applied });
      applied.failures.delete(orderId);
      applied.landed.add(orderId);
    }
  }
}

async function close(
  deps: ApplyDeps,
  { orderId, newIds, applied }: { orderId: OrderId; newIds: readonly string[]; applied: Applied },
): Promise<void> {
  for (let round = 0; round < CONFLICTS; round += 1) {
    const row = (await deps.orders.readMany(deps.accountId, [orderId])).get(orderId);
    // Nobody was told of an order that was replaced before it was read.
    if (row?.content === undefined) return;
    const heldBy = [...new Set([...(row.heldBy ?? []), ...newIds])];
    const content = { ...row.content, state: 'joined' as const };
    const result = await land(deps, { row, next: { orderId, heldBy, content } });
    if (result === 'conflict') continue;
    if (result === 'changed') applied.changed += 1;
    return;
  }
  throw new Error(`too many conflicts on ${orderId}`);
}
