import type { Secret } from '../core/base/secret.ts';
import { MarketplaceFault } from '../core/faults/fault.ts';
import type { EventPage } from '../core/marketplace/journal.ts';
import type { OfferEvent } from '../core/marketplace/offers.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door, ReplyView } from './caller.ts';
import { checkCursor } from './limits.ts';
import { revealFor } from './sales.ts';
import { readMoment } from './values.ts';
import { WireError } from './xml.ts';

/** Asks for own offers, not for those of the whole site. */
const OWN = '0';

/** The fields that are read of an entry. Its price is not that of the offer. */
const ENTRY = { rowId: 'long', itemId: 'long', changeDate: 'long' } as const;

/** A page of the offer journal (doGetSiteJournal), sorted. Entries are not compared with `after`. */
async function offerEvents(
  door: Door,
  { handle, after }: { handle: Secret; after: string | undefined },
  options: CallOptions,
): Promise<OfferEvent[]> {
  const operation = 'doGetSiteJournal';
  const sessionHandle = revealFor(operation, handle);
  checkCursor(operation, after);
  return door.call(
    { operation, request: { sessionHandle, startingPoint: after, infoType: OWN }, understand: toOfferEvents },
    options,
  );
}

/**
 * The events of a page, without entries that name no offer or have no place, because the daily listing finds
 * those changes. Throws WireError if no entry can be read.
 */
function toOfferEvents({ items, decoder }: ReplyView<'doGetSiteJournal'>): OfferEvent[] {
  const complaints: WireError[] = [];
  const elements = items('siteJournalArray');
  const events = elements.flatMap((element, index): OfferEvent[] => {
    const { rowId, itemId, changeDate } = decoder.part(ENTRY, element, (complaint) =>
      complaints.push(complaint.inside(`siteJournalArray[${index}]`)),
    );
    if (rowId === undefined || itemId === undefined) return [];
    return [{ id: rowId, offerId: itemId, atSeconds: readMoment(changeDate) }];
  });
  if (elements.length > 0 && events.length === 0) throw complaints[0] ?? new WireError('no entries');
  return events.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

/**
 * A page of the offer journal. Throws MarketplaceFault `journal-stuck` for a page that does not move on,
 * because it would be read for ever.
 */
export async function offerPage(
  door: Door,
  query: { readonly handle: Secret; readonly after: string | undefined },
  options: CallOptions,
): Promise<EventPage<OfferEvent>> {
  const events = await offerEvents(door, query, options);
  const after = query.after ?? '0';
  const next = events.at(-1)?.id ?? after;
  if (events.length > 0 && BigInt(next) <= BigInt(after))
    throw new MarketplaceFault({ reason: 'journal-stuck', outcome: 'answered', operation: 'offerEvents' });
  return { events, next, isEnd: events.length < door.settings.journalPageSize };
}
