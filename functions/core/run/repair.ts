import { operation } from '../base/operation.ts';
import { Problem } from '../base/problem.ts';
import type { EpochMillis } from '../base/time.ts';
import { isStop } from '../faults/own-stop.ts';
import { emptyTally, processOrders } from '../ingest/process-orders.ts';
import { isQuarantined } from '../ingest/quarantine.ts';
import { readSales } from '../ingest/read-sales.ts';
import type { FailedOrder, JournalStore } from '../ingest/store.ts';
import type { Purchase } from '../marketplace/journal.ts';
import { type OrderId, parseOrderId, purchaseOf } from '../orders/order.ts';
import { isBlank, type OrderRow } from '../orders/store.ts';
import type { Claimed } from './claimed.ts';
import { openWork, type WorkDeps } from './work.ts';

/** The sales and purchases to read again for an order. */
export interface Target {
  readonly saleIds: readonly string[];
  readonly purchases: readonly Purchase[];
}

/** Undefined for an unknown purchase, whose offer and buyer only its own event or sale names. */
export function targetOf(
  orderId: OrderId,
  known: { row?: OrderRow | undefined; bad?: FailedOrder | undefined },
): Target | undefined {
  const order = parseOrderId(orderId);
  if (order === undefined) return undefined;
  const { kind, id } = order;
  if (kind === 'order') return { saleIds: [id], purchases: [] };
  const { row, bad } = known;
  const heldBy = row?.heldBy ?? [];
  if (heldBy.length > 0) return { saleIds: heldBy, purchases: [] };
  const purchase = bad?.purchase ?? (row?.content && purchaseOf(id, row.content));
  return purchase === undefined ? undefined : { saleIds: [], purchases: [purchase] };
}

export type RepairOutcome = 'done' | 'failed' | 'unnamed';

/**
 * Reads one order again, now, under the claim. An order that nothing is known of and that the marketplace does not name
 * is not recorded, or it would be tried again for ever. Trouble with the marketplace is handled here; only trouble of
 * our own stores is thrown.
 */
export async function repairOrder(
  deps: WorkDeps,
  claimed: Claimed,
  { orderId, slotMillis: askedAtMillis }: { orderId: OrderId; slotMillis: EpochMillis },
): Promise<RepairOutcome> {
  const { accountId } = claimed.account;
  const found = (await deps.orders.readMany(accountId, [orderId])).get(orderId);
  const row = found === undefined || isBlank(found) ? undefined : found;
  const bad = (await deps.journal.failedOrders(accountId)).find((one) => one.orderId === orderId);
  const target = targetOf(orderId, { row, bad });
  if (target === undefined) return 'failed';
  const isKnown = row !== undefined || bad !== undefined;
  const outcome = await repair(deps, claimed, { orderId, target, bad, isKnown });
  if (!isKnown) claimed.note({ lastRepair: { orderId, askedAtMillis, outcome } });
  return outcome;
}

async function repair(
  deps: WorkDeps,
  { account, rows }: Claimed,
  {
    orderId,
    target,
    bad,
    isKnown,
  }: { orderId: OrderId; target: Target; bad: FailedOrder | undefined; isKnown: boolean },
): Promise<RepairOutcome> {
  const { accountId } = account;
  try {
    const expected = { ...account, failedOrders: bad === undefined ? 0 : 1 };
    const work = await openWork(deps, { account: expected, rows });
    if (!isKnown) {
      const { sales, replaced, failures } = await readSales(work, target.saleIds);
      const reason = failures.get(orderId)?.reason;
      if (sales.length + replaced.size === 0 && reason !== 'order-unreadable')
        return reason === 'order-missing' ? 'unnamed' : 'failed';
    }
    const processed = await processOrders(work, target, emptyTally());
    const stillBad = (await work.quarantine.quarantined()).some((one) => one.orderId === orderId);
    return processed.size > 0 && !stillBad ? 'done' : 'failed';
  } catch (error) {
    if (!isStop(error)) throw error;
    deps.log.warn('repair-stopped', { accountId, orderId, reason: error.reason, code: error.code });
    return 'failed';
  }
}

/** Forgets an order that was quarantined, so that it is neither shown nor tried again. Throws Problem. */
export async function dismiss(
  journal: Pick<JournalStore, 'failedOrders' | 'removeFailedOrder'>,
  { accountId, orderId }: { accountId: string; orderId: string },
): Promise<void> {
  const bad = (await journal.failedOrders(accountId)).find((one) => one.orderId === orderId);
  if (bad === undefined) throw notQuarantined('not-found');
  if (!isQuarantined(bad)) throw notQuarantined('wrong-state');
  await journal.removeFailedOrder(accountId, bad.orderId);
}

const notQuarantined = (code: 'not-found' | 'wrong-state'): Problem =>
  new Problem({
    code,
    text: {
      pl: `To zamówienie nie jest odłożone, więc nie trzeba go usuwać z odłożonych. Odłożone pokazuje ${operation('sync.show')}.`,
      en: `This order is not quarantined, so there is nothing to dismiss. ${operation('sync.show')} shows those that are.`,
    },
  });
