import { chunks, together } from '../base/batches.ts';
import { toMillis } from '../base/time.ts';
import type { MarketplaceFault } from '../faults/fault.ts';
import type { OfferBuyer, OpenPurchases, Purchase, UnpaidDeal } from '../marketplace/sales.ts';
import { orderOfDeal } from '../orders/deal-order.ts';
import { withFlags } from '../orders/flags.ts';
import { dealOrderId, type OrderContent, type OrderId } from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import { type Applied, type ApplyDeps, CONFLICTS, type OpenedDeal } from './applied.ts';
import { applyForms, landOrFail } from './apply.ts';
import { type Failure, unconfirmed } from './bad-orders.ts';
import { isMostlyOfAll, readApart } from './doubt.ts';
import type { Next } from './land.ts';
import { holdAgain, stillReleased } from './revival.ts';
import type { HintId } from './store.ts';
import { doubtOfDeal, type Told } from './unconfirmed.ts';

/**
 * Lands the deal orders of purchases that no live form holds; the others only lose the form that let go.
 * Throws MarketplaceFault for an outage.
 */
export async function applyDeals(
  deps: ApplyDeps,
  deals: readonly OpenedDeal[],
  { applied, told }: { applied: Applied; told: Told },
): Promise<void> {
  let left = merged(deals);
  for (let round = 0; left.length > 0 && round < CONFLICTS; round += 1) {
    const rows = await deps.orders.readMany(
      deps.accountId,
      left.map(({ dealId }) => dealOrderId(dealId)),
    );
    left = await stillReleased(deps, left);
    const rowOf = (deal: OpenedDeal) => rows.get(dealOrderId(deal.dealId));
    const known = await readDeals(
      deps,
      left.filter((deal) => holders(deal, rowOf(deal)).length === 0),
    );
    const unsure = known.refused.size + known.untold.size > 0 && !(await deps.doubts.deals.isUp());
    if (round === 0) {
      const isNew = (deal: OpenedDeal) =>
        rowOf(deal)?.content === undefined && holders(deal, rowOf(deal)).length === 0;
      const held = await heldByEarlierForms(deps, { deals: left.filter(isNew), known, applied, told });
      left = left.filter(({ dealId }) => !held.has(dealOrderId(dealId)));
    }
    const conflicts: OpenedDeal[] = [];
    const landDeal = async (deal: OpenedDeal): Promise<void> => {
      const orderId = dealOrderId(deal.dealId);
      const row = rowOf(deal);
      // A deal that a form holds was not asked for, so that no trouble of its offer or buyer is its own.
      const isAsked = holders(deal, row).length === 0;
      if (isAsked && known.left.has(pairOf(deal))) return;
      const refusal = known.refused.get(orderId);
      if (refusal !== undefined) {
        applied.failures.set(orderId, refused(deal, { fault: refusal, unsure }));
        return;
      }
      const next = nextOfDeal(deal, { row, known });
      const result = await landOrFail(deps, { row, next, applied });
      const doubt = next.content?.state === 'awaiting-form' ? doubtOfDeal(next.content) : undefined;
      const untold = isAsked ? known.untold.get(deal.offerId) : undefined;
      if (result === 'conflict') conflicts.push(deal);
      else if (result === 'failed') return;
      // The order stands, without a contact; it is tried again.
      else if (untold !== undefined) applied.failures.set(orderId, refused(deal, { fault: untold, unsure }));
      else if (doubt !== undefined) applied.failures.set(orderId, unconfirmed(doubt, purchaseIn(deal)));
      else applied.landed.add(orderId);
    };
    for (const some of chunks(left, deps.marketplace.settings.formBatchSize)) await together(some, landDeal);
    await holdAgain(deps, left, applied);
    left = conflicts;
  }
}

const purchaseIn = ({ dealId, offerId, buyerId, quantity }: OpenedDeal): Purchase => ({
  dealId,
  offerId,
  buyerId,
  quantity,
});

/** Lands forms from before the first connect that hold these deals; answers with the deals that are held now. */
async function heldByEarlierForms(
  deps: ApplyDeps,
  use: { deals: readonly OpenedDeal[]; known: KnownDeals; applied: Applied; told: Told },
): Promise<ReadonlySet<HintId>> {
  const { choose: _, ...plain } = deps;
  const { deals, known, applied, told } = use;
  const dealIds = deals
    .filter((deal) => !known.left.has(pairOf(deal)) && (deal.releasedBy ?? []).length === 0)
    .map(({ dealId }) => dealId)
    .filter((dealId) => {
      const bought = known.deals.get(dealId)?.boughtAtSeconds;
      return deps.earlier?.mayHold(bought === undefined ? undefined : toMillis(bought)) ?? false;
    });
  const formIds = dealIds.length === 0 ? [] : ((await deps.earlier?.holding(dealIds)) ?? []);
  for (const batch of chunks(formIds, deps.marketplace.settings.formBatchSize))
    await applyForms(plain, batch, { applied, told });
  return applied.held;
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
  const { lines, total, buyer, contactAddress, shipmentAddress } = before;
  return {
    ...(unpaid === undefined && { lines, ...(total && { total }) }),
    ...(contact === undefined && {
      buyer,
      ...(contactAddress && { contactAddress }),
      ...(shipmentAddress && { shipmentAddress }),
    }),
  };
}

interface KnownDeals {
  readonly deals: ReadonlyMap<string, UnpaidDeal>;
  /** By `offerId/buyerId`. */
  readonly contacts: ReadonlyMap<string, OfferBuyer>;
  /** Deals that could not be asked for. */
  readonly refused: ReadonlyMap<OrderId, MarketplaceFault>;
  /** Offers whose buyers could not be asked for. */
  readonly untold: ReadonlyMap<string, MarketplaceFault>;
  /** Pairs `offerId/buyerId` that were not asked for, because time was up. */
  readonly left: ReadonlySet<string>;
}

const NOTHING_KNOWN: KnownDeals = {
  deals: new Map(),
  contacts: new Map(),
  refused: new Map(),
  untold: new Map(),
  left: new Set(),
};

const pairOf = ({ offerId, buyerId }: Purchase): string => `${offerId}/${buyerId}`;

async function readDeals(deps: ApplyDeps, purchases: readonly Purchase[]): Promise<KnownDeals> {
  const { openPurchases } = deps.marketplace;
  if (openPurchases === undefined) return NOTHING_KNOWN;
  const byPair = Map.groupBy(purchases, pairOf);
  const { doubts, outOfTime } = deps;
  const pairs = await readApart(
    [...byPair.keys()].map((pair) => [pair]),
    {
      doubt: doubts.deals,
      outOfTime,
      read: async ([pair = '']) => {
        const purchase = byPair.get(pair)?.[0];
        if (purchase === undefined) return [];
        const unpaid = await deps.session.call((handle, options) =>
          openPurchases.unpaidDeals(handle, purchase, options),
        );
        doubts.deals.worked();
        return unpaid;
      },
    },
  );
  const refused = new Map<OrderId, MarketplaceFault>();
  for (const { item, fault } of pairs.refused) {
    for (const { dealId } of byPair.get(item) ?? []) refused.set(dealOrderId(dealId), fault);
  }
  const deals = new Map(pairs.answers.flat().map((deal) => [deal.dealId, deal]));
  const left = new Set(pairs.left);
  const asked = purchases.filter((purchase) => !left.has(pairOf(purchase)));
  const { contacts, untold, leftOffers } = await readContacts({ ...deps, openPurchases }, asked);
  for (const purchase of asked) if (leftOffers.has(purchase.offerId)) left.add(pairOf(purchase));
  return { deals, contacts, refused, untold, left };
}

/** Who bought. */
async function readContacts(
  { openPurchases, ...deps }: ApplyDeps & { openPurchases: OpenPurchases },
  purchases: readonly Purchase[],
): Promise<Pick<KnownDeals, 'contacts' | 'untold'> & { leftOffers: ReadonlySet<string> }> {
  const offerIds = [...new Set(purchases.map(({ offerId }) => offerId))];
  const { answers, refused, left } = await readApart(
    chunks(offerIds, deps.marketplace.settings.formBatchSize),
    {
      doubt: deps.doubts.deals,
      outOfTime: deps.outOfTime,
      read: async (batch) => {
        const buyerIds = [
          ...new Set(
            purchases.filter(({ offerId }) => batch.includes(offerId)).map(({ buyerId }) => buyerId),
          ),
        ];
        return await deps.session.call((handle, options) =>
          openPurchases.buyers(handle, { offerIds: batch, buyerIds }, options),
        );
      },
    },
  );
  for (const { item, fault } of refused) {
    const { accountId } = deps;
    deps.log.warn('buyers-refused', { accountId, offerId: item, code: fault.code ?? fault.reason });
  }
  const contacts = new Map(
    answers.flat().map((contact) => [`${contact.offerId}/${contact.buyer.id}`, contact]),
  );
  const untold = new Map(refused.map(({ item, fault }) => [item, fault]));
  return { contacts, untold, leftOffers: new Set(left) };
}
