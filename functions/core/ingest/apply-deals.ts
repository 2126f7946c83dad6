import { chunks } from '../base/batches.ts';
import { toMillis } from '../base/time.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { RowWrite } from '../feed/row-write.ts';
import type { Stored } from '../feed/row-writer.ts';
import type { OfferBuyer, Purchase, UnpaidDeal } from '../marketplace/sales.ts';
import { orderOfDeal } from '../orders/deal-order.ts';
import { withFlags } from '../orders/flags.ts';
import { dealOrderId, type OrderContent, type OrderId } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import {
  type Applied,
  type ApplyDeps,
  allOf,
  CONFLICTS,
  changedOrder,
  type Fate,
  NOTHING_APPLIED,
  type OpenedDeal,
  type Rows,
  unstopped,
} from './applied.ts';
import { applyForms } from './apply.ts';
import { isMostlyOfAll } from './outage-detector.ts';
import { type Failure, unconfirmed } from './quarantine.ts';
import { type KnownDeals, pairOf, readDeals } from './read-deals.ts';
import { stillReleased, withClosedHolders } from './revival.ts';
import { failureOf } from './store-forms.ts';
import { doubtOfDeal, type Told } from './unconfirmed.ts';

/**
 * Stores the deal orders of purchases that no live form holds. Other deals only lose the form that released
 * them. Throws MarketplaceFault for an outage.
 */
export async function applyDeals(
  deps: ApplyDeps,
  deals: readonly OpenedDeal[],
  told: Told,
): Promise<Applied> {
  let applied = NOTHING_APPLIED;
  let left = merged(deals);
  for (let round = 0; left.length > 0 && round < CONFLICTS; round += 1) {
    const read = await readDealsWithRows(deps, left);
    const ofEarlier = round === 0 ? await applyEarlierForms(deps, read, told) : NOTHING_APPLIED;
    const chosen = read.deals.filter(({ dealId }) => ofEarlier.fates.get(dealOrderId(dealId)) !== 'held');
    const stored = await storeDeals(deps, chosen, read);
    applied = allOf([applied, ofEarlier, ...stored.map((one) => one.applied)]);
    left = stored.filter(({ isOvertaken }) => isOvertaken).map(({ deal }) => deal);
  }
  return applied;
}

/** Deals as they were read, and their rows from just before. */
interface DealsRead {
  readonly deals: readonly OpenedDeal[];
  readonly rows: Rows;
  readonly known: KnownDeals;
  /** Whether some deals could not be asked for, while nothing shows that others can be. */
  readonly unsure: boolean;
}

async function readDealsWithRows(deps: ApplyDeps, opened: readonly OpenedDeal[]): Promise<DealsRead> {
  const rows = await deps.orders.readMany(
    deps.accountId,
    opened.map(({ dealId }) => dealOrderId(dealId)),
  );
  const released = await withClosedHolders(deps, { deals: opened, rows });
  const deals = await stillReleased(deps, released);
  const known = await readDeals(
    deps,
    deals.filter((deal) => isFree(deal, rows)),
  );
  const unsure =
    known.refused.size + known.untold.size > 0 && (await deps.detectors.deals.condition()) !== 'up';
  return { deals, rows, known, unsure };
}

/** The result for a deal; `isOvertaken`: its row has changed since it was read, so it is read again. */
interface StoredDeal {
  readonly deal: OpenedDeal;
  readonly applied: Partial<Applied>;
  readonly isOvertaken?: boolean;
}

/** Writes all deals that were read, or need not be, in one batch. */
async function storeDeals(
  deps: ApplyDeps,
  deals: readonly OpenedDeal[],
  read: DealsRead,
): Promise<StoredDeal[]> {
  const writes = new Map(deals.flatMap((deal) => writeOf(deal, read)));
  const stored = await deps.rows.write([...writes.values()]);
  return deals.map((deal) => {
    const orderId = dealOrderId(deal.dealId);
    return storedDeal(deal, { ...read, write: writes.get(orderId), stored: stored.get(orderId) });
  });
}

function writeOf(deal: OpenedDeal, { rows, known }: DealsRead): [OrderId, RowWrite][] {
  const orderId = dealOrderId(deal.dealId);
  // A deal that a form holds was not asked for, so trouble of its offer or buyer is not its own.
  const isLeft = isFree(deal, rows) && known.left.has(pairOf(deal));
  if (isLeft || known.refused.has(orderId)) return [];
  const row = rows.get(orderId);
  return [[orderId, { row, next: nextOfDeal(deal, { row, known }) }]];
}

function storedDeal(
  deal: OpenedDeal,
  use: DealsRead & { write: RowWrite | undefined; stored: Stored | undefined },
): StoredDeal {
  const { rows, known, unsure, write, stored } = use;
  const orderId = dealOrderId(deal.dealId);
  const ended = (fate: Fate, counted: Partial<Applied> = {}): StoredDeal => ({
    deal,
    applied: { ...counted, fates: new Map([[orderId, fate]]) },
  });
  const refusal = known.refused.get(orderId);
  if (refusal !== undefined) return ended(refused(deal, { fault: refusal, unsure }));
  if (write === undefined) return { deal, applied: {} };
  if (stored === 'conflict') return { deal, applied: {}, isOvertaken: true };
  const failure = failureOf(stored);
  if (failure !== undefined) return ended(failure);
  const { content } = write.next;
  const counted = stored === 'changed' ? changedOrder(content) : {};
  const untold = isFree(deal, rows) ? known.untold.get(deal.offerId) : undefined;
  // The order is stored without a contact, and is tried again.
  if (untold !== undefined) return ended(refused(deal, { fault: untold, unsure }), counted);
  const doubt = content?.state === 'awaiting-form' ? doubtOfDeal(content) : undefined;
  return ended(doubt === undefined ? 'stored' : unconfirmed(doubt, purchaseIn(deal)), counted);
}

const purchaseIn = ({ dealId, offerId, buyerId, quantity }: OpenedDeal): Purchase => ({
  dealId,
  offerId,
  buyerId,
  quantity,
});

/** Stores forms from before the first connect that hold new deals. */
async function applyEarlierForms(
  deps: ApplyDeps,
  { deals, rows, known }: DealsRead,
  told: Told,
): Promise<Applied> {
  const mayBeHeld = (deal: OpenedDeal): boolean => {
    const isNew = rows.get(dealOrderId(deal.dealId))?.content === undefined && isFree(deal, rows);
    if (!isNew || known.left.has(pairOf(deal)) || (deal.releasedBy ?? []).length > 0) return false;
    const bought = known.unpaid.get(deal.dealId)?.boughtAtSeconds;
    return deps.earlier?.mayHold(bought === undefined ? undefined : toMillis(bought)) ?? false;
  };
  const dealIds = deals.filter(mayBeHeld).map(({ dealId }) => dealId);
  const formIds = dealIds.length === 0 ? [] : ((await deps.earlier?.holding(dealIds)) ?? []);
  const batches: Applied[] = [];
  for (const batch of chunks(formIds, deps.marketplace.settings.formBatchSize))
    batches.push(unstopped(await applyForms(deps, batch, { told })));
  return allOf(batches);
}

/** The failure of a deal. If only other calls have succeeded, this kind of call may be down for all deals. */
const refused = (
  deal: OpenedDeal,
  { fault, unsure }: { fault: MarketplaceFault; unsure: boolean },
): Failure => ({
  reason: 'refused',
  detail: fault.code ?? fault.reason,
  purchase: purchaseIn(deal),
  ...((unsure || isMostlyOfAll(fault)) && { unsure: true }),
});

/** The deals, each once: several events may name a deal, and several forms may release it. */
function merged(deals: readonly OpenedDeal[]): OpenedDeal[] {
  const byId = new Map<string, OpenedDeal>();
  for (const deal of deals) {
    const releasedBy = [...(byId.get(deal.dealId)?.releasedBy ?? []), ...(deal.releasedBy ?? [])];
    byId.set(deal.dealId, { ...deal, releasedBy });
  }
  return [...byId.values()];
}

const holders = (deal: OpenedDeal, row: OrderRow | undefined): string[] =>
  (row?.heldBy ?? []).filter((formId) => !(deal.releasedBy ?? []).includes(formId));

/** Whether no form holds the deal, once the forms that release it are left out. */
const isFree = (deal: OpenedDeal, rows: Rows): boolean =>
  holders(deal, rows.get(dealOrderId(deal.dealId))).length === 0;

function nextOfDeal(
  deal: OpenedDeal,
  use: { row: OrderRow | undefined; known: KnownDeals },
): RowWrite['next'] {
  const { row } = use;
  const orderId = dealOrderId(deal.dealId);
  const heldBy = holders(deal, row);
  if (heldBy.length > 0)
    return { orderId, heldBy, ...(row?.content !== undefined && { content: row.content }) };
  const unpaid = use.known.unpaid.get(deal.dealId);
  const contact = use.known.contacts.get(pairOf(deal));
  const fresh = orderOfDeal(deal, { unpaid, contact });
  return { orderId, content: withFlags({ ...fresh, ...keptOf(row?.content, { unpaid, contact }) }) };
}

/**
 * Parts of the order that the lists of unpaid deals and of buyers do not tell (any more), as they were
 * before.
 */
function keptOf(
  before: OrderContent | undefined,
  { unpaid, contact }: { unpaid: UnpaidDeal | undefined; contact: OfferBuyer | undefined },
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
