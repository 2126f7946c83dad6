import { together } from '../base/batches.ts';
import type { Clock } from '../base/time.ts';
import type { OrderId } from '../orders/order.ts';
import type { OrderRow, OrderStore, RowBatch } from '../orders/store.ts';
import { pageOf, tellingAgain, tellingOf } from './page.ts';
import { endOf } from './place.ts';
import { ClaimLost } from './row-writer.ts';

/** Most rounds of sealing; a round fails if the frozen worker or another recovery writes a row meanwhile. */
const ROUNDS = 50;

interface RecoveryDeps {
  readonly orders: OrderStore;
  readonly clock: Clock;
}

/**
 * Ends the batch that was on the account when it was claimed, so that no row is written without its feed entry. If the
 * page is missing, the rows are sealed: they get another revision, so that late writes of the worker before fail. Then
 * the page is written for the rows that the batch had written. Can be repeated, even by two workers at the same time.
 * Throws ClaimLost.
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
  // The page gets the batch's own number, unless accounts or feed were restored to another moment.
  const page = pageOf({ id: batch.id, first: endOf(last) + 1 }, told);
  if (page !== undefined && !(await orders.putPage(accountId, page)))
    throw new ClaimLost('another worker appends to the feed');
}

/** Seals the rows of the batch that were not written; returns those that were. */
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

/** The same row under the next revision; an empty one if there is none. */
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
