import type { WorkQueue } from '../account/work-queue.ts';
import { ERASED_AFTER } from '../admin/erase-buyer.ts';
import { together } from '../base/batches.ts';
import { type Clock, hasToWait, plus } from '../base/time.ts';
import { nextAsItIs } from '../ingest/holding.ts';
import type { ErasureIndex, ErasureStore } from '../orders/erasure-store.ts';
import { type OrderId, orderIdOfPurchase, orderIdOfSale, parseOrderId } from '../orders/order.ts';
import type { OrderRow, OrderStore } from '../orders/store.ts';
import type { Claimed } from './claimed.ts';

/** Rows that are read at a time. */
const ROWS = 250;

export interface EraseDeps {
  readonly orders: OrderStore;
  readonly erasures: ErasureStore;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly outOfTime: () => boolean;
}

/**
 * Erases the buyers of all requests of an account, under its claim. Reads every order of the account once for all
 * requests that have come equally far, in pages; notes the place and continues with another message when time runs out.
 * A request is removed only after the last page, so that a killed worker or a lost message is followed by another.
 */
export async function eraseBuyers(
  deps: EraseDeps,
  claimed: Pick<Claimed, 'account' | 'rows'>,
): Promise<void> {
  const { accountId } = claimed.account;
  for (;;) {
    const requests = await deps.erasures.of(accountId);
    const [first] = requests;
    if (first === undefined) return;
    const { after } = first;
    const abreast = requests.filter((request) => request.after === after);
    const requestIds = abreast.map(({ requestId }) => requestId);
    const reached = await eraseAfter(deps, claimed, {
      buyerIds: new Set(abreast.map(({ buyerId }) => buyerId)),
      after,
    });
    if (reached === undefined) await deps.erasures.remove(accountId, requestIds);
    else await deps.erasures.reach(accountId, requestIds, reached);
    if (deps.outOfTime()) return await deps.queue.send({ accountId, slotMillis: deps.clock(), why: 'erase' });
  }
}

/**
 * Erases the data of these buyers from the orders after a place. Returns the place that was reached when time ran out;
 * undefined at the end. The rows of purchases are erased, or marked if they have no content, before the sales that hold
 * them, so that a new order with the same purchases is erased too.
 */
async function eraseAfter(
  deps: EraseDeps,
  claimed: Pick<Claimed, 'account' | 'rows'>,
  { buyerIds, after: first }: { buyerIds: ReadonlySet<string>; after: OrderId | undefined },
): Promise<OrderId | undefined> {
  const { accountId } = claimed.account;
  const isOfBuyer = ({ content }: OrderRow) => content !== undefined && buyerIds.has(content.buyer.id);
  /** The rows that are not among the known ones. */
  const others = async (known: readonly OrderRow[], ids: readonly OrderId[]): Promise<OrderRow[]> => {
    const unknown = new Set(ids).difference(new Set(known.map(({ orderId }) => orderId)));
    return [...(await deps.orders.readMany(accountId, [...unknown])).values()];
  };
  let after = first;
  do {
    const { rows, next } = await deps.orders.page(accountId, { after, limit: ROWS });
    const onPage = rows.filter(isOfBuyer);
    const found = [...onPage, ...(await others(onPage, onPage.flatMap(purchasesIn)))];
    // Sales that were stored meanwhile before the noted place hold purchases whose rows come only now.
    const sales = (await others(found, found.flatMap(salesOf))).filter(isOfBuyer);
    const all = [...found, ...sales];
    const held = await others(all, sales.flatMap(purchasesIn));
    await eraseOrders(claimed, [...all, ...held], { erasedAtMillis: deps.clock() });
    after = next;
  } while (after !== undefined && !deps.outOfTime());
  return after;
}

/** Erases the buyers' data of these orders. Throws Error if a row has changed since it was read. */
export async function eraseOrders(
  { rows }: Pick<Claimed, 'rows'>,
  found: readonly OrderRow[],
  erased: Pick<OrderRow, 'erasedAtMillis' | 'erasedByAge'>,
): Promise<void> {
  const ids = new Set(found.map(({ orderId }) => orderId));
  const results = await rows.write(
    found.map((row) => ({
      row,
      next: { ...nextAsItIs(row), ...erased },
      behind: purchasesIn(row).filter((orderId) => ids.has(orderId)),
    })),
  );
  const left = [...results.values()].filter((result) => result !== 'changed' && result !== 'unchanged');
  if (left.length > 0) throw new Error(`orders have changed while they were erased: ${left.length}`);
}

/** The purchases that a sale holds, or held until they are released. */
const purchasesIn = ({ orderId, content, letGo = [] }: OrderRow): OrderId[] =>
  parseOrderId(orderId)?.kind === 'order'
    ? [...(content?.replaces ?? []), ...letGo.map(({ purchaseId }) => purchaseId)].map(orderIdOfPurchase)
    : [];

/** The sales that hold a purchase. */
const salesOf = ({ heldBy = [] }: OrderRow): OrderId[] => heldBy.map(orderIdOfSale);

/** Removes the requests of an account that was removed, with all its orders. */
export async function forgetErasures(
  { erasures }: Pick<EraseDeps, 'erasures'>,
  accountId: string,
): Promise<void> {
  const requests = await erasures.of(accountId);
  await erasures.remove(
    accountId,
    requests.map(({ requestId }) => requestId),
  );
}

export interface PlanErasuresDeps {
  readonly erasures: ErasureIndex;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly outOfTime: () => boolean;
}

/**
 * Sends a message for each account with a request that was not carried out in time, and once an hour again. Returns
 * the number of messages.
 */
export async function planErasures(deps: PlanErasuresDeps): Promise<number> {
  let sent = 0;
  for await (const page of deps.erasures.pages()) {
    const now = deps.clock();
    const due = page.filter(({ againAtMillis }) => !hasToWait(againAtMillis, { now, atMost: ERASED_AFTER }));
    for (const [accountId, entries] of Map.groupBy(due, (entry) => entry.accountId)) {
      if (deps.outOfTime()) return sent;
      await deps.queue.send({ accountId, slotMillis: now, why: 'erase' });
      await together(entries, (entry) => deps.erasures.move(entry, plus(now, ERASED_AFTER)));
      sent += 1;
    }
  }
  return sent;
}
