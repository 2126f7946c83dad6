import type { SalesRead } from '../ingest/read-sales.ts';
import type { Sale } from '../marketplace/sales.ts';
import {
  isLive,
  isSurcharge,
  type OrderState,
  orderIdOfPurchase,
  orderIdOfSale,
  purchaseIdsOf,
} from '../orders/order.ts';
import { boughtAt, changedAt } from '../orders/sale-times.ts';
import type { OrderRow } from '../orders/store.ts';
import { listedKind, mayStillBeTold } from './kinds.ts';
import { dayFor, type ListingDeps, type Policy, type Reading } from './reading.ts';
import type { ListedSale } from './store.ts';

/** A sale to store, and the state that its row had before. */
export interface Chosen {
  readonly sale: Sale;
  readonly before: OrderState | undefined;
}

/** The sales that are to be stored, and facts about all sales that were read. A value; nothing is written. */
export interface Choice {
  readonly chosen: readonly Chosen[];
  readonly looked: readonly string[];
  /** Ids that sales name as their surcharges, with the days of these sales. */
  readonly named: ReadonlyMap<string, string>;
  readonly goodless: readonly string[];
  /**
   * Facts for the index. A loss is noted before it is mended, so that it is counted once even after a crash.
   */
  readonly notes: readonly ListedSale[];
}

type Found = Pick<Reading, 'index' | 'policy' | 'named' | 'goodless'>;

/** `heirs`: sales that have replaced stored orders, and are ours as these were. */
export async function choose(
  deps: ListingDeps,
  reading: Found,
  { sales, rows, heirs }: Pick<SalesRead, 'sales' | 'rows'> & { heirs: ReadonlySet<string> },
): Promise<Choice> {
  const naming = sales.flatMap((sale) =>
    sale.surchargeIds.filter((id) => id !== sale.id).map((id) => [id, dayFor(deps, boughtAt(sale))] as const),
  );
  const named = new Map([...reading.named, ...naming]);
  const ofSurcharges = naming
    .filter(([id]) => reading.goodless.has(id))
    .map(([id, day]): ListedSale => ({ id, kind: 'surcharge', day }));
  const rowOf = ({ id }: Sale) => rows.get(orderIdOfSale(id));
  const ofOpenPurchases = await salesOfOpenPurchases(
    deps,
    sales.filter((sale) => rowOf(sale)?.content === undefined),
  );
  const judged = sales.map((sale) => {
    const isOurs = ofOpenPurchases.has(sale.id) || heirs.has(sale.id);
    const verdict = isOurs ? ('storeOrder' as const) : reading.policy.verdict(sale);
    return {
      sale,
      row: rowOf(sale),
      ...judgeSale(deps, { ...reading, named }, { sale, row: rowOf(sale), verdict }),
    };
  });
  return {
    chosen: judged
      .filter(({ isWanted }) => isWanted)
      .map(({ sale, row }) => ({ sale, before: row?.content?.state })),
    looked: sales.map(({ id }) => id),
    named: new Map(naming),
    goodless: judged.filter(({ isGoodless }) => isGoodless).map(({ sale }) => sale.id),
    notes: [...ofSurcharges, ...judged.flatMap(({ note }) => note ?? [])],
  };
}

/**
 * Live sales that hold a purchase which is stored as an open order. They are stored, whenever they were filled.
 */
async function salesOfOpenPurchases(deps: ListingDeps, sales: readonly Sale[]): Promise<ReadonlySet<string>> {
  const live = sales.filter((sale) => isLive(sale.state));
  const rows = await deps.orders.readMany(deps.accountId, live.flatMap(purchaseIdsOf).map(orderIdOfPurchase));
  const isOpen = (purchaseId: string) =>
    rows.get(orderIdOfPurchase(purchaseId))?.content?.state === 'awaiting-details';
  return new Set(live.filter((sale) => purchaseIdsOf(sale).some(isOpen)).map(({ id }) => id));
}

interface Judgement {
  readonly isWanted: boolean;
  readonly isGoodless?: boolean;
  readonly note?: ListedSale;
}

function judgeSale(
  deps: ListingDeps,
  { index, policy, named }: Found,
  { sale, row, verdict }: { sale: Sale; row: OrderRow | undefined; verdict: ReturnType<Policy['verdict']> },
): Judgement {
  const { id } = sale;
  const day = dayFor(deps, boughtAt(sale));
  if (isSurcharge(sale) && row?.content === undefined) {
    // A surcharge that no sale names may be an order whose goods are missing for the moment, so it is read
    // again.
    const isNamed = (row?.heldBy ?? []).length > 0 || named.has(id) || index.get(id)?.kind === 'surcharge';
    const note: ListedSale = {
      id,
      kind: isNamed ? 'surcharge' : 'unread',
      day: index.get(id)?.day ?? named.get(id) ?? day,
    };
    return { isWanted: false, isGoodless: true, note };
  }
  const isLoss =
    policy.losses !== undefined && !mayStillBeTold(changedAt(sale), { ...policy.losses, now: deps.clock() });
  if (row?.content !== undefined) {
    const { state } = sale;
    if (!isLoss || row.content.state === state) return { isWanted: true };
    return { isWanted: true, note: { id, kind: index.get(id)?.kind ?? 'unread', day, untold: [state] } };
  }
  if (verdict === 'storeOrder') return { isWanted: true, note: { id, kind: 'unread', day, lost: isLoss } };
  if (verdict === 'outside') return { isWanted: false };
  const isOpen = listedKind(sale.state) === 'open';
  return { isWanted: false, note: { id, kind: isOpen ? 'earlier-open' : 'earlier', day } };
}
