import { chunks } from '../base/batches.ts';
import { DAY, plus } from '../base/time.ts';
import type { Stop } from '../faults/own-stop.ts';
import type { SaleEvent } from '../marketplace/journal.ts';
import { addFlags, type FlagCounts } from '../orders/flags.ts';
import { orderIdOfPurchase, orderIdOfSale, parseOrderId } from '../orders/order.ts';
import { isBlank } from '../orders/store.ts';
import { type Applied, type ApplyDeps, type Fate, NOTHING_APPLIED, unstopped } from './applied.ts';
import { applySales } from './apply.ts';
import { applyPurchases } from './apply-purchases.ts';
import { hintsOf } from './hint.ts';
import { type NamedPurchases, purchasesNamedBy } from './named-purchases.ts';
import type { Quarantine } from './quarantine.ts';
import type { SalesRead } from './read-sales.ts';
import type { FailedOrder, HintId, OpenedPurchase } from './store.ts';
import { bothTold, NOTHING_TOLD, type Told, toldBy } from './unconfirmed.ts';

/** Number of calls for sales whose results are stored as one batch of rows. */
const CALLS_A_BATCH = 4;

/** Number of sales that are stored as one batch of rows. */
export const rowBatchSize = ({ marketplace }: Pick<ApplyDeps, 'marketplace'>): number =>
  CALLS_A_BATCH * marketplace.settings.saleBatchSize;

export interface ProcessDeps extends ApplyDeps {
  readonly quarantine: Quarantine;
}

/** Counts of a run. */
export interface Tally {
  events: number;
  ordersChanged: number;
  flagged: number;
  /** Number of changed orders with each flag. */
  flags: FlagCounts;
  /** Number of events found behind the cursor. */
  late: number;
  goodSaleId?: string | undefined;
}

export const emptyTally = (): Tally => ({ events: 0, ordersChanged: 0, flagged: 0, flags: {}, late: 0 });

/**
 * Stores the orders that these events hint at. Returns the ids of processed events: their order is stored, or
 * quarantined. Throws MarketplaceFault for an outage.
 */
export async function processEvents(
  deps: ProcessDeps,
  events: readonly SaleEvent[],
  tally: Tally,
): Promise<ReadonlySet<string>> {
  const saleIds = [...new Set(events.flatMap(({ saleId }) => saleId ?? []))];
  const [unreadable, readable] = [
    events.filter(isUnreadable),
    events.filter((event) => !isUnreadable(event)),
  ];
  const purchases = readable.flatMap(({ saleId, purchases }) => (saleId === undefined ? purchases : []));
  const processed = new Set([
    ...(await processOrders(
      deps,
      { saleIds, purchases, told: toldBy(events), named: purchasesNamedBy(events) },
      tally,
    )),
    ...(await processUnreadable(deps, unreadable, tally)),
  ]);
  await forgetReadable(deps, readable);
  // An event without a readable id has the id of the event before it, so both must be processed.
  const open = new Set(
    events.filter((event) => !hintsOf(event).every((hint) => processed.has(hint))).map(({ id }) => id),
  );
  return new Set(events.map(({ id }) => id).filter((id) => !open.has(id)));
}

/** Time for which an unreadable event is shown to people; no journal keeps it longer. */
const UNREADABLE_KEPT = 14 * DAY;

const isUnreadable = ({ unreadable }: SaleEvent): boolean => unreadable !== undefined;

/** Forgets events that could not be read before and can be now; from now on only their order counts. */
export const forgetReadable = (deps: ProcessDeps, events: readonly SaleEvent[]): Promise<void> =>
  deps.quarantine.forget(
    events.filter((event) => !isUnreadable(event)).map(({ id }): HintId => `event:${id}`),
  );

/** Counts the events that do not tell what to read. An event of a known purchase is processed. */
export async function processUnreadable(
  deps: ProcessDeps,
  events: readonly SaleEvent[],
  tally: Tally,
): Promise<ReadonlySet<HintId>> {
  if (events.length === 0) return new Set();
  const purchaseIds = events.flatMap(({ purchases }) =>
    purchases.map(({ purchaseId }) => orderIdOfPurchase(purchaseId)),
  );
  const rows = await deps.orders.readMany(deps.accountId, purchaseIds);
  const stored = [...rows.values()].filter((row) => !isBlank(row));
  const known: ReadonlySet<HintId> = new Set(stored.map(({ orderId }) => orderId));
  const fates = events.flatMap((event) => {
    const failure = { reason: 'event-unreadable' as const, detail: event.unreadable ?? '' };
    return hintsOf(event).map((id): [HintId, Fate] => [id, known.has(id) ? 'held' : failure]);
  });
  return await noted(deps, { ...NOTHING_APPLIED, fates: new Map(fates) }, tally);
}

/** Tries orders again that were quarantined: all, or those of the last day, which an outage may have caused. */
export async function retryQuarantined(
  deps: ProcessDeps,
  tally: Tally,
  { which = 'all' }: { which?: 'all' | 'recent' } = {},
): Promise<void> {
  // Reads the failed orders once a day even if none are expected, because a repair and a run may have written
  // the number at once.
  if (which === 'all') await deps.quarantine.open();
  const quarantined = await deps.quarantine.quarantined();
  const isOld = ({ reason, quarantinedAtMillis = deps.clock() }: FailedOrder) =>
    reason === 'event-unreadable' && deps.clock() >= plus(quarantinedAtMillis, UNREADABLE_KEPT);
  await deps.quarantine.forget(quarantined.filter(isOld).map(({ orderId }) => orderId));
  const recent = plus(deps.clock(), -DAY);
  const bad = quarantined.filter(
    ({ quarantinedAtMillis = recent }) => which === 'all' || quarantinedAtMillis > recent,
  );
  await tryAgain(deps, bad, tally);
}

/** Reads the orders again whose last reading failed or lacked a part that an event told, and that no event has named now. */
export async function retryFailed(deps: ProcessDeps, tally: Tally): Promise<void> {
  await tryAgain(deps, await deps.quarantine.dueAgain(), tally);
}

async function tryAgain(deps: ProcessDeps, bad: readonly FailedOrder[], tally: Tally): Promise<void> {
  if (bad.length === 0) return;
  await processOrders(
    deps,
    { saleIds: bad.flatMap(saleIn), purchases: bad.flatMap(({ purchase }) => purchase ?? []) },
    tally,
  );
}

function saleIn({ orderId }: FailedOrder): string[] {
  const order = parseOrderId(orderId);
  return order?.kind === 'order' ? [order.id] : [];
}

/**
 * Stores sales, then purchases, because a purchase within a sale needs no reading of its own. Returns the orders that
 * are stored or quarantined.
 */
export async function processOrders(
  deps: ProcessDeps,
  {
    saleIds,
    told,
    named,
    purchases,
  }: {
    saleIds: readonly string[];
    purchases: readonly OpenedPurchase[];
    told?: Told;
    named?: NamedPurchases;
  },
  tally: Tally,
): Promise<ReadonlySet<HintId>> {
  const sales: ProcessedSales[] = [];
  for (const batch of chunks(saleIds, rowBatchSize(deps)))
    sales.push(unstopped(await processSales(deps, batch, { tally, told, named })));
  return await processWithPurchases(deps, { sales, purchases }, tally);
}

/**
 * Stores these purchases and those that the sales released. A sale is not processed until its released purchases are.
 */
export async function processWithPurchases(
  deps: ProcessDeps,
  { sales, purchases }: { sales: readonly ProcessedSales[]; purchases: readonly OpenedPurchase[] },
  tally: Tally,
): Promise<ReadonlySet<HintId>> {
  const opened = sales.flatMap((one) => one.opened);
  const ofPurchases = await processPurchases(deps, [...purchases, ...opened], tally);
  const processed = new Set([...sales.flatMap((one) => [...one.processed]), ...ofPurchases]);
  const open = opened.filter(({ purchaseId }) => !processed.has(orderIdOfPurchase(purchaseId)));
  return processed.difference(new Set(open.flatMap(({ releasedBy = [] }) => releasedBy.map(orderIdOfSale))));
}

export interface ProcessedSales {
  /** Sales that are stored or quarantined, and purchases that a live sale holds by now. */
  readonly processed: ReadonlySet<HintId>;
  /**
   * Purchases that cancelled sales released; the sales are processed only when these purchases are orders of their own
   * again.
   */
  readonly opened: readonly OpenedPurchase[];
  /** The reason for which reading stopped after some sales were read and stored. */
  readonly stop?: Stop | undefined;
}

/**
 * Stores a batch of sales; `told` are the parts that events tell of them, `named` the purchases that events name
 * with them. Throws MarketplaceFault for an outage.
 */
export async function processSales(
  deps: ProcessDeps,
  saleIds: readonly string[],
  hints: { tally: Tally; read?: SalesRead; told?: Told | undefined; named?: NamedPurchases | undefined },
): Promise<ProcessedSales> {
  const told = await allTold(deps, hints.told);
  return await noteSales(deps, await applySales(deps, saleIds, { ...hints, told }), hints.tally);
}

/** The parts that readings have to show, by these events and by earlier readings. */
export const allTold = async ({ quarantine }: ProcessDeps, told: Told = NOTHING_TOLD): Promise<Told> =>
  bothTold(told, await quarantine.told());

/** Notes and counts the results of a batch of sales. */
export const noteSales = async (
  deps: ProcessDeps,
  applied: Applied,
  tally: Tally,
): Promise<ProcessedSales> => ({
  processed: await noted(deps, applied, tally),
  opened: applied.opened,
  stop: applied.stop,
});

/** Stores purchases that no sale holds. Throws MarketplaceFault for an outage. */
export async function processPurchases(
  deps: ProcessDeps,
  purchases: readonly OpenedPurchase[],
  tally: Tally,
): Promise<ReadonlySet<HintId>> {
  return await noted(deps, await applyPurchases(deps, purchases, await deps.quarantine.told()), tally);
}

async function noted(
  deps: ProcessDeps,
  { fates, ...applied }: Applied,
  tally: Tally,
): Promise<ReadonlySet<HintId>> {
  const done = new Set([...fates].filter(([, fate]) => typeof fate === 'string').map(([id]) => id));
  const failures = new Map(
    [...fates].flatMap(([id, fate]) => (typeof fate === 'string' ? [] : [[id, fate]])),
  );
  const quarantined = await deps.quarantine.note(failures, (orderId) => done.has(orderId));
  tally.ordersChanged += applied.changed;
  tally.flagged += applied.flagged;
  tally.flags = addFlags(tally.flags, applied.flags);
  tally.goodSaleId = applied.goodSaleId ?? tally.goodSaleId;
  // An order that is quarantined counts as processed only if this run has tried it again.
  const passed = [...failures].filter(
    ([orderId, { reason }]) => reason === 'unconfirmed' || quarantined.has(orderId),
  );
  return new Set([...done, ...passed.map(([orderId]) => orderId)]);
}
