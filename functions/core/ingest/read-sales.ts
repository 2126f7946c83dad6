import type { OpenSession } from '../access/session.ts';
import { chunks } from '../base/batches.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { Stop } from '../faults/own-stop.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Sale, SaleRead } from '../marketplace/sales.ts';
import { type OrderId, orderIdOfSale } from '../orders/order.ts';
import type { OrderRow, OrderStore } from '../orders/store.ts';
import { type OutageDetector, readApart } from './outage-detector.ts';
import type { Failure } from './quarantine.ts';

interface SaleDeps {
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly detectors: { readonly sales: OutageDetector };
  readonly outOfTime: () => boolean;
}

export interface SaleReading {
  readonly sales: readonly Sale[];
  /** Orders whose purchases live on in others, with the ids of those. */
  readonly replaced: ReadonlyMap<string, readonly string[]>;
  /** Failures by order; empty in an outage. */
  readonly failures: ReadonlyMap<OrderId, Failure>;
  /** Sales that were not asked for, because time was up or reading has stopped. */
  readonly left: readonly string[];
  /** The reason for which reading stopped after some sales were read; thrown when those are stored. */
  readonly stop?: Stop;
}

/** Sales as they were read, and their rows from just before. */
export interface SalesRead extends SaleReading {
  readonly rows: ReadonlyMap<OrderId, OrderRow>;
}

/**
 * Reads rows, unless they were read before, then sales: a change of a row while the marketplace is asked must be
 * noticed. Throws MarketplaceFault.
 */
export async function readWithRows(
  deps: SaleDeps & { readonly accountId: string; readonly orders: Pick<OrderStore, 'readMany'> },
  saleIds: readonly string[],
  before?: SalesRead['rows'],
): Promise<SalesRead> {
  const rows = before ?? (await deps.orders.readMany(deps.accountId, saleIds.map(orderIdOfSale)));
  return { rows, ...(await readSales(deps, saleIds)) };
}

/** Reads a batch of sales, each once, and tells why others are missing. Throws MarketplaceFault. */
export async function readSales(deps: SaleDeps, saleIds: readonly string[]): Promise<SaleReading> {
  const detector = deps.detectors.sales;
  const { answers, refused, left, stop } = await readApart(
    chunks(saleIds, deps.marketplace.settings.saleBatchSize),
    {
      detector,
      keeps: true,
      outOfTime: deps.outOfTime,
      read: async (ids) => {
        const batch = await deps.session.call((handle, options) =>
          deps.marketplace.sales.read(handle, ids, options),
        );
        const worked = batch.find((one) => 'sale' in one || 'replacedBy' in one);
        if (worked !== undefined) detector.worked(worked.id);
        return batch;
      },
    },
  );
  const reads = new Map(answers.flat().map((read) => [read.id, read]));
  const sales = [...reads.values()].flatMap((read) => ('sale' in read ? [read.sale] : []));
  const replaced = new Map(
    [...reads.values()].flatMap((read) => ('replacedBy' in read ? [[read.id, read.replacedBy]] : [])),
  );
  const known = new Set([...sales.map(({ id }) => id), ...replaced.keys()]);
  const missing = saleIds.filter((id) => !known.has(id) && !left.includes(id));
  const failures = new Map<OrderId, Failure>();
  const read = { sales, replaced, failures, left, ...(stop !== undefined && { stop }) };
  if (missing.length === 0) return read;
  const refusals = refused.map(({ item, fault }) => [orderIdOfSale(item), refusalOf(fault)] as const);
  const condition = await detector.condition();
  if (condition === 'up') {
    for (const id of missing) failures.set(orderIdOfSale(id), failureOfRead(reads.get(id)));
    for (const [orderId, refusal] of refusals) failures.set(orderId, refusal);
  } else if (condition === 'unknown') {
    for (const id of missing.filter((one) => saleIds.length === 1 || isBroken(reads.get(one))))
      failures.set(orderIdOfSale(id), { ...failureOfRead(reads.get(id)), unsure: true });
    for (const [orderId, refusal] of refusals) failures.set(orderId, { ...refusal, unsure: true });
  }
  return read;
}

const refusalOf = ({ code, reason }: MarketplaceFault): Failure => ({
  reason: 'refused',
  detail: code ?? reason,
});

/**
 * Whether a sale came broken. If no sale was ever read, a broken sale is to blame by itself, but a missing
 * one only if it was asked for alone, because an outage hides all sales.
 */
const isBroken = (read: SaleRead | undefined): boolean => read !== undefined && 'unreadable' in read;

function failureOfRead(read: SaleRead | undefined): Failure {
  if (read !== undefined && 'unreadable' in read)
    return { reason: 'order-unreadable', detail: read.unreadable };
  if (read !== undefined && 'absent' in read && read.why !== undefined)
    return { reason: 'order-unreadable', detail: read.why };
  return { reason: 'order-missing', detail: '' };
}
