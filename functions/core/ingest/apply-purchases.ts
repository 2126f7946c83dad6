import { chunks } from '../base/batches.ts';
import { toMillis } from '../base/time.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { RowWrite } from '../feed/row-write.ts';
import type { Stored } from '../feed/row-writer.ts';
import type { OfferBuyer, OpenPurchase } from '../marketplace/sales.ts';
import { withFlags } from '../orders/flags.ts';
import { type OrderContent, type OrderId, orderIdOfPurchase } from '../orders/order.ts';
import { orderOfPurchase } from '../orders/order-of-purchase.ts';
import type { OrderRow } from '../orders/store.ts';
import {
  type Applied,
  type ApplyDeps,
  allOf,
  CONFLICTS,
  changedOrder,
  type Fate,
  NOTHING_APPLIED,
  type Rows,
  unstopped,
} from './applied.ts';
import { applySales } from './apply.ts';
import { isMostlyOfAll } from './outage-detector.ts';
import { type Failure, unconfirmed } from './quarantine.ts';
import { type KnownPurchases, pairOf, readPurchases } from './read-purchases.ts';
import { stillReleased, withClosedHolders } from './revival.ts';
import type { OpenedPurchase } from './store.ts';
import { failureOfStored } from './store-sales.ts';
import { doubtOfPurchase, type Told } from './unconfirmed.ts';

/**
 * Stores orders of purchases that no live sale holds. Other purchases only lose the sale that released
 * them. Throws MarketplaceFault for an outage.
 */
export async function applyPurchases(
  deps: ApplyDeps,
  purchases: readonly OpenedPurchase[],
  told: Told,
): Promise<Applied> {
  let applied = NOTHING_APPLIED;
  let left = eachPurchaseOnce(purchases);
  for (let round = 0; left.length > 0 && round < CONFLICTS; round += 1) {
    const read = await readPurchasesWithRows(deps, left);
    const ofEarlier = round === 0 ? await applyEarlierSales(deps, read, told) : NOTHING_APPLIED;
    const chosen = read.purchases.filter(
      ({ purchaseId }) => ofEarlier.fates.get(orderIdOfPurchase(purchaseId)) !== 'held',
    );
    const stored = await storePurchases(deps, chosen, read);
    applied = allOf([applied, ofEarlier, ...stored.map((one) => one.applied)]);
    left = stored.filter(({ isOvertaken }) => isOvertaken).map(({ purchase }) => purchase);
  }
  return applied;
}

/** Purchases as they were read, and their rows from just before. */
interface PurchasesRead {
  readonly purchases: readonly OpenedPurchase[];
  readonly rows: Rows;
  readonly known: KnownPurchases;
  /** Whether some purchases could not be asked for, while nothing shows that others can be. */
  readonly unsure: boolean;
}

async function readPurchasesWithRows(
  deps: ApplyDeps,
  opened: readonly OpenedPurchase[],
): Promise<PurchasesRead> {
  const rows = await deps.orders.readMany(
    deps.accountId,
    opened.map(({ purchaseId }) => orderIdOfPurchase(purchaseId)),
  );
  const released = await withClosedHolders(deps, { purchases: opened, rows });
  const purchases = await stillReleased(deps, released);
  const known = await readPurchases(
    deps,
    purchases.filter((purchase) => isFree(purchase, rows)),
  );
  const unsure =
    known.refused.size + known.untold.size > 0 && (await deps.detectors.purchases.condition()) !== 'up';
  return { purchases, rows, known, unsure };
}

/** The result for a purchase; `isOvertaken`: its row has changed since it was read, so it is read again. */
interface StoredPurchase {
  readonly purchase: OpenedPurchase;
  readonly applied: Partial<Applied>;
  readonly isOvertaken?: boolean;
}

/** Writes all purchases that were read, or need not be, in one batch. */
async function storePurchases(
  deps: ApplyDeps,
  purchases: readonly OpenedPurchase[],
  read: PurchasesRead,
): Promise<StoredPurchase[]> {
  const writes = new Map(purchases.flatMap((purchase) => writeOf(purchase, read)));
  const stored = await deps.rows.write([...writes.values()]);
  return purchases.map((purchase) => {
    const orderId = orderIdOfPurchase(purchase.purchaseId);
    return storedPurchase(purchase, { ...read, write: writes.get(orderId), stored: stored.get(orderId) });
  });
}

function writeOf(purchase: OpenedPurchase, { rows, known }: PurchasesRead): [OrderId, RowWrite][] {
  const orderId = orderIdOfPurchase(purchase.purchaseId);
  // A purchase that a sale holds was not asked for, so trouble of its offer or buyer is not its own.
  const isLeft = isFree(purchase, rows) && known.left.has(pairOf(purchase));
  if (isLeft || known.refused.has(orderId)) return [];
  const row = rows.get(orderId);
  return [[orderId, { row, next: nextOfPurchase(purchase, { row, known }) }]];
}

function storedPurchase(
  purchase: OpenedPurchase,
  {
    rows,
    known,
    unsure,
    write,
    stored,
  }: PurchasesRead & { write: RowWrite | undefined; stored: Stored | undefined },
): StoredPurchase {
  const orderId = orderIdOfPurchase(purchase.purchaseId);
  const ended = (fate: Fate, counted: Partial<Applied> = {}): StoredPurchase => ({
    purchase,
    applied: { ...counted, fates: new Map([[orderId, fate]]) },
  });
  const refusal = known.refused.get(orderId);
  if (refusal !== undefined) return ended(refused(purchase, { fault: refusal, unsure }));
  if (write === undefined) return { purchase, applied: {} };
  if (stored === 'conflict') return { purchase, applied: {}, isOvertaken: true };
  const failure = failureOfStored(stored);
  if (failure !== undefined) return ended(failure);
  const { content } = write.next;
  const counted = stored === 'changed' ? changedOrder(content) : {};
  const untold = isFree(purchase, rows) ? known.untold.get(purchase.offerId) : undefined;
  // The order is stored without a contact, and is tried again.
  if (untold !== undefined) return ended(refused(purchase, { fault: untold, unsure }), counted);
  const isOpen = content?.state === 'awaiting-details';
  // Nothing is missing of an erased order.
  const isErased = write.row?.erasedAtMillis !== undefined;
  const doubt = isOpen && !isErased ? doubtOfPurchase(content) : undefined;
  return ended(doubt === undefined ? 'stored' : unconfirmed(doubt, namedPurchase(purchase)), counted);
}

/** The purchase to ask for again; without the sales that have released it, their rows would still hold it then. */
const namedPurchase = ({
  purchaseId,
  offerId,
  buyerId,
  quantity,
  releasedBy = [],
}: OpenedPurchase): OpenedPurchase => ({
  purchaseId,
  offerId,
  buyerId,
  quantity,
  ...(releasedBy.length > 0 && { releasedBy }),
});

/** Stores sales from before the first connect that hold new purchases. */
async function applyEarlierSales(
  deps: ApplyDeps,
  { purchases, rows, known }: PurchasesRead,
  told: Told,
): Promise<Applied> {
  const mayBeHeld = (purchase: OpenedPurchase): boolean => {
    const isNew =
      rows.get(orderIdOfPurchase(purchase.purchaseId))?.content === undefined && isFree(purchase, rows);
    if (!isNew || known.left.has(pairOf(purchase)) || (purchase.releasedBy ?? []).length > 0) return false;
    const bought = known.unpaid.get(purchase.purchaseId)?.boughtAtSeconds;
    return deps.earlier?.mayHold(bought === undefined ? undefined : toMillis(bought)) ?? false;
  };
  const purchaseIds = purchases.filter(mayBeHeld).map(({ purchaseId }) => purchaseId);
  const saleIds = purchaseIds.length === 0 ? [] : ((await deps.earlier?.holding(purchaseIds)) ?? []);
  const batches: Applied[] = [];
  // Each batch is a single call, which is made however late it is: a sale that was left for lack of time would let its
  // purchases become orders of their own.
  for (const batch of chunks(saleIds, deps.marketplace.settings.saleBatchSize))
    batches.push(unstopped(await applySales(deps, batch, { told })));
  return allOf(batches);
}

/** The failure of a purchase. If only other calls have succeeded, this kind of call may be down for all purchases. */
const refused = (
  purchase: OpenedPurchase,
  { fault, unsure }: { fault: MarketplaceFault; unsure: boolean },
): Failure => ({
  reason: 'refused',
  detail: fault.code ?? fault.reason,
  purchase: namedPurchase(purchase),
  ...((unsure || isMostlyOfAll(fault)) && { unsure: true }),
});

/** The purchases, each once: several events may name a purchase, and several sales may release it. */
function eachPurchaseOnce(purchases: readonly OpenedPurchase[]): OpenedPurchase[] {
  const byId = new Map<string, OpenedPurchase>();
  for (const purchase of purchases) {
    const releasedBy = [...(byId.get(purchase.purchaseId)?.releasedBy ?? []), ...(purchase.releasedBy ?? [])];
    byId.set(purchase.purchaseId, { ...purchase, releasedBy });
  }
  return [...byId.values()];
}

const holders = (purchase: OpenedPurchase, row: OrderRow | undefined): string[] =>
  (row?.heldBy ?? []).filter((saleId) => !(purchase.releasedBy ?? []).includes(saleId));

/** Whether no sale holds the purchase, once the sales that release it are left out. */
const isFree = (purchase: OpenedPurchase, rows: Rows): boolean =>
  holders(purchase, rows.get(orderIdOfPurchase(purchase.purchaseId))).length === 0;

function nextOfPurchase(
  purchase: OpenedPurchase,
  { row, known }: { row: OrderRow | undefined; known: KnownPurchases },
): RowWrite['next'] {
  const orderId = orderIdOfPurchase(purchase.purchaseId);
  const heldBy = holders(purchase, row);
  if (heldBy.length > 0)
    return { orderId, heldBy, ...(row?.content !== undefined && { content: row.content }) };
  const unpaid = known.unpaid.get(purchase.purchaseId);
  const contact = known.contacts.get(pairOf(purchase));
  const fresh = orderOfPurchase(purchase, { unpaid, contact });
  return { orderId, content: withFlags({ ...fresh, ...keptOf(row?.content, { unpaid, contact }) }) };
}

/**
 * Parts of the order that the lists of unpaid purchases and of buyers do not tell (any more), as they were
 * before.
 */
function keptOf(
  before: OrderContent | undefined,
  { unpaid, contact }: { unpaid: OpenPurchase | undefined; contact: OfferBuyer | undefined },
): Partial<OrderContent> {
  if (before === undefined) return {};
  const { lines, total, buyer, contactAddress, shipmentAddress, unread } = before;
  return {
    ...(unpaid === undefined && { lines, ...(total && { total }) }),
    ...(contact === undefined && {
      buyer,
      ...(contactAddress && { contactAddress }),
      ...(shipmentAddress && { shipmentAddress }),
      ...(unread && { unread }),
    }),
  };
}
