import { chunks, together } from '../base/batches.ts';
import { toMillis } from '../base/time.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { OfferBuyer, Purchase, UnpaidDeal } from '../marketplace/sales.ts';
import { orderOfDeal } from '../orders/deal-order.ts';
import { withFlags } from '../orders/flags.ts';
import { dealOrderId, type OrderContent } from '../orders/order.ts';
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
} from './applied.ts';
import { applyForms } from './apply.ts';
import { type Failure, unconfirmed } from './bad-orders.ts';
import type { Next } from './land.ts';
import { isMostlyOfAll } from './outage-detector.ts';
import { type KnownDeals, pairOf, readDeals } from './read-deals.ts';
import { holdAgain, stillReleased, withClosedHolders } from './revival.ts';
import { landOrFail } from './store-forms.ts';
import { doubtOfDeal, type Told } from './unconfirmed.ts';

/**
 * Lands the deal orders of purchases that no live form holds; the others only lose the form that let go.
 * Throws MarketplaceFault for an outage.
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
    applied = allOf([applied, { fates: await holdAgain(deps, chosen) }]);
    left = stored.filter(({ isOvertaken }) => isOvertaken).map(({ deal }) => deal);
  }
  return applied;
}

/** Deals as they were read, and their rows as they were just before. */
interface DealsRead {
  readonly deals: readonly OpenedDeal[];
  readonly rows: Rows;
  readonly known: KnownDeals;
  /** Some could not be asked for, and nothing shows that others can be. */
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

/** What came of one deal; one whose row somebody else has changed meanwhile is read again. */
interface StoredDeal {
  readonly deal: OpenedDeal;
  readonly applied: Partial<Applied>;
  readonly isOvertaken?: boolean;
}

async function storeDeals(
  deps: ApplyDeps,
  deals: readonly OpenedDeal[],
  read: DealsRead,
): Promise<StoredDeal[]> {
  const stored: StoredDeal[] = [];
  for (const some of chunks(deals, deps.marketplace.settings.formBatchSize))
    stored.push(...(await together(some, (deal) => storeDeal(deps, deal, read))));
  return stored;
}

async function storeDeal(
  deps: ApplyDeps,
  deal: OpenedDeal,
  { rows, known, unsure }: DealsRead,
): Promise<StoredDeal> {
  const orderId = dealOrderId(deal.dealId);
  const row = rows.get(orderId);
  // A deal that a form holds was not asked for, so that no trouble of its offer or buyer is its own.
  const isAsked = isFree(deal, rows);
  if (isAsked && known.left.has(pairOf(deal))) return { deal, applied: {} };
  const refusal = known.refused.get(orderId);
  const ended = (fate: Fate, counted: Partial<Applied> = {}): StoredDeal => ({
    deal,
    applied: { ...counted, fates: new Map([[orderId, fate]]) },
  });
  if (refusal !== undefined) return ended(refused(deal, { fault: refusal, unsure }));
  const next = nextOfDeal(deal, { row, known });
  const result = await landOrFail(deps, { row, next });
  if (result === 'conflict') return { deal, applied: {}, isOvertaken: true };
  if (typeof result === 'object') return ended(result);
  const counted = result === 'changed' ? changedOrder(next.content) : {};
  const untold = isAsked ? known.untold.get(deal.offerId) : undefined;
  // The order stands, without a contact; it is tried again.
  if (untold !== undefined) return ended(refused(deal, { fault: untold, unsure }), counted);
  const doubt = next.content?.state === 'awaiting-form' ? doubtOfDeal(next.content) : undefined;
  return ended(doubt === undefined ? 'landed' : unconfirmed(doubt, purchaseIn(deal)), counted);
}

const purchaseIn = ({ dealId, offerId, buyerId, quantity }: OpenedDeal): Purchase => ({
  dealId,
  offerId,
  buyerId,
  quantity,
});

/** Lands forms from before the first connect that hold deals which are new. */
async function applyEarlierForms(
  deps: ApplyDeps,
  { deals, rows, known }: DealsRead,
  told: Told,
): Promise<Applied> {
  const mayBeHeld = (deal: OpenedDeal): boolean => {
    const isNew = rows.get(dealOrderId(deal.dealId))?.content === undefined && isFree(deal, rows);
    if (!isNew || known.left.has(pairOf(deal)) || (deal.releasedBy ?? []).length > 0) return false;
    const bought = known.deals.get(deal.dealId)?.boughtAtSeconds;
    return deps.earlier?.mayHold(bought === undefined ? undefined : toMillis(bought)) ?? false;
  };
  const dealIds = deals.filter(mayBeHeld).map(({ dealId }) => dealId);
  const formIds = dealIds.length === 0 ? [] : ((await deps.earlier?.holding(dealIds)) ?? []);
  const batches: Applied[] = [];
  for (const batch of chunks(formIds, deps.marketplace.settings.formBatchSize))
    batches.push(await applyForms(deps, batch, { told }));
  return allOf(batches);
}

/** Other calls than that of a deal show that the marketplace is well: this one may be down for all deals. */
const refused = (
  deal: OpenedDeal,
  { fault, unsure }: { fault: MarketplaceFault; unsure: boolean },
): Failure => ({
  reason: 'refused',
  detail: fault.code ?? fault.reason,
  purchase: purchaseIn(deal),
  ...((unsure || isMostlyOfAll(fault)) && { unsure: true }),
});

/** One entry per deal: it may be named by several events and released by several forms. */
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

/** Whether no form holds it, once those have let go that do. */
const isFree = (deal: OpenedDeal, rows: Rows): boolean =>
  holders(deal, rows.get(dealOrderId(deal.dealId))).length === 0;

function nextOfDeal(deal: OpenedDeal, use: { row: OrderRow | undefined; known: KnownDeals }): Next {
  const { row } = use;
  const orderId = dealOrderId(deal.dealId);
  const heldBy = holders(deal, row);
  if (heldBy.length > 0)
    return { orderId, heldBy, ...(row?.content !== undefined && { content: row.content }) };
  const unpaid = use.known.deals.get(deal.dealId);
  const contact = use.known.contacts.get(pairOf(deal));
  const fresh = orderOfDeal(deal, { deal: unpaid, contact });
  return { orderId, content: withFlags({ ...fresh, ...keptOf(row?.content, { unpaid, contact }) }) };
}

/** What the lists of unpaid deals and of buyers do not tell, or no longer, stays as it was told before. */
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
