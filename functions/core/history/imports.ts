import type { Account } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import type { AccountAdmin } from '../account/store.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import { unknownAccount } from '../base/problem.ts';
import { DAY, type EpochMillis, plus } from '../base/time.ts';
import { isOver } from '../reconcile/imports.ts';
import { NOTHING_COUNTED } from '../reconcile/read-lists.ts';
import type { ListedStore, Listing } from '../reconcile/store.ts';
import {
  fromNotBeforeTo,
  fromTooOld,
  IMPORT_DAYS,
  importUnderWay,
  notYetConnected,
  toInFuture,
  unknownImport,
} from './problems.ts';

export interface ImportDeps extends AmendDeps {
  readonly accounts: Pick<AccountAdmin, 'read' | 'amend'>;
  readonly listed: Pick<ListedStore, 'listing' | 'listings' | 'putListing' | 'removeListing'>;
  readonly queue: WorkQueue;
}

/** Number of imports that are shown, the newest first. */
const SHOWN = 100;

/**
 * Asks for the sales of a range of time, `toMillis` exclusive. The listing is stored first, so that an
 * account never names a listing that does not exist. Throws Problem.
 */
export async function askForImport(
  deps: ImportDeps,
  account: Account,
  asked: { id?: string; fromMillis: EpochMillis; toMillis: EpochMillis },
): Promise<Listing> {
  const { accountId } = account;
  const { id = deps.newId(), ...range } = asked;
  const now = deps.clock();
  checkRange(range, now);
  if (account.connectedAtMillis === undefined) throw notYetConnected();
  const listing = newImport(id, { ...range, now });
  await deps.listed.putListing(accountId, listing);
  const taken = await amend(deps, accountId, {
    to: ({ importing, dueAtMillis }) =>
      importing === undefined
        ? { importing: listing.id, ...(dueAtMillis !== undefined && { dueAtMillis: now }) }
        : undefined,
  });
  if (taken === undefined) {
    await deps.listed.removeListing(accountId, listing.id);
    const now = await deps.accounts.read(accountId);
    if (now === undefined) throw unknownAccount();
    if (now.importing !== undefined) throw importUnderWay(now.importing);
    // The import that was under way has ended meanwhile.
    return await askForImport(deps, account, asked);
  }
  await deps.queue.send({ accountId, slotMillis: now, why: 'now' });
  return listing;
}

/** Throws Problem for an impossible range. */
function checkRange(range: { fromMillis: EpochMillis; toMillis: EpochMillis }, now: EpochMillis): void {
  if (range.toMillis <= range.fromMillis) throw fromNotBeforeTo();
  if (range.toMillis > now) throw toInFuture();
  if (range.fromMillis < plus(now, -IMPORT_DAYS * DAY)) throw fromTooOld();
}

const newImport = (
  id: string,
  { fromMillis, toMillis, now }: { fromMillis: EpochMillis; toMillis: EpochMillis; now: EpochMillis },
): Listing => ({
  id,
  kind: 'import',
  state: 'waiting',
  askedAtMillis: now,
  fromMillis,
  toMillis,
  lists: [],
  read: [],
  firstOnly: true,
  share: 0,
  counts: NOTHING_COUNTED,
});

/** The account's imports, the newest first. */
export async function importsOf(deps: Pick<ImportDeps, 'listed'>, account: Account): Promise<Listing[]> {
  const listings = await deps.listed.listings(account.accountId, SHOWN);
  return listings.map((listing) => asItStands(account, listing));
}

/** An import by its id. Throws Problem. */
export async function importOf(
  deps: Pick<ImportDeps, 'listed'>,
  account: Account,
  { importId }: { importId: string },
): Promise<Listing> {
  const listing = await deps.listed.listing(account.accountId, importId);
  if (listing === undefined || listing.kind === 'check') throw unknownImport();
  return asItStands(account, listing);
}

/**
 * Whether an import that an interrupted request may have begun is under way or over. One that was cut off is forgotten,
 * because the request is about to begin another.
 */
export async function wasBegun(
  deps: Pick<ImportDeps, 'accounts' | 'listed'>,
  accountId: string,
  { importId }: { importId: string },
): Promise<boolean> {
  const listing = await deps.listed.listing(accountId, importId);
  if (listing === undefined) return false;
  const { importing } = (await deps.accounts.read(accountId)) ?? {};
  if (isOver(listing) || importing === importId) return true;
  await deps.listed.removeListing(accountId, importId);
  return false;
}

/**
 * The listing in its true state. An import that its account does not name was cut off while it was requested,
 * and never begins.
 */
function asItStands({ importing }: Account, listing: Listing): Listing {
  const isCutOff = listing.kind === 'import' && !isOver(listing) && importing !== listing.id;
  return isCutOff ? { ...listing, state: 'failed' } : listing;
}
