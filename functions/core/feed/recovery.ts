import { together } from '../base/batches.ts';
import type { Clock } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';
import type { OrderRow, OrderStore, RowBatch } from '../orders/store.ts';
import { pageOf, tellingAgain, tellingOf } from './page.ts';
import { endOf } from './place.ts';
import { ClaimLost } from './row-writer.ts';

/** Rounds of sealing: each that fails was overtaken by a write of the frozen worker, or by another recovery. */
const ROUNDS = 50;

interface RecoveryDeps {
  readonly orders: OrderStore;
  readonly clock: Clock;
}

/**
 * Ends the batch that the account bore when it was claimed, so that nothing is written that the feed does not tell.
 * Where its page does not stand, its rows are sealed: whatever the worker before still sends, however late, finds another
 * revision than it has read. Then the page is put for the rows that the batch has written. Harmless when repeated, also by
 * two at the same time. Throws ClaimLost.
 */
export async function recover(deps: RecoveryDeps, accountId: string, batch: RowBatch): Promise<void> {
  const { orders } = deps;
  await orders.announce(accountId);
  const at = await orders.pages(accountId, { after: batch.first, limit: 0 });
  if (at.some(({ first, batchId }) => first === batch.first && batchId === batch.id)) return;
  const rows = batch.again
    ? await orders.readMany(accountId, batch.orderIds)
    : await sealed(deps, accountId, batch);
  const last = await orders.lastPage(accountId);
  if (last?.batchId === batch.id) return;
  const told = batch.orderIds.map((orderId) => {
    const row = rows.get(orderId);
    if (row?.content === undefined) return undefined;
    return batch.again ? tellingAgain(row) : tellingOf(row);
  });
  // At the batch's own number, unless accounts or feed were restored to another moment.
  const page = pageOf({ id: batch.id, first: endOf(last) + 1 }, told);
  if (page !== undefined && !(await orders.putPage(accountId, page)))
    throw new ClaimLost('another worker appends to the feed');
}

/** Seals the rows that the batch names and has not written; answers with those that it has. */
async function sealed(
  deps: RecoveryDeps,
  accountId: string,
  { id, orderIds, silentIds }: RowBatch,
): Promise<ReadonlyMap<OrderId, OrderRow>> {
  const written = new Map<OrderId, OrderRow>();
  let open: readonly OrderId[] = [...orderIds, ...silentIds];
  for (let round = 0; open.length > 0; round += 1) {
    if (round === ROUNDS) throw new Error(`rows cannot be sealed: ${open.join(', ')}`);
    const rows = await deps.orders.readMany(accountId, open);
    const isSealed = await together(open, async (orderId) => {
      const row = rows.get(orderId);
      if (row?.batchId !== id)
        return await deps.orders.put(accountId, sealedRow(orderId, row, deps.clock), row?.revision);
      written.set(orderId, row);
      return true;
    });
    open = open.filter((_, index) => isSealed[index] === false);
  }
  return written;
}

/** The same row under the next revision; a blank one where there is none. */
function sealedRow(orderId: OrderId, row: OrderRow | undefined, clock: Clock): OrderRow {
  if (row === undefined) {
    const now = clock();
    return { orderId, revision: 1, createdAtMillis: now, changedAtMillis: now };
  }
  const { fedRevision, revision } = row;
  return {
    ...row,
    revision: revision + 1,
    ...(fedRevision !== undefined && { fedRevision: fedRevision + 1 }),
  };
}
