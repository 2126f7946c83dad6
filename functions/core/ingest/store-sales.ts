import type { RowWrite } from '../feed/row-write.ts';
import type { Stored } from '../feed/row-writer.ts';
import {
  type OrderContent,
  type OrderId,
  orderIdOfPurchase,
  orderIdOfSale,
  purchasesOf,
} from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, allOf, changedOrder, type Fate } from './applied.ts';
import { erasureOf, heldRows, holdingOf, holdWrites, letGoBy, rivalsOf, tellOwed } from './holding.ts';
import { type Failure, unconfirmed } from './quarantine.ts';
import type { SaleToStore } from './select.ts';
import { doubtOfSale, type Told } from './unconfirmed.ts';

/** Result of storing sales. */
export interface StoredSales {
  readonly applied: Applied;
  /** Surcharges that the stored orders show. They count as held, unless their own reading failed. */
  readonly shown: readonly string[];
  /** Sales to be read again, because a row of theirs has changed since it was read. */
  readonly again: readonly string[];
  /** By sale, stored sales that hold purchases of it too; they may be gone, merged into it without an event. */
  readonly rivals: ReadonlyMap<string, readonly string[]>;
}

/**
 * Writes sales, in one batch: their rows first, then the purchases and surcharges that they hold, so that a crash in
 * between leaves a sale visible twice for a moment, never nowhere. No other function writes sales. `unread`: rows of
 * sales that could not be read; their missing feed entries are appended. A sale whose reading lacks parts that are
 * `told` of it is stored and counts as unconfirmed.
 */
export async function storeSales(
  deps: ApplyDeps,
  reading: { toStore: readonly SaleToStore[]; unread: readonly OrderRow[]; told: Told },
): Promise<StoredSales> {
  const { told } = reading;
  const toStore = reading.toStore.map((one) => ({ ...one, letGo: letGoBy(one.row, one.content) }));
  const rows = await heldRows(deps, toStore);
  const orders = toStore.map(({ sale, row, content, letGo }): RowWrite => {
    const orderId = orderIdOfSale(sale.id);
    const erasure = erasureOf(row, content, rows);
    return { row, next: { orderId, content, ...(letGo.length > 0 && { letGo }), ...erasure } };
  });
  const holds = holdWrites(toStore, rows);
  await tellOwed(deps, reading.unread);
  const stored = await deps.rows.write([...orders, ...holds]);
  const results = toStore.map((one) => ({ ...one, result: resultOf(one, { stored, holds }) }));
  const parts = results.map((one): Partial<Applied> => {
    const { content, sale, result } = one;
    const orderId = orderIdOfSale(sale.id);
    const counted = stored.get(orderId) === 'changed' ? changedOrder(content) : {};
    if (result === 'conflict') return counted;
    if (result !== 'stored') return { ...counted, fates: new Map([[orderId, result]]) };
    const holding = holdingOf(one, rows);
    return allOf([counted, holding, { fates: new Map([[orderId, fateOf(one, told)]]) }]);
  });
  const closed = holds.filter(
    ({ row, next }) => row?.content?.state === 'awaiting-details' && stored.get(next.orderId) === 'changed',
  );
  return {
    applied: allOf([...parts, { changed: closed.length }]),
    shown: results.filter(({ result }) => result === 'stored').flatMap(shownBy),
    again: results.filter(({ result }) => result === 'conflict').map(({ sale }) => sale.id),
    rivals: await rivalsOf(deps, { holders: results.filter(({ result }) => result === 'stored'), holds }),
  };
}

/** The result for a sale: stored if its row and the rows of all that it holds are stored. */
function resultOf(
  { sale, content }: SaleToStore,
  { stored, holds }: { stored: ReadonlyMap<OrderId, Stored>; holds: readonly RowWrite[] },
): 'stored' | 'conflict' | Failure {
  const held = new Set<OrderId>([
    ...purchasesOf(content).map(({ purchaseId }) => orderIdOfPurchase(purchaseId)),
    ...sale.surchargeIds.map(orderIdOfSale),
  ]);
  const own = stored.get(orderIdOfSale(sale.id));
  const ofHeld = holds
    .filter(({ next }) => held.has(next.orderId))
    .map(({ next }) => stored.get(next.orderId));
  const all = [own, ...ofHeld];
  const failure = all.map(failureOfStored).find((one) => one !== undefined);
  return failure ?? (all.includes('conflict') ? 'conflict' : 'stored');
}

/** The failure of an order whose row is too large; other orders are not affected. */
export const failureOfStored = (stored: Stored | undefined): Failure | undefined =>
  typeof stored === 'object' ? { reason: 'row-too-large', detail: `${stored.tooLarge} bytes` } : undefined;

function fateOf({ sale, row, content }: SaleToStore, told: Told): Fate {
  // The state as read, not as stored: the row of a finished sale ignores a reading that shows it alive.
  const shown = { state: sale.state, lines: content.lines };
  const tells = told.get(orderIdOfSale(sale.id));
  const doubt = doubtOfSale(shown, { told: tells, before: row?.content });
  return doubt === undefined ? 'stored' : unconfirmed(doubt);
}

/** Surcharges that the order shows, without sales that lack their goods. */
function shownBy({ sale, content }: { sale: SaleToStore['sale']; content: OrderContent }): string[] {
  const extra = new Set(content.surcharges?.map(({ id }) => id));
  return sale.surchargeIds.filter((id) => extra.has(id));
}
