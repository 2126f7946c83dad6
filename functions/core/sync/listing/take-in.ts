import type { Form } from '../../marketplace.ts';
import { formOrderId, formState, isSurcharge, type OrderId } from '../../order.ts';
import type { ListedForm, ListedStore, Listing } from '../../ports/listed.ts';
import type { OrderRow } from '../../ports/orders.ts';
import type { EpochMillis } from '../../time.ts';
import { chunks } from '../apply.ts';
import { type SettleDeps, settle, type Tally } from '../settle.ts';
import type { ListedBook } from './book.ts';
import { boughtAt, changedAt, dayOf, kindOf, mayStillBeTold, orderBoughtAt } from './forms.ts';

export interface ListingDeps extends SettleDeps {
  readonly listed: ListedStore;
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
  const fresh = [...new Set(ids)].filter((id) => !passed.has(id) && isNews(id));
  const rows = await deps.orders.readMany(deps.accountId, fresh.map(formOrderId));
  for (const id of fresh) {
    const { content, heldBy = [] } = rows.get(formOrderId(id)) ?? {};
    // What a form has named as its surcharge.
    if (heldBy.length > 0) book.note({ id, kind: 'surcharge', day: dayFor(deps, undefined) });
    if (content === undefined || book.get(id)?.kind === 'unread') continue;
    const day = dayFor(deps, orderBoughtAt(content));
    book.note({ id, kind: kindOf(content.state), day });
    for (const surcharge of content.surchargeIds) book.note({ id: surcharge, kind: 'surcharge', day });
  }
  return await lookAt(deps, reading, fresh.filter(isNews));
}

/** Reads these forms, whatever is known of them, and lands what they say. False when time was up. */
export async function lookAt(deps: ListingDeps, reading: Reading, ids: readonly string[]): Promise<boolean> {
  for (const batch of chunks(ids, deps.marketplace.settings.formBatchSize)) {
    if (deps.outOfTime()) return false;
    await lookAtBatch(deps, reading, batch);
  }
  return true;
}

async function lookAtBatch(deps: ListingDeps, reading: Reading, ids: readonly string[]): Promise<void> {
  const { book, looked } = reading;
  const chosen = new Map<string, Form>();
  // What is taken over stays written down until all of it has landed.
  const landing = new Set(reading.listing.landing?.filter((id) => ids.includes(id)));
  const choose = async (forms: readonly Form[], rows: ReadonlyMap<OrderId, OrderRow>) => {
    for (const form of forms) {
      const day = dayFor(deps, boughtAt(form));
      for (const surcharge of form.surchargeIds) book.note({ id: surcharge, kind: 'surcharge', day });
    }
    const wanted = forms.filter((form) =>
      isWanted(deps, reading, { form, row: rows.get(formOrderId(form.id)) }),
    );
    for (const form of forms) looked.add(form.id);
    for (const form of wanted) chosen.set(form.id, form);
    const stateOf = (form: Form) => rows.get(formOrderId(form.id))?.content?.state;
    for (const form of wanted) if (stateOf(form) !== formState(form)) landing.add(form.id);
    const news = wanted.filter((form) => stateOf(form) === undefined).map(({ id }) => id);
    await announce(deps, reading, { landing: [...landing], news });
    return wanted;
  };
  const settled = await settle({ ...deps, choose }, { formIds: ids, deals: [] }, reading.tally);
  for (const [id, form] of chosen) {
    const kind = settled.has(formOrderId(id)) ? kindOf(formState(form)) : 'unread';
    const day = dayFor(deps, boughtAt(form));
    book.note({ id, kind, day });
  }
  for (const id of ids) if (book.get(id) === undefined && !looked.has(id)) book.note(unreadForm(deps, id));
  const passed = ids.filter((id) => book.get(id) === undefined);
  if (passed.length > 0)
    reading.listing = { ...reading.listing, passed: [...(reading.listing.passed ?? []), ...passed] };
}

const unreadForm = (deps: ListingDeps, id: string): ListedForm => ({
  id,
  kind: 'unread',
  day: dayFor(deps, undefined),
});

/** Notes what it finds; a loss before it is mended, so that it is counted once whatever crashes. */
function isWanted(
  deps: ListingDeps,
  { book, policy }: Reading,
  { form, row }: { form: Form; row: OrderRow | undefined },
): boolean {
  const { id } = form;
  const day = dayFor(deps, boughtAt(form));
  if (isSurcharge(form) && row?.content === undefined) {
    // One that no form names may be an order whose goods are missing just now: it is looked at again.
    const isNamed = (row?.heldBy ?? []).length > 0 || book.get(id)?.kind === 'surcharge';
    book.note({ id, kind: isNamed ? 'surcharge' : 'unread', day: book.get(id)?.day ?? day });
    return false;
  }
  const isLoss =
    policy.losses !== undefined && !mayStillBeTold(changedAt(form), { ...policy.losses, now: deps.clock() });
  if (row?.content !== undefined) {
    const state = formState(form);
    if (isLoss && row.content.state !== state) {
      book.note({ id, kind: book.get(id)?.kind ?? 'unread', day, untold: [state] });
    }
    return true;
  }
  const verdict = policy.verdict(form);
  if (verdict === 'land') book.note({ id, kind: 'unread', day, lost: isLoss });
  if (verdict === 'earlier') book.note({ id, kind: 'earlier', day });
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
