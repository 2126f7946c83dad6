import { together } from '../base/batches.ts';
import { dealOrderId, formOrderId, type OrderId } from '../orders/order.ts';
import { type Applied, type ApplyDeps, allOf, type Fate, failureIn, isStoredIn } from './applied.ts';
import { isHolding } from './holding.ts';
import { unconfirmed } from './quarantine.ts';
import { close } from './replaced.ts';
import { notAlone } from './unconfirmed.ts';

/** Forms of a batch that the marketplace no longer shows, or has replaced. */
export interface Gone {
  readonly absent: ReadonlySet<string>;
  /** Replaced forms, with their successors. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
  /** The known deals of these forms. */
  readonly deals: ReadonlyMap<string, readonly string[]>;
}

/** By absent form, for each of its deals, the other stored forms that hold it. */
export type Heirs = ReadonlyMap<string, readonly (readonly string[])[]>;

/**
 * The forms that hold the purchases of absent forms now. Some marketplaces merge orders into a new one with the same
 * purchases, without an event for the end of the old ones. The heirs have to be read again before they are believed.
 */
export async function heirsOf(deps: Pick<ApplyDeps, 'orders' | 'accountId'>, gone: Gone): Promise<Heirs> {
  const dealsOf = new Map([...gone.absent].map((id) => [id, dealsOfGone(gone, id)]));
  const dealIds = [...new Set([...dealsOf.values()].flat())];
  if (dealIds.length === 0) return new Map();
  const rows = await deps.orders.readMany(deps.accountId, dealIds.map(dealOrderId));
  const heldBy = (dealId: string) => rows.get(dealOrderId(dealId))?.heldBy ?? [];
  const holders = [...new Set(dealIds.flatMap(heldBy))];
  const forms = await deps.orders.readMany(deps.accountId, holders.map(formOrderId));
  const heirsTo = (dealId: string) =>
    heldBy(dealId).filter((id) => isHolding(forms.get(formOrderId(id)), dealId));
  return new Map(
    [...dealsOf].map(([id, deals]) => [
      id,
      deals.map((dealId) => heirsTo(dealId).filter((heir) => heir !== id)),
    ]),
  );
}

/** The deals of a missing form; for a form that was never read, the deals of the orders that it has replaced. */
function dealsOfGone({ deals, replaced }: Gone, id: string): readonly string[] {
  const own = deals.get(id) ?? [];
  if (own.length > 0) return own;
  const before = [...replaced].filter(([, newIds]) => newIds.includes(id));
  return before.flatMap(([oldId]) => deals.get(oldId) ?? []);
}

/**
 * Closes absent orders if other orders, read just now as `sales`, show every one of their purchases. An order with a
 * purchase that no other order shows stays unchanged.
 */
export async function closeMerged(
  deps: ApplyDeps,
  { heirs, sales }: { heirs: Heirs; sales: ReadonlySet<string> },
): Promise<Partial<Applied>> {
  const closed = await together([...heirs], async ([id, byDeal]) => {
    const shown = byDeal.map((ids) => ids.filter((one) => sales.has(one)));
    if (shown.length === 0 || shown.some((ids) => ids.length === 0)) return {};
    const orderId = formOrderId(id);
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
    .map(([id]) => formOrderId(id))
    .filter((orderId) => isStoredIn(applied, orderId));
  const gone = [...rivals.values()]
    .flat()
    .filter((id) => absent.has(id))
    .map(formOrderId);
  return new Map<OrderId, Fate>([
    ...doubled.map((id) => [id, unconfirmed(notAlone(failureIn(applied, id)?.doubt))] as const),
    ...gone.flatMap((id) => {
      const failure = failureIn(applied, id);
      return failure === undefined ? [] : [[id, { ...failure, doubt: notAlone(failure.doubt) }] as const];
    }),
  ]);
}
