import type { Account } from '../account/account.ts';
import { chunks } from '../base/batches.ts';
import { dayAfter, dayOf } from '../base/days.ts';
import { DAY, type EpochMillis, HOUR, isWithin, MINUTE, plus, SECOND } from '../base/time.ts';
import { isDue, type PeriodicTask, type TaskRun } from '../ingest/periodic-task.ts';
import { rowBatchSize } from '../ingest/process-orders.ts';
import type { ListKind } from '../marketplace/lists.ts';
import type { Sale } from '../marketplace/sales.ts';
import { orderIdOfSale } from '../orders/order.ts';
import { changedAt, filledAt } from '../orders/sale-times.ts';
import { gapToCheck } from './gap.ts';
import { isOver } from './imports.ts';
import { isBehindIndex } from './kinds.ts';
import { type ListedIndex, openListed } from './listed-index.ts';
import { LISTED_DAYS } from './lists.ts';
import { isPutOff, NOTHING_COUNTED, readLists } from './read-lists.ts';
import type { ListingDeps, Policy, Reading } from './reading.ts';
import type { ListedKind, ListedSale, Listing, Lists } from './store.ts';
import { behindIndex, lookAt } from './take-in.ts';

/**
 * Number of days for which sales are remembered, because a sale may be filled long after its purchases. Older
 * sales are recognised by their row.
 */
const REMEMBERED_DAYS = 45;
/** Number of days before the first unchecked day from which bought sales are read again, paid or not. */
const RECENT_DAYS = 3;
const CHECK = 'check';

/**
 * Compares the orders with the marketplace's own list, once a day of the marketplace's calendar and on
 * demand. A sale that the list names and that is not stored is stored, and counts as lost by the journal.
 * Then sales that were bought lately or are still to be paid are read again, so that a lost payment or
 * cancellation is mended.
 */
export const reconcile: PeriodicTask<Lists> = async (given, run) => {
  const { listed } = given;
  const { settings, lists } = given.marketplace;
  const { timeZone } = settings;
  const now = given.clock();
  if (lists === undefined || !isCheckDue(run.account, { now, timeZone })) return undefined;
  const deps = { ...given, lists };
  const before = await listed.listing(deps.accountId, CHECK);
  const gap = gapToCheck(run.account);
  const { account } = run;
  const begun = takenUp(before, { lists: lists.saleLists, now, account });
  if (isPutOff(begun, { account, now })) return undefined;
  const today = dayOf(now, timeZone);
  const days = { from: dayAfter(today, -REMEMBERED_DAYS), to: dayAfter(today) };
  const recent = dayAfter(firstUnchecked(run.account, { today, timeZone }), -RECENT_DAYS);
  const index = await openListed(deps, { ...days, accountId: deps.accountId });
  const isOfRestored = begun.isOfRestored ?? (await isRestored(deps, index));
  const listing = { ...begun, isOfRestored, knownRequestMillis: account.checkAskedAtMillis };
  const reading = await readLists(deps, { listing, index, policy: checkPolicy(run), tally: run.tally });
  const isDone =
    isOver(reading.listing) && (await lookAgain(deps, reading, { since: gap === undefined ? recent : '' }));
  const { listing: after, looked } = reading;
  const moved = after.position !== before?.position || looked.size > 0;
  if (isDone) {
    const check = checkFact(after, { index, today });
    const facts = { check, ...(gap !== undefined && { gap: gapAfter(gap, { check: after, now }) }) };
    return { outcome: 'done', facts, moved };
  }
  return { outcome: after.againAtMillis === undefined ? 'interrupted' : 'done', facts: {}, moved };
};

/** Number of rows that are compared with the index, by a single request. */
const WITNESSES = 100;

/** Whether rows are missing or behind that the index has, among the newest and a sample of all days. */
async function isRestored(deps: ListingDeps, index: ListedIndex): Promise<boolean> {
  const known = [...index.all()].sort((one, other) => (placeOfListed(one) < placeOfListed(other) ? 1 : -1));
  const apart = Math.max(1, Math.ceil((2 * known.length) / WITNESSES));
  const ofAllDays = known.filter((_, index) => index % apart === 0);
  const isSaidStored = ({ kind }: ListedSale) => isBehindIndex(kind, undefined);
  const witnesses = [...new Set([...known.slice(0, WITNESSES / 2), ...ofAllDays])]
    .filter(isSaidStored)
    .map(({ id }) => id);
  const rows = await deps.orders.readMany(deps.accountId, witnesses.map(orderIdOfSale));
  const behind = behindIndex({ index }, witnesses, rows);
  if (behind.length > 0)
    deps.log.warn('orders-restored', { accountId: deps.accountId, missing: behind.length });
  return behind.length > 0;
}

const beganAt = ({ startedAtMillis, askedAtMillis }: Listing): EpochMillis =>
  startedAtMillis ?? askedAtMillis;

const isCheckUnderWay = (listing: Listing, now: EpochMillis): boolean =>
  listing.state === 'running' && isWithin(beganAt(listing), { now, atMost: DAY });

/**
 * The gap after a check, which reaches a month back. If no list could be read, changes during the pause may
 * still be unknown.
 */
function gapAfter(
  { listedAtMillis: _, ...found }: NonNullable<ReturnType<typeof gapToCheck>>,
  { check, now }: { check: Listing; now: EpochMillis },
): Account['gap'] {
  const isFilled = check.state === 'done' && (found.isRead || found.fromMillis >= check.fromMillis);
  return { lookedAtMillis: now, found: { ...found, state: isFilled ? 'filled' : 'unfilled' } };
}

/**
 * The interrupted check, or a new one, as after a gap, which only a check fills that began after the gap's lists were
 * read. Sales that a killed worker was storing are taken over in either case.
 */
function takenUp(
  before: Listing | undefined,
  { lists, now, account }: { lists: Listing['lists']; now: EpochMillis; account: Account },
): Listing {
  const gapListedAtMillis = gapToCheck(account)?.listedAtMillis;
  const isOfGap = gapListedAtMillis === undefined || before?.gapListedAtMillis === gapListedAtMillis;
  if (before !== undefined && isCheckUnderWay(before, now) && isOfGap) return before;
  return {
    id: CHECK,
    kind: CHECK,
    state: 'running',
    askedAtMillis: now,
    fromMillis: plus(now, -LISTED_DAYS * DAY - HOUR),
    toMillis: now,
    requestMillis: account.checkAskedAtMillis,
    gapListedAtMillis,
    lists,
    read: [],
    firstOnly: true,
    share: 0,
    counts: NOTHING_COUNTED,
    toStore: before?.toStore,
    left: before?.left,
  };
}

/** Whether a check is due: in the first hours after the marketplace's midnight, spread over the accounts. */
export function isCheckDue(
  account: Account,
  { now, timeZone }: { now: EpochMillis; timeZone: string },
): boolean {
  const doneAtMillis = account.check?.atMillis ?? account.connectedAtMillis;
  if (doneAtMillis === undefined) return false;
  if (gapToCheck(account) !== undefined) return true;
  const night = (at: EpochMillis) => dayOf(plus(at, -afterMidnight(account)), timeZone);
  const answered = account.check?.requestMillis;
  return isDue(account, { doneAtMillis, answered, every: DAY, now }) || night(doneAtMillis) !== night(now);
}

/** Milliseconds after midnight at which the account's check is due, between 0:15 and 4:15. */
function afterMidnight({ accountId }: Account): number {
  const sum = [...accountId].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 240, 0);
  return (15 + sum) * MINUTE;
}

function checkPolicy({ account, toldUntil }: TaskRun): Policy {
  const { connectedAtMillis = 0, firstEventAtMillis = connectedAtMillis } = account;
  // Times of sales are whole seconds, and the newest event tells of a sale from before the connect.
  const connected = Math.floor(Math.min(connectedAtMillis, firstEventAtMillis + SECOND) / SECOND) * SECOND;
  // Earlier than the connect is only a sale that tells its time of filling, and that has not changed since.
  const isEarlier = (sale: Sale) =>
    filledAt(sale) !== undefined && (changedAt(sale) ?? connected) < connected;
  return {
    isProcessed: ({ kind }) => kind !== 'unread',
    verdict: (sale: Sale) => (isEarlier(sale) ? 'earlier' : 'storeOrder'),
    losses: { toldUntil },
  };
}

/**
 * The day after the last check. A sale that was recent then may have been paid or cancelled on any day since.
 */
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
 * Reads sales again that are still to be paid or were bought `since`, oldest first, except those read in this
 * run. False when the time is up. The listing shows the progress: its position, and what is left before it.
 */
async function lookAgain(
  deps: ListingDeps,
  reading: Reading,
  { since }: { since: string },
): Promise<boolean> {
  const { index, listing: read } = reading;
  reading.listing = { ...read, state: 'running' };
  const wanted = toLookAt(reading, since);
  for (const batch of chunks(wanted, rowBatchSize(deps))) {
    const isDone = await lookAt(deps, reading, { ids: batch.map(({ id }) => id) });
    reading.listing = { ...reading.listing, position: batch.map(placeOfListed).at(-1), toStore: undefined };
    await deps.listed.putListing(deps.accountId, reading.listing);
    if (isDone) continue;
    await index.save(listThatWasRead(read));
    return false;
  }
  await index.save(listThatWasRead(read));
  reading.listing = { ...reading.listing, state: read.state, position: undefined };
  await deps.listed.putListing(deps.accountId, reading.listing);
  return true;
}

const placeOfListed = ({ day, id }: ListedSale): string => `${AGAIN}${day}/${id}`;

/**
 * Kinds that may change at any time, and kinds that change soon after the sale or never. A surcharge may be
 * an order that once came without its goods.
 */
const UNPROCESSED: ReadonlySet<ListedKind> = new Set(['open', 'earlier-open']);
const PROCESSED: ReadonlySet<ListedKind> = new Set(['live', 'earlier', 'surcharge']);

function toLookAt({ index, looked, listing }: Reading, recent: string): ListedSale[] {
  const after = listing.position ?? '';
  return [...index.all()]
    .filter(({ kind, day }) => UNPROCESSED.has(kind) || (PROCESSED.has(kind) && day >= recent))
    .filter((sale) => !looked.has(sale.id) && placeOfListed(sale) > after)
    .sort((one, other) => (placeOfListed(one) < placeOfListed(other) ? -1 : 1));
}

/** The list that was read. */
const listThatWasRead = ({ read }: Listing): ListKind => read.at(-1) ?? 'all-sales';

function checkFact(
  { read, blind, startedAtMillis, askedAtMillis, requestMillis }: Listing,
  { index, today }: { index: ListedIndex; today: string },
): Account['check'] {
  const since = dayAfter(today, 1 - LISTED_DAYS);
  const ofMonth = [...index.all()].filter(({ day }) => day >= since);
  return {
    atMillis: startedAtMillis ?? askedAtMillis,
    ...(requestMillis !== undefined && { requestMillis }),
    list: read.at(-1),
    ...(blind !== undefined && { blind }),
    since,
    lost: ofMonth.filter(({ lost }) => lost === true).length,
    untold: ofMonth.reduce((sum, { untold = [] }) => sum + untold.length, 0),
  };
}
