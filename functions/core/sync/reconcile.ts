import type { Account } from '../account.ts';
import type { Form, ListKind } from '../marketplace.ts';
import type { ListedForm, Listing } from '../ports/listed.ts';
import { DAY, type EpochMillis, HOUR, MINUTE, plus, SECOND } from '../time.ts';
import { chunks } from './apply.ts';
import { type Chore, type ChoreUse, isDue } from './chores.ts';
import { isOver } from './imports.ts';
import { type ListedBook, openListed } from './listing/book.ts';
import { dayAfter, dayOf, filledAt } from './listing/forms.ts';
import { LISTED_DAYS } from './listing/lists.ts';
import { NOTHING_COUNTED, readLists } from './listing/read-lists.ts';
import { type ListingDeps, lookAt, type Policy, type Reading } from './listing/take-in.ts';

/** A form may be filled long after its deals; what is older than this is recognised by its row. */
const REMEMBERED_DAYS = 45;
/** Forms bought within so many days are read again, paid or not. */
const RECENT_DAYS = 3;
const CHECK = 'check';

/**
 * Compares the orders with the marketplace's own list, once a calendar day of the marketplace and when
 * somebody asks: what the list names and we do not have lands and counts as lost by the journal. Then reads
 * again what was bought lately or is still to be paid, so that a lost payment or cancellation is mended.
 */
export const reconcile: Chore = async ({ listed, ...others }, use) => {
  const { timeZone } = others.marketplace.settings;
  const now = others.clock();
  if (listed === undefined || !isCheckDue(use.account, { now, timeZone })) return undefined;
  const deps = { ...others, listed };
  const before = await listed.listing(deps.accountId, CHECK);
  const listing = takenUp(before, { lists: deps.marketplace.formLists, now });
  if ((listing.againAtMillis ?? 0) > now) return undefined;
  const today = dayOf(now, timeZone);
  const days = { from: dayAfter(today, -REMEMBERED_DAYS), to: dayAfter(today) };
  const book = await openListed(deps, { ...days, accountId: deps.accountId });
  const reading = await readLists(deps, { listing, book, policy: policyOf(use), tally: use.tally });
  const isDone = isOver(reading.listing) && (await lookAgain(deps, reading, { today }));
  const { listing: after, looked } = reading;
  const moved = after.position !== before?.position || looked.size > 0;
  if (isDone) return { outcome: 'done', facts: { check: checkFact(after, { book, today }) }, moved };
  return { outcome: after.againAtMillis === undefined ? 'interrupted' : 'done', facts: {}, moved };
};

const isUnderWay = ({ state, startedAtMillis, askedAtMillis }: Listing, now: EpochMillis): boolean =>
  state === 'running' && plus(startedAtMillis ?? askedAtMillis, DAY) > now;

/** The check that was interrupted, or a new one; what a killed worker left half done is taken over in any case. */
function takenUp(
  before: Listing | undefined,
  { lists, now }: { lists: Listing['lists']; now: EpochMillis },
): Listing {
  if (before !== undefined && isUnderWay(before, now)) return before;
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
  return {
    isSettled: ({ kind }) => kind !== 'unread',
    verdict: (form: Form) => ((filledAt(form) ?? connected) < connected ? 'earlier' : 'land'),
    losses: { toldUntil },
  };
}

const AGAIN = 'again:';

/**
 * Reads again what is still to be paid and what was bought lately, oldest first; what this run has read
 * already is left out. False when time was up. The listing's position tells how far it has come.
 */
async function lookAgain(
  deps: ListingDeps,
  reading: Reading,
  { today }: { today: string },
): Promise<boolean> {
  const { book, listing: read } = reading;
  reading.listing = { ...read, state: 'running' };
  const wanted = read.state === 'failed' ? [] : toLookAt(reading, dayAfter(today, -RECENT_DAYS));
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

function toLookAt({ book, looked, listing }: Reading, recent: string): ListedForm[] {
  const after = listing.position ?? '';
  return [...book.all()]
    .filter(({ kind, day }) => kind === 'open' || (kind === 'live' && day >= recent))
    .filter((form) => !looked.has(form.id) && placeOf(form) > after)
    .sort((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
}

/** The list that was read. */
const listOf = ({ read }: Listing): ListKind => read.at(-1) ?? 'form-ids';

function checkFact(
  { read, startedAtMillis, askedAtMillis }: Listing,
  { book, today }: { book: ListedBook; today: string },
): Account['check'] {
  const since = dayAfter(today, 1 - LISTED_DAYS);
  const ofMonth = [...book.all()].filter(({ day }) => day >= since);
  return {
    atMillis: startedAtMillis ?? askedAtMillis,
    list: read.at(-1),
    since,
    lost: ofMonth.filter(({ lost }) => lost === true).length,
    untold: ofMonth.reduce((sum, { untold = [] }) => sum + untold.length, 0),
  };
}
