import { MarketplaceFault } from '../faults.ts';
import { type OrderId, type Purchase, purchaseOf } from '../order.ts';
import type { BadOrder } from '../ports/journal.ts';
import type { OrderRow } from '../ports/orders.ts';
import { emptyTally, settle } from './settle.ts';
import { openWork, type WorkDeps } from './work.ts';

/** What has to be read again for one order. */
export interface Target {
  readonly formIds: readonly string[];
  readonly deals: readonly Purchase[];
}

/** Undefined for a deal of which nothing is known: only its own event or form names its offer and buyer. */
export function targetOf(
  orderId: OrderId,
  known: { row?: OrderRow | undefined; bad?: BadOrder | undefined },
): Target | undefined {
  const [kind, id = ''] = orderId.split(':');
  if (kind === 'form') return { formIds: [id], deals: [] };
  const { row, bad } = known;
  const heldBy = row?.heldBy ?? [];
  if (heldBy.length > 0) return { formIds: heldBy, deals: [] };
  const purchase = bad?.purchase ?? (row?.content && purchaseOf(id, row.content));
  return purchase === undefined ? undefined : { formIds: [], deals: [purchase] };
}

/**
 * Reads one order again, now. Needs no claim, because rows are written by comparing their revision. Trouble
 * with the marketplace is handled here; only trouble of our own stores is thrown.
 */
export async function repairOrder(
  deps: WorkDeps,
  use: { accountId: string; orderId: OrderId },
): Promise<'done' | 'failed' | 'stopped' | 'gone'> {
  const { accountId, orderId } = use;
  const account = await deps.accounts.read(accountId);
  if (account === undefined) return 'gone';
  if (account.phase !== 'active') return 'stopped';
  const row = (await deps.orders.readMany(accountId, [orderId])).get(orderId);
  const bad = (await deps.journal?.badOrders(accountId))?.find((one) => one.orderId === orderId);
  const target = targetOf(orderId, { row, bad });
  if (target === undefined) return 'failed';
  try {
    const work = await openWork(deps, { ...account, badOrders: bad === undefined ? 0 : 1 });
    const settled = await settle(work, target, emptyTally());
    const stillBad = (await work.book.setAside()).some((one) => one.orderId === orderId);
    return settled.size > 0 && !stillBad ? 'done' : 'failed';
  } catch (error) {
    if (!(error instanceof MarketplaceFault)) throw error;
    deps.log.warn('repair-stopped', { accountId, orderId, reason: error.reason, code: error.code });
    return 'failed';
  }
}
