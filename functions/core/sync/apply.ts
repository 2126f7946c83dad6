import type { Form, Marketplace, OfferBuyer, UnpaidDeal } from '../marketplace.ts';
import {
  dealOrderId,
  dealsOf,
  formOrderId,
  isLive,
  orderOfDeal,
  orderOfForm,
  type Purchase,
} from '../order.ts';
import type { Log, OrderRow } from '../ports.ts';
import type { OpenSession } from '../session/session.ts';
import { type Feed, type LandDeps, land, type Next } from './land.ts';

/** Another writer may change a row between our reading and writing; this many times in a row it is a bug. */
const CONFLICTS = 8;

export interface ApplyDeps extends LandDeps {
  readonly accountId: string;
  readonly marketplace: Marketplace;
  readonly session: OpenSession;
  readonly feed: Feed;
  readonly log: Log;
}

/** A deal to look at, and the forms that have just let go of it. */
export interface OpenedDeal extends Purchase {
  readonly releasedBy?: readonly string[];
}

export interface Applied {
  /** Ids whose order and feed entry are stored. */
  readonly landed: ReadonlySet<string>;
  readonly changed: number;
  /** Deals that no live form holds any more, or never did: to be applied next. */
  readonly opened: readonly OpenedDeal[];
}

/**
 * Reads these forms (one batch) and lands their orders, then closes the deal orders that they hold. The
 * form row is written before its deals close, so that a crash between leaves a sale visible twice for a
 * moment, never not at all.
 */
export async function applyForms(deps: ApplyDeps, formIds: readonly string[]): Promise<Applied> {
  const landed = new Set<string>();
  const opened: OpenedDeal[] = [];
  let changed = 0;
  let left = [...formIds];
  for (let round = 0; left.length > 0 && round < CONFLICTS; round += 1) {
    const rows = await deps.orders.readMany(deps.accountId, left.map(formOrderId));
    const forms = await readForms(deps, left);
    left = [];
    for (const form of forms) {
      const orderId = formOrderId(form.id);
      const content = orderOfForm(form);
      const result = await land(deps, { row: rows.get(orderId), next: { orderId, content } });
      if (result === 'conflict') {
        left.push(form.id);
        continue;
      }
      const deals = await settleDeals(deps, { form, live: isLive(content.state) });
      changed += deals.closed + (result === 'changed' ? 1 : 0);
      opened.push(...deals.opened);
      landed.add(form.id);
    }
  }
  return { landed, changed, opened };
}

async function readForms(deps: ApplyDeps, formIds: readonly string[]): Promise<Form[]> {
  const { forms, unreadable } = await deps.session.call((handle, options) =>
    deps.marketplace.forms(handle, formIds, options),
  );
  if (unreadable.length > 0) deps.log.warn('forms-unreadable', { accountId: deps.accountId, unreadable });
  const known = new Map(forms.map((form) => [form.id, form]));
  const missing = formIds.filter((id) => !known.has(id));
  if (missing.length > 0) deps.log.warn('forms-missing', { accountId: deps.accountId, formIds: missing });
  return [...known.values()];
}

async function settleDeals(
  deps: ApplyDeps,
  use: { form: Form; live: boolean },
): Promise<{ closed: number; opened: OpenedDeal[] }> {
  const { form } = use;
  const opened: OpenedDeal[] = [];
  let closed = 0;
  const rows = await deps.orders.readMany(deps.accountId, dealsOf(form).map(dealOrderId));
  for (const purchase of purchasesOf(form)) {
    const row = rows.get(dealOrderId(purchase.dealId));
    if (!use.live) opened.push({ ...purchase, releasedBy: [form.id] });
    else if (await holdDeal(deps, { dealId: purchase.dealId, formId: form.id, row })) closed += 1;
  }
  return { closed, opened };
}

const purchasesOf = (form: Form): Purchase[] =>
  form.lines.flatMap((line) =>
    line.deals.map(({ dealId, quantity }) => ({
      dealId,
      quantity,
      offerId: line.offerId,
      buyerId: form.buyer.id,
    })),
  );

/** Notes that this live form holds the deal; a set of holders, so that forms may come in any order. True if an order closed. */
async function holdDeal(
  deps: ApplyDeps,
  use: { dealId: string; formId: string; row: OrderRow | undefined },
): Promise<boolean> {
  const orderId = dealOrderId(use.dealId);
  let { row } = use;
  for (let round = 0; round < CONFLICTS; round += 1) {
    const heldBy = [...new Set([...(row?.heldBy ?? []), use.formId])];
    const content =
      row?.content === undefined ? {} : { content: { ...row.content, state: 'joined' as const } };
    const result = await land(deps, { row, next: { orderId, heldBy, ...content } });
    if (result !== 'conflict') return result === 'changed' && row?.content?.state === 'awaiting-form';
    row = (await deps.orders.readMany(deps.accountId, [orderId])).get(orderId);
  }
  throw new Error(`too many conflicts on ${orderId}`);
}

/** Lands the deal orders of purchases that no live form holds; the others only lose the form that let go. */
export async function applyDeals(
  deps: ApplyDeps,
  deals: readonly OpenedDeal[],
): Promise<Omit<Applied, 'opened'>> {
  const landed = new Set<string>();
  let changed = 0;
  let left = merged(deals);
  for (let round = 0; left.length > 0 && round < CONFLICTS; round += 1) {
    const rows = await deps.orders.readMany(deps.accountId, [
      ...new Set(left.map(({ dealId }) => dealOrderId(dealId))),
    ]);
    const rowOf = (deal: OpenedDeal) => rows.get(dealOrderId(deal.dealId));
    const known = await readDeals(
      deps,
      left.filter((deal) => holders(deal, rowOf(deal)).length === 0),
    );
    const conflicts: OpenedDeal[] = [];
    for (const deal of left) {
      const row = rowOf(deal);
      const result = await land(deps, { row, next: nextOfDeal(deal, { row, known }) });
      if (result === 'conflict') conflicts.push(deal);
      else landed.add(deal.dealId);
      if (result === 'changed') changed += 1;
    }
    left = conflicts;
  }
  return { landed, changed };
}

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
  const contact = use.known.contacts.get(`${deal.offerId}/${deal.buyerId}`);
  const fresh = orderOfDeal(deal, { deal: unpaid, contact });
  // What the list of unpaid deals no longer tells stays as it was told before.
  const kept =
    unpaid === undefined && row?.content !== undefined
      ? { lines: row.content.lines, ...(row.content.total && { total: row.content.total }) }
      : {};
  return { orderId, content: { ...fresh, ...kept } };
}

interface KnownDeals {
  readonly deals: ReadonlyMap<string, UnpaidDeal>;
  /** By `offerId/buyerId`. */
  readonly contacts: ReadonlyMap<string, OfferBuyer>;
}

async function readDeals(deps: ApplyDeps, purchases: readonly Purchase[]): Promise<KnownDeals> {
  const deals = new Map<string, UnpaidDeal>();
  const contacts = new Map<string, OfferBuyer>();
  const pairs = new Map(purchases.map((purchase) => [`${purchase.offerId}/${purchase.buyerId}`, purchase]));
  for (const pair of pairs.values()) {
    const unpaid = await deps.session.call((handle, options) =>
      deps.marketplace.unpaidDeals(handle, pair, options),
    );
    for (const deal of unpaid) deals.set(deal.dealId, deal);
  }
  for (const batch of chunks(
    [...new Set(purchases.map(({ offerId }) => offerId))],
    deps.marketplace.settings.formBatchSize,
  )) {
    const buyerIds = [
      ...new Set(purchases.filter(({ offerId }) => batch.includes(offerId)).map(({ buyerId }) => buyerId)),
    ];
    const found = await deps.session.call((handle, options) =>
      deps.marketplace.buyers(handle, { offerIds: batch, buyerIds }, options),
    );
    for (const contact of found) contacts.set(`${contact.offerId}/${contact.buyer.id}`, contact);
  }
  return { deals, contacts };
}

/** Splits a list into parts of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
