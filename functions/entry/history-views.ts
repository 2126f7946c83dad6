import { toIso } from '../core/base/time.ts';
import type { Completeness } from '../core/history/completeness.ts';
import { unseenBy } from '../core/history/unseen.ts';
import type { Listing } from '../core/reconcile/store.ts';
import { iso } from './iso.ts';

export const completenessView = (of: Completeness) => ({
  day: of.day,
  checkedAt: toIso(of.checkedAtMillis),
  dayWasOver: of.dayWasOver,
  list: of.list,
  marketplace: of.marketplace,
  ours: of.ours,
  missing: of.missing,
  cancelled: of.cancelled,
  surcharges: of.surcharges,
  beforeConnect: of.beforeConnect,
  journalLoss: of.journalLoss,
  changesNeverTold: of.changesNeverTold,
  acknowledged: of.acknowledged,
  cannotSee: of.cannotSee,
});

/** An import, or the filling of a gap in the journal, with its progress. */
export function importView(listing: Listing) {
  const { counts, read, lists, blind } = listing;
  const { named, imported, surcharges, outside, unread } = counts;
  const using = [...new Set([...read, ...lists.slice(0, 1)])];
  return {
    importId: listing.id,
    kind: listing.kind,
    state: listing.state,
    from: toIso(listing.fromMillis),
    to: toIso(listing.toMillis),
    lists: using,
    percent: Math.round(listing.share * 100),
    salesSeen: named,
    imported,
    alreadyThere: Math.max(0, named - imported - surcharges - outside - unread),
    outside,
    surcharges,
    unreadable: unread,
    cannotSee: unseenBy(using, blind),
    askedAt: toIso(listing.askedAtMillis),
    startedAt: iso(listing.startedAtMillis),
    finishedAt: iso(listing.finishedAtMillis),
    againAt: iso(listing.againAtMillis),
    message: messageOf(listing),
  };
}

const FAILED = {
  pl: 'Żadnej z list serwisu nie udało się odczytać. Spróbuj ponownie później.',
  en: 'None of the lists of the marketplace could be read. Try again later.',
};
const NO_LIST = {
  pl: 'Import nie został rozpoczęty albo ten serwis nie ma żadnej listy, z której można importować. Spróbuj jeszcze raz.',
  en: 'The import was never begun, or this marketplace has no list to import from. Try once more.',
};

function messageOf({ state, why }: Listing) {
  if (state !== 'failed') return null;
  return why === undefined ? NO_LIST : FAILED;
}
