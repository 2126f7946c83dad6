import { together } from '../base/batches.ts';
import type { Sale } from '../marketplace/sales.ts';
import { isSurcharge, type OrderContent, orderIdOfSale } from '../orders/order.ts';
import { orderOfSale } from '../orders/order-of-sale.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, NOTHING_APPLIED } from './applied.ts';
import { unconfirmed } from './quarantine.ts';
import type { SalesRead } from './read-sales.ts';
import { ordersAmong, readSurcharges } from './surcharges.ts';
import { type Told, withoutGoods } from './unconfirmed.ts';

/** A sale to store: the order that it becomes, and its row from before the sale was read. */
export interface SaleToStore {
  readonly sale: Sale;
  readonly row: OrderRow | undefined;
  readonly content: OrderContent;
}

/** The work that the chosen sales need. */
export interface Selection {
  readonly toStore: readonly SaleToStore[];
  /**
   * Surcharges without a row of their own, with the sales that name them. They are stored together with
   * those.
   */
  readonly waiting: ReadonlyMap<string, readonly string[]>;
  /** Sales that have to be read because of the chosen ones. */
  readonly more: readonly string[];
  /** Sales that failed because of their own contents. */
  readonly applied: Applied;
}

/**
 * Tells orders from surcharges, and reads the surcharges that the orders name. Writes nothing. Throws
 * MarketplaceFault for an outage.
 */
export async function select(
  deps: ApplyDeps,
  {
    read,
    chosen,
    asked,
    told,
  }: { read: SalesRead; chosen: readonly Sale[]; asked: ReadonlySet<string>; told: Told },
): Promise<Selection> {
  const rowOf = ({ id }: Sale) => read.rows.get(orderIdOfSale(id));
  const isAlone = (sale: Sale) => isSurcharge(sale) && rowOf(sale)?.content === undefined;
  const surcharges = await readSurcharges(deps, { of: chosen, known: read.sales });
  const orders = await ordersAmong(deps, { named: chosen, surcharges, asked });
  const toStore = chosen
    .filter((sale) => !isAlone(sale))
    .map((sale) => {
      const row = rowOf(sale);
      return { sale, row, content: orderOfSale(sale, { surcharges, before: row?.content }) };
    });
  const alone = await together(chosen.filter(isAlone), async (sale) => ({
    id: sale.id,
    tells: told.get(orderIdOfSale(sale.id)),
    holders: await holdersOf(deps, sale, { row: rowOf(sale), sales: read.sales }),
  }));
  const failures = alone.flatMap(({ id, tells, holders }) =>
    holders.length === 0 && tells !== undefined
      ? [[orderIdOfSale(id), unconfirmed(withoutGoods(tells))] as const]
      : [],
  );
  const failed = new Set(failures.map(([orderId]) => orderId));
  // A waiting surcharge is shown by the orders of the sales that name it. Those sales are read again (`more`)
  // unless this batch has read them already.
  const waiting = alone.filter(({ id }) => !failed.has(orderIdOfSale(id)));
  return {
    toStore,
    waiting: new Map(waiting.map(({ id, holders }) => [id, holders])),
    more: [...orders, ...waiting.flatMap(({ holders }) => holders).filter((id) => !asked.has(id))],
    applied: { ...NOTHING_APPLIED, fates: new Map(failures), goodSaleId: chosen.at(-1)?.id },
  };
}

/**
 * Sales that name this one as a surcharge: known from its row, from this batch, or stored since the row was
 * read.
 */
async function holdersOf(
  deps: ApplyDeps,
  { id }: Sale,
  { row, sales }: { row: OrderRow | undefined; sales: readonly Sale[] },
): Promise<string[]> {
  const named = sales.filter(({ surchargeIds }) => surchargeIds.includes(id)).map((sale) => sale.id);
  const known = new Set([...(row?.heldBy ?? []), ...named]);
  if (known.size > 0) return [...known];
  const orderId = orderIdOfSale(id);
  return [...((await deps.orders.readMany(deps.accountId, [orderId])).get(orderId)?.heldBy ?? [])];
}
