import { together } from '../base/batches.ts';
import { type OrderId, orderIdOfPurchase, orderIdOfSale } from '../orders/order.ts';
import { type Applied, type ApplyDeps, allOf, type Fate, failureIn, isStoredIn } from './applied.ts';
import { isHolding } from './holding.ts';
import { unconfirmed } from './quarantine.ts';
import { close } from './replaced.ts';
import { notAlone } from './unconfirmed.ts';

/** Sales of a batch that the marketplace no longer shows, or has replaced. */
export interface Gone {
  readonly absent: ReadonlySet<string>;
  /** Replaced sales, with their successors. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
  /** The known purchases of these sales. */
  readonly purchases: ReadonlyMap<string, readonly string[]>;
}

/** By absent sale, for each of its purchases, the other stored sales that hold it. */
export type Heirs = ReadonlyMap<string, readonly (readonly string[])[]>;

/**
 * The sales that hold the purchases of absent sales now. Some marketplaces merge orders into a new one with the same
 * purchases, without an event for the end of the old ones. The heirs have to be read again before they are believed.
 */
export async function heirsOf(deps: Pick<ApplyDeps, 'orders' | 'accountId'>, gone: Gone): Promise<Heirs> {
  const purchaseIdsOf = new Map([...gone.absent].map((id) => [id, purchasesOfGone(gone, id)]));
  const purchaseIds = [...new Set([...purchaseIdsOf.values()].flat())];
  if (purchaseIds.length === 0) return new Map();
  const rows = await deps.orders.readMany(deps.accountId, purchaseIds.map(orderIdOfPurchase));
  const heldBy = (purchaseId: string) => rows.get(orderIdOfPurchase(purchaseId))?.heldBy ?? [];
  const holders = [...new Set(purchaseIds.flatMap(heldBy))];
  const sales = await deps.orders.readMany(deps.accountId, holders.map(orderIdOfSale));
  const heirsTo = (purchaseId: string) =>
    heldBy(purchaseId).filter((id) => isHolding(sales.get(orderIdOfSale(id)), purchaseId));
  return new Map(
    [...purchaseIdsOf].map(([id, purchases]) => [
      id,
      purchases.map((purchaseId) => heirsTo(purchaseId).filter((heir) => heir !== id)),
    ]),
  );
}

/**
 * The purchases of a missing sale; for a sale that was never read, the purchases of the orders that it has replaced.
 */
function purchasesOfGone({ purchases, replaced }: Gone, id: string): readonly string[] {
  const own = purchases.get(id) ?? [];
  if (own.length > 0) return own;
  const before = [...replaced].filter(([, newIds]) => newIds.includes(id));
  return before.flatMap(([oldId]) => purchases.get(oldId) ?? []);
}

/**
 * Closes absent orders if other orders, read just now as `sales`, show every one of their purchases. An order with a
 * purchase that no other order shows stays unchanged.
 */
export async function closeMerged(
  deps: ApplyDeps,
  { heirs, sales }: { heirs: Heirs; sales: ReadonlySet<string> },
): Promise<Partial<Applied>> {
  const closed = await together([...heirs], async ([id, byPurchase]) => {
    const shown = byPurchase.map((ids) => ids.filter((one) => sales.has(one)));
    if (shown.length === 0 || shown.some((ids) => ids.length === 0)) return {};
    const orderId = orderIdOfSale(id);
    const changed = (await close(deps, { orderId, newIds: [...new Set(shown.flat())] })) ? 1 : 0;
    return { fates: new Map([[orderId, 'stored' as const]]), changed };
  });
  return allOf(closed);
}

/**
 * The fates of stored orders that show the same purchase: all are in doubt, because one may have been merged into
 * another and still be shown for some minutes. They are read again until only one is shown. An order that was read
 * only because another holds its purchase, and is missing, is read again too, because no event names it.
 */
export function fatesOfRivals(
  batch: {
    readonly rivals: ReadonlyMap<string, readonly string[]>;
    readonly sales: ReadonlySet<string>;
    readonly absent: ReadonlySet<string>;
  },
  applied: Applied,
): ReadonlyMap<OrderId, Fate> {
  const { rivals, sales, absent } = batch;
  const doubled = [...rivals]
    .filter(([id, others]) => sales.has(id) && others.some((one) => sales.has(one)))
    .map(([id]) => orderIdOfSale(id))
    .filter((orderId) => isStoredIn(applied, orderId));
  const gone = [...rivals.values()]
    .flat()
    .filter((id) => absent.has(id))
    .map(orderIdOfSale);
  return new Map<OrderId, Fate>([
    ...doubled.map((id) => [id, unconfirmed(notAlone(failureIn(applied, id)?.doubt))] as const),
    ...gone.flatMap((id) => {
      const failure = failureIn(applied, id);
      return failure === undefined ? [] : [[id, { ...failure, doubt: notAlone(failure.doubt) }] as const];
    }),
  ]);
}
