import { chunks } from '../base/batches.ts';
import { dayOf } from '../base/days.ts';
import type { EpochMillis } from '../base/time.ts';
import { type SettleDeps, settle, type Tally } from '../ingest/settle.ts';
import type { FormLists } from '../marketplace/lists.ts';
import type { Form } from '../marketplace/sales.ts';
import { boughtAt, changedAt, orderBoughtAt } from '../orders/form-times.ts';
import {
  dealOrderId,
  dealsOf,
  formOrderId,
  isLive,
  isSurcharge,
  type OrderContent,
  type OrderId,
} from '../orders/order.ts';
import type { OrderRow } from '../orders/store.ts';
import type { ListedBook } from './book.ts';
import { isBehindIndex, kindOf, mayStillBeTold } from './kinds.ts';
import type { ListedForm, ListedStore, Listing } from './store.ts';

export interface ListingDeps extends SettleDeps {
  readonly listed: ListedStore;
  readonly lists: FormLists;
  /** A form that was readable lately. */
  readonly goodFormId?: string | undefined;
}

/** What a reading of lists is about. */
export interface Policy {
  /** Of an id that was named before: that nothing is to be done about it. */
  readonly isSettled: (known: ListedForm) => boolean;
  /** What to do with a form that is not stored. */
  readonly verdict: (form: Form) => 'land' | 'earlier' | 'outside';
  /** Whether what we did not have counts as lost by the journal, once it was read up to there. */
  readonly losses: { readonly toldUntil: EpochMillis | undefined } | undefined;
}

/** One reading of lists, under way. */
export interface Reading {
  listing: Listing;
  readonly book: ListedBook;
  readonly policy: Policy;
  readonly tally: Tally;
  /** Forms that were read in this run. */
  readonly looked: Set<string>;
  /**
   * Ids that forms have named as their surcharges in this run, with the days of those forms, and those that were read
   * and have no goods.
   */
  readonly named: Map<string, string>;
  readonly goodless: Set<string>;
}

/**
 * Lands what is new of these ids, a batch at a time; what is stored already costs its row, and what the book
 * knows costs nothing. False when time was up before the last batch.
 */
export async function takeIn(deps: ListingDeps, reading: Reading, ids: readonly string[]): Promise<boolean> {
  const { book, policy } = reading;
  const isNews = (id: string): boolean => {
    const known = book.get(id);
    return known === undefined || !policy.isSettled(known);
  };
  const passed = new Set(reading.listing.passed);
  const named = [...new Set(ids)].filter((id) => !passed.has(id));
  // A check trusts the index, because it comes every night; imports and gaps are rare.
  const { kind, isOfRestored = kind !== 'check' } = reading.listing;
  const lost = new Set(isOfRestored ? await behindIndex(deps, reading, named) : []);
  const fresh = named.filter((id) => isNews(id) || lost.has(id));
  const rows = await deps.orders.readMany(deps.accountId, fresh.map(formOrderId));
  const stored = new Map<string, OrderContent>();
  for (const id of fresh) {
    const row = rows.get(formOrderId(id));
    const content = row?.content;
    // A row that the feed has not heard of was left by a worker that was killed: it has not landed.
    const hasLanded = row !== undefined && row.fedRevision >= row.revision;
    if (content === undefined || !hasLanded || book.get(id)?.kind === 'unread') continue;
    book.note({ id, kind: kindOf(content.state), day: dayFor(deps, orderBoughtAt(content)) });
    stored.set(id, content);
  }
  await noteSurcharges(deps, reading, stored);
  return await lookAt(
    deps,
    reading,
    fresh.filter((id) => isNews(id) || lost.has(id)),
  );
}

/** Of the ids that the index has as stored orders, those that have no row, or one that is not as far. */
export async function behindIndex(
  deps: Pick<ListingDeps, 'orders' | 'accountId'>,
  { book }: Pick<Reading, 'book'>,
  ids: readonly string[],
): Promise<string[]> {
  const stored = ids.filter((id) => isBehindIndex(book.get(id)?.kind, undefined));
  const rows = await deps.orders.readMany(deps.accountId, stored.map(formOrderId));
  return stored.filter((id) => isBehindIndex(book.get(id)?.kind, rows.get(formOrderId(id))?.content?.state));
}

/** Surcharges of stored orders that were read and have no goods: nothing is left to be done about them. */
async function noteSurcharges(
  deps: ListingDeps,
  { book }: Reading,
  stored: ReadonlyMap<string, OrderContent>,
): Promise<void> {
  const dayOfSurcharge = new Map<string, string>();
  for (const [id, content] of stored) {
    const read = (content.surcharges ?? []).filter(({ payment }) => payment !== undefined);
    const unknown = read.filter((one) => one.id !== id && book.get(one.id) === undefined);
    for (const one of unknown) dayOfSurcharge.set(one.id, dayFor(deps, orderBoughtAt(content)));
  }
  if (dayOfSurcharge.size === 0) return;
  const rows = await deps.orders.readMany(deps.accountId, [...dayOfSurcharge.keys()].map(formOrderId));
  for (const [id, day] of dayOfSurcharge)
    if (rows.get(formOrderId(id))?.content === undefined) book.note({ id, kind: 'surcharge', day });
}

/**
 * Reads these forms, whatever is known of them, and the surcharges that they name, which may be orders with
 * goods, and lands what they say. False when time was up.
 */
export async function lookAt(deps: ListingDeps, reading: Reading, ids: readonly string[]): Promise<boolean> {
  const isUnknown = (id: string) => !reading.looked.has(id) && reading.book.get(id) === undefined;
  for (let left = [...ids]; left.length > 0; left = [...reading.named.keys()].filter(isUnknown)) {
    for (const batch of chunks(left, deps.marketplace.settings.formBatchSize)) {
      if (deps.outOfTime()) return false;
      await lookAtBatch(deps, reading, batch);
    }
  }
  return true;
}

async function lookAtBatch(deps: ListingDeps, reading: Reading, ids: readonly string[]): Promise<void> {
  const { book, looked, policy } = reading;
  const chosen = new Map<string, Form>();
  // What is taken over stays written down until all of it has landed.
  const landing = new Set(reading.listing.landing?.filter((id) => ids.includes(id)));
  const choose = async (forms: readonly Form[], rows: ReadonlyMap<OrderId, OrderRow>) => {
    for (const form of forms) nameSurcharges(deps, reading, form);
    const ofOpenDeals = await formsOfOpenDeals(
      deps,
      forms.filter(({ id }) => rows.get(formOrderId(id))?.content === undefined),
    );
    const wanted = forms.filter((form) =>
      isWanted(deps, reading, {
        form,
        row: rows.get(formOrderId(form.id)),
        verdict: ofOpenDeals.has(form.id) ? 'land' : policy.verdict(form),
      }),
    );
    for (const form of forms) looked.add(form.id);
    for (const form of wanted) chosen.set(form.id, form);
    const stateOf = (form: Form) => rows.get(formOrderId(form.id))?.content?.state;
    for (const form of wanted) if (stateOf(form) !== form.state) landing.add(form.id);
    const news = wanted.filter((form) => stateOf(form) === undefined).map(({ id }) => id);
    await announce(deps, reading, { landing: [...landing], news });
    return wanted;
  };
  const settled = await settle({ ...deps, choose }, { formIds: ids, deals: [] }, reading.tally);
  for (const [id, form] of chosen) {
    const kind = settled.has(formOrderId(id)) ? kindOf(form.state) : 'unread';
    const day = dayFor(deps, boughtAt(form));
    book.note({ id, kind, day });
  }
  for (const id of ids) if (book.get(id) === undefined && !looked.has(id)) book.note(unreadForm(deps, id));
  const passed = ids.filter((id) => book.get(id) === undefined);
  if (passed.length > 0)
    reading.listing = { ...reading.listing, passed: [...(reading.listing.passed ?? []), ...passed] };
}

function nameSurcharges(
  deps: ListingDeps,
  { book, named, goodless }: Reading,
  { id: formId, surchargeIds, ...form }: Form,
): void {
  for (const id of surchargeIds.filter((one) => one !== formId)) {
    const day = dayFor(deps, boughtAt(form));
    named.set(id, day);
    if (goodless.has(id)) book.note({ id, kind: 'surcharge', day });
  }
}

/** Live forms that hold a deal which is stored as an open order: they are ours, whenever they were filled. */
async function formsOfOpenDeals(deps: ListingDeps, forms: readonly Form[]): Promise<ReadonlySet<string>> {
  const live = forms.filter((form) => isLive(form.state));
  const rows = await deps.orders.readMany(deps.accountId, live.flatMap(dealsOf).map(dealOrderId));
  const isOpen = (dealId: string) => rows.get(dealOrderId(dealId))?.content?.state === 'awaiting-form';
  return new Set(live.filter((form) => dealsOf(form).some(isOpen)).map(({ id }) => id));
}

const unreadForm = (deps: ListingDeps, id: string): ListedForm => ({
  id,
  kind: 'unread',
  day: dayFor(deps, undefined),
});

/** Notes what it finds; a loss before it is mended, so that it is counted once whatever crashes. */
function isWanted(
  deps: ListingDeps,
  { book, policy, named, goodless }: Reading,
  use: { form: Form; row: OrderRow | undefined; verdict: ReturnType<Policy['verdict']> },
): boolean {
  const { form, row, verdict } = use;
  const { id } = form;
  const day = dayFor(deps, boughtAt(form));
  if (isSurcharge(form) && row?.content === undefined) {
    goodless.add(id);
    // One that no form names may be an order whose goods are missing just now: it is looked at again.
    const isNamed = (row?.heldBy ?? []).length > 0 || named.has(id) || book.get(id)?.kind === 'surcharge';
    book.note({ id, kind: isNamed ? 'surcharge' : 'unread', day: book.get(id)?.day ?? named.get(id) ?? day });
    return false;
  }
  const isLoss =
    policy.losses !== undefined && !mayStillBeTold(changedAt(form), { ...policy.losses, now: deps.clock() });
  if (row?.content !== undefined) {
    const state = form.state;
    if (isLoss && row.content.state !== state) {
      book.note({ id, kind: book.get(id)?.kind ?? 'unread', day, untold: [state] });
    }
    return true;
  }
  if (verdict === 'land') book.note({ id, kind: 'unread', day, lost: isLoss });
  if (verdict === 'earlier') {
    const isOpen = kindOf(form.state) === 'open';
    book.note({ id, kind: isOpen ? 'earlier-open' : 'earlier', day });
  }
  return verdict === 'land';
}

/** What is about to change is written down first, so that whoever takes over after a crash makes all of it whole. */
async function announce(
  deps: ListingDeps,
  reading: Reading,
  { landing, news }: { landing: readonly string[]; news: readonly string[] },
): Promise<void> {
  const { book, listing, policy } = reading;
  if (landing.length === 0) return;
  if (policy.losses !== undefined) await book.save(listing.lists[0] ?? 'form-ids');
  const before = new Set(listing.landing);
  const imported = listing.counts.imported + news.filter((id) => !before.has(id)).length;
  reading.listing = {
    ...listing,
    counts: { ...listing.counts, imported },
    landing,
  };
  await deps.listed.putListing(deps.accountId, reading.listing);
}

/** The marketplace's own day of this moment, or of now. */
const dayFor = (deps: ListingDeps, moment: EpochMillis | undefined): string =>
  dayOf(moment ?? deps.clock(), deps.marketplace.settings.timeZone);
