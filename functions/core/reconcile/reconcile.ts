import type { Account } from '../account/account.ts';
import { chunks } from '../base/batches.ts';
import { dayAfter, dayOf } from '../base/days.ts';
import { DAY, type EpochMillis, HOUR, MINUTE, plus, SECOND } from '../base/time.ts';
import { type Chore, type ChoreUse, isDue } from '../ingest/chore.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { Form } from '../marketplace/sales.ts';
import { changedAt, filledAt } from '../orders/form-times.ts';
import { type ListedBook, openListed } from './book.ts';
import { gapToCheck } from './gap.ts';
import { isOver } from './imports.ts';
import { LISTED_DAYS } from './lists.ts';
import { NOTHING_COUNTED, readLists } from './read-lists.ts';
import type { ListingDeps, Policy, Reading } from './reading.ts';
import type { ListedForm, ListedKind, Listing, Lists } from './store.ts';
import { behindIndex, lookAt } from './take-in.ts';

/** A form may be filled long after its deals; what is older than this is recognised by its row. */
const REMEMBERED_DAYS = 45;
/** Forms bought within so many days before the first day without a check are read again, paid or not. */
const RECENT_DAYS = 3;
const CHECK = 'check';

/**
 * Compares the orders with the marketplace's own list, once a calendar day of the marketplace and when
 * somebody asks: what the list names and we do not have lands and counts as lost by the journal. Then reads
 * again what was bought lately or is still to be paid, so that a lost payment or cancellation is mended.
 */
export const reconcile: Chore<Lists> = async (given, use) => {
  const { listed } = given;
  const { settings, lists } = given.marketplace;
  const { timeZone } = settings;
  const now = given.clock();
  if (lists === undefined || !isCheckDue(use.account, { now, timeZone })) return undefined;
  const deps = { ...given, lists };
  const before = await listed.listing(deps.accountId, CHECK);
  const gap = gapToCheck(use.account);
  const begun = takenUp(before, { lists: lists.formLists, now, since: gap?.listedAtMillis });
  if (isPutOff(begun, { asked: use.account.checkAskedAtMillis, now })) return undefined;
  const today = dayOf(now, timeZone);
  const days = { from: dayAfter(today, -REMEMBERED_DAYS), to: dayAfter(today) };
  const recent = dayAfter(firstUnchecked(use.account, { today, timeZone }), -RECENT_DAYS);
  const book = await openListed(deps, { ...days, accountId: deps.accountId });
  const isOfRestored = begun.isOfRestored ?? (await isRestored(deps, book));
  const listing = { ...begun, isOfRestored };
  const reading = await readLists(deps, { listing, book, policy: policyOf(use), tally: use.tally });
  const isDone =
    isOver(reading.listing) && (await lookAgain(deps, reading, { since: gap === undefined ? recent : '' }));
  const { listing: after, looked } = reading;
  const moved = after.position !== before?.position || looked.size > 0;
  if (isDone) {
    const check = checkFact(after, { book, today });
    const facts = { check, ...(gap !== undefined && { gap: gapAfter(gap, { check: after, now }) }) };
    return { outcome: 'done', facts, moved };
  }
  return { outcome: after.againAtMillis === undefined ? 'interrupted' : 'done', facts: {}, moved };
};

/** So many rows tell whether the orders are as far as the index: one request. */
const WITNESSES = 100;

/** Whether rows are missing that the index has, among the newest and some of all days. */
async function isRestored(deps: ListingDeps, book: ListedBook): Promise<boolean> {
  const known = [...book.all()].sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
  const apart = Math.max(1, Math.ceil((2 * known.length) / WITNESSES));
  const ofAllDays = known.filter((_, index) => index % apart === 0);
  const witnesses = new Set([...known.slice(0, WITNESSES / 2), ...ofAllDays].map(({ id }) => id));
  const behind = await behindIndex(deps, { book }, [...witnesses]);
  if (behind.length > 0)
    deps.log.warn('orders-restored', { accountId: deps.accountId, missing: behind.length });
  return behind.length > 0;
}

/** A list in trouble is tried again in an hour, or when somebody asks for a check after that trouble. */
const isPutOff = (
  { againAtMillis }: Listing,
  { asked, now }: { asked: EpochMillis | undefined; now: EpochMillis },
): boolean =>
  againAtMillis !== undefined && now < againAtMillis && (asked ?? 0) <= plus(againAtMillis, -HOUR);

const beganAt = ({ startedAtMillis, askedAtMillis }: Listing): EpochMillis =>
  startedAtMillis ?? askedAtMillis;

const isUnderWay = (listing: Listing, now: EpochMillis): boolean =>
  listing.state === 'running' && plus(beganAt(listing), DAY) > now;

/** A check reaches a month back. Where it could read no list, changes of the pause may still be unknown. */
function gapAfter(
  { listedAtMillis: _, ...found }: NonNullable<ReturnType<typeof gapToCheck>>,
  { check, now }: { check: Listing; now: EpochMillis },
): Account['gap'] {
  const isFilled = check.state === 'done' && (found.isRead || found.fromMillis >= check.fromMillis);
  return { lookedAtMillis: now, found: { ...found, state: isFilled ? 'filled' : 'unfilled' } };
}

/** The check that was interrupted, or a new one; what a killed worker left half done is taken over in any case. */
function takenUp(
  before: Listing | undefined,
  use: { lists: Listing['lists']; now: EpochMillis; since: EpochMillis | undefined },
): Listing {
  const { lists, now, since = 0 } = use;
  if (before !== undefined && isUnderWay(before, now) && beganAt(before) >= since) return before;
  return {
    id: CHECK,
    kind: CHECK,
    state: 'running',
    askedAtMillis: now,
    fromMillis: plus(now, -LISTED_DAYS * DAY - HOUR),
    toMillis: now,
    lists,
    read: [],
    firstOnly: true,
    share: 0,
    counts: NOTHING_COUNTED,
    landing: before?.landing,
  };
}

/** In the first hours after midnight of the marketplace, not for all accounts at the same time. */
export function isCheckDue(
  account: Account,
  { now, timeZone }: { now: EpochMillis; timeZone: string },
): boolean {
  const doneAtMillis = account.check?.atMillis ?? account.connectedAtMillis;
  if (doneAtMillis === undefined) return false;
  if (gapToCheck(account) !== undefined) return true;
  const night = (at: EpochMillis) => dayOf(plus(at, -afterMidnight(account)), timeZone);
  return isDue(account, { doneAtMillis, every: DAY, now }) || night(doneAtMillis) !== night(now);
}

/** Between a quarter past midnight and a quarter past four. */
function afterMidnight({ accountId }: Account): number {
  const sum = [...accountId].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 240, 0);
  return (15 + sum) * MINUTE;
}

function policyOf({ account, toldUntil }: ChoreUse): Policy {
  // Form times are whole seconds.
  const connected = Math.floor((account.connectedAtMillis ?? 0) / SECOND) * SECOND;
  // A form that does not say when it was filled may have been filled since, and one that has changed since is ours.
  const isEarlier = (form: Form) =>
    filledAt(form) !== undefined && (changedAt(form) ?? connected) < connected;
  return {
    isSettled: ({ kind }) => kind !== 'unread',
    verdict: (form: Form) => (isEarlier(form) ? 'earlier' : 'land'),
    losses: { toldUntil },
  };
}

/** The day after the last check: a sale that was recent then may have been paid or cancelled in all days since. */
function firstUnchecked(
  { check, connectedAtMillis }: Account,
  { today, timeZone }: { today: string; timeZone: string },
): string {
  const last = check?.atMillis ?? connectedAtMillis;
  const next = last === undefined ? today : dayAfter(dayOf(last, timeZone));
  return next < today ? next : today;
}

const AGAIN = 'again:';

/**
 * Reads again what is still to be paid and what was bought `since`, oldest first; what this run has read already
 * is left out. False when time was up. The listing's position tells how far it has come.
 */
async function lookAgain(
  deps: ListingDeps,
  reading: Reading,
  { since }: { since: string },
): Promise<boolean> {
  const { book, listing: read } = reading;
  reading.listing = { ...read, state: 'running' };
  const wanted = toLookAt(reading, since);
  for (const batch of chunks(wanted, deps.marketplace.settings.formBatchSize)) {
    const ids = batch.map(({ id }) => id);
    if (!(await lookAt(deps, reading, ids))) {
      await book.save(listOf(read));
      return false;
    }
    reading.listing = { ...reading.listing, position: batch.map(placeOf).at(-1), landing: undefined };
    await deps.listed.putListing(deps.accountId, reading.listing);
  }
  await book.save(listOf(read));
  reading.listing = { ...reading.listing, state: read.state, position: undefined };
  await deps.listed.putListing(deps.accountId, reading.listing);
  return true;
}

const placeOf = ({ day, id }: ListedForm): string => `${AGAIN}${day}/${id}`;

/**
 * Kinds that may change at any time, and kinds that change soon after the sale or not at all: a surcharge may be an
 * order that came without its goods once.
 */
const UNSETTLED: ReadonlySet<ListedKind> = new Set(['open', 'earlier-open']);
const SETTLED: ReadonlySet<ListedKind> = new Set(['live', 'earlier', 'surcharge']);

function toLookAt({ book, looked, listing }: Reading, recent: string): ListedForm[] {
  const after = listing.position ?? '';
  return [...book.all()]
    .filter(({ kind, day }) => UNSETTLED.has(kind) || (SETTLED.has(kind) && day >= recent))
    .filter((form) => !looked.has(form.id) && placeOf(form) > after)
    .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}

/** The list that was read. */
const listOf = ({ read }: Listing): ListKind => read.at(-1) ?? 'form-ids';

function checkFact(
  { read, blind, startedAtMillis, askedAtMillis }: Listing,
  { book, today }: { book: ListedBook; today: string },
): Account['check'] {
  const since = dayAfter(today, 1 - LISTED_DAYS);
  const ofMonth = [...book.all()].filter(({ day }) => day >= since);
  return {
    atMillis: startedAtMillis ?? askedAtMillis,
    list: read.at(-1),
    ...(blind !== undefined && { blind }),
    since,
    lost: ofMonth.filter(({ lost }) => lost === true).length,
    untold: ofMonth.reduce((sum, { untold = [] }) => sum + untold.length, 0),
  };
}
