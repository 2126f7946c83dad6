import { expect } from 'vitest';
import { MINUTE } from '../../functions/core/base/time.ts';
import { holdsPurchases, type OrderContent, orderIdOfSale } from '../../functions/core/orders/order.ts';
import { freshnessOf } from '../../functions/core/run/freshness.ts';
import { untold } from './memory-orders.ts';
import { bookedAs } from './uuid-market.ts';
import { type UuidSeller, uuidSeller } from './uuid-seller.ts';

const POLL_INTERVAL = { busyMillis: MINUTE, quietMillis: 5 * MINUTE };

export const freshness = ({ accounts, clock }: UuidSeller) =>
  freshnessOf(accounts.row, { now: clock(), pollInterval: POLL_INTERVAL }).state;

export const contentOf = ({ orders }: UuidSeller, id: string) => orders.rows.get(orderIdOfSale(id))?.content;

/** A seller after the first connect; sales from before it are not read. */
export async function connected({ hasLists = false } = {}): Promise<UuidSeller> {
  const seller = uuidSeller({ hasLists });
  seller.market.buy(1);
  await seller.processOrders();
  expect(seller.orders.rows.size).toBe(0);
  return seller;
}

/** The last revision of each order that the feed tells, as an ERP reads it. */
export function toldByFeed({ orders }: UuidSeller): Map<string, number> {
  const told = new Map<string, number>();
  let last = 0;
  for (const { number, orderId, revision } of orders.feed) {
    // Numbers may have gaps: those of rows that a dead worker has not written.
    expect(number).toBeGreaterThan(last);
    last = number;
    expect(revision).toBeGreaterThanOrEqual(told.get(orderId) ?? 0);
    told.set(orderId, revision);
  }
  return told;
}

/** The stored orders that are not closed and hold this purchase. */
export const holdersOf = ({ orders }: UuidSeller, purchaseId: string) =>
  [...orders.rows.values()]
    .filter(({ content }) => content !== undefined && holdsPurchases(content.state))
    .filter(({ content }) => content?.replaces.includes(purchaseId))
    .map(({ orderId }) => orderId);

/** Whether the order that finally replaced this one has vanished. */
function isReplacedByNothing({ sales }: Pick<UuidSeller['market'], 'sales'>, id: string): boolean {
  const { replacedBy = [], mergedInto = [], isGone = true } = sales.get(id) ?? {};
  return isGone || [...replacedBy, ...mergedInto].some((one) => isReplacedByNothing({ sales }, one));
}

/** Compares the stored orders with the marketplace's true ones, for sales since the first connect. */
export function expectTruth(seller: UuidSeller, before: ReadonlySet<string>): void {
  const { market, orders, journal } = seller;
  for (const sale of market.sales.values()) {
    if (before.has(sale.id)) continue;
    const content = contentOf(seller, sale.id);
    const isQuarantined = journal.bad.get(orderIdOfSale(sale.id))?.quarantinedAtMillis !== undefined;
    if (sale.isGone) {
      expect([sale.id, isQuarantined]).toEqual([sale.id, true]);
    } else if (isReplacedByNothing(market, sale.id)) {
      // An order whose successor vanished before it was stored stays as it was, for a person to see.
      const isClosed = content === undefined || content.state === 'replaced';
      expect(isQuarantined || isClosed || sale.mergedInto.length > 0).toBe(true);
    } else if (sale.mergedInto.length > 0) {
      expect([sale.id, isQuarantined]).toEqual([sale.id, false]);
      expect([undefined, 'replaced']).toContain(content?.state);
    } else if (sale.replacedBy.length > 0) {
      expect([undefined, 'replaced']).toContain(content?.state);
      if (content !== undefined)
        expect(orders.rows.get(orderIdOfSale(sale.id))?.heldBy).toEqual(
          expect.arrayContaining([...sale.replacedBy]),
        );
    } else {
      expect([sale.id, content?.state]).toEqual([sale.id, sale.state]);
      expect(content?.replaces).toEqual(sale.purchaseIds);
      expect(bookedIn(content)).toEqual(bookedAs(sale.id));
      for (const id of sale.purchaseIds)
        expect([id, holdersOf(seller, id)]).toEqual([id, [orderIdOfSale(sale.id)]]);
    }
  }
  // No purchase is ever an order of its own at this marketplace, not even after a cancellation.
  const alone = [...orders.rows.values()].filter(({ orderId }) => orderId.startsWith('purchase:'));
  expect(alone.filter(({ content }) => content !== undefined)).toEqual([]);
  const told = toldByFeed(seller);
  expect(untold(orders)).toEqual([]);
  for (const { orderId, content } of orders.rows.values())
    if (content !== undefined) expect(told.has(orderId)).toBe(true);
}

/** The same parts of an order as it is stored; several currencies are named one after the other. */
const bookedIn = (content: OrderContent | undefined) => {
  const { shipmentAddress, delivery, ...rest } = content ?? {};
  const currencies = new Set(JSON.stringify({ ...rest, delivery }).match(/(?<="currency":")[A-Z]+/g));
  return {
    currency: [...currencies].join(),
    country: shipmentAddress?.country,
    deliveryMethod: delivery?.method,
    parcels: delivery?.parcels,
  };
};
