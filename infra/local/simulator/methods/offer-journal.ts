import type { OfferEvent } from '../world/offer-journal.ts';
import { Refusal } from '../world/refusal.ts';
import { type CallContext, floatText, type Method, sessionOf } from './context.ts';

const PAGE = 100;
const COUNTED_AT_MOST = 10_000;

export const doGetSiteJournal: Method<'doGetSiteJournal'> = (request, context) => ({
  siteJournalArray: eventsAfter(request, { limit: PAGE, context }).map((event) => ({
    rowId: String(event.id),
    itemId: String(event.offerId),
    changeType: event.change,
    changeDate: String(event.at),
    currentPrice: floatText(event.priceMinor),
    itemSellerId: String(event.sellerId),
  })),
});

export const doGetSiteJournalInfo: Method<'doGetSiteJournalInfo'> = (request, context) => {
  const events = eventsAfter(request, { limit: COUNTED_AT_MOST, context });
  return { siteJournalInfo: { itemsNumber: events.length, lastItemDate: String(events.at(-1)?.at ?? 0) } };
};

interface Range {
  readonly sessionHandle: string;
  readonly startingPoint?: string;
  /** 0 asks for the session's own offers, 1 for those of the whole site. */
  readonly infoType?: number;
}

function eventsAfter(
  { sessionHandle, startingPoint = '0', infoType = 0 }: Range,
  { limit, context }: { limit: number; context: CallContext },
): OfferEvent[] {
  const { world } = context;
  const session = sessionOf(sessionHandle, context);
  const start = Number(startingPoint);
  if (start < 0) throw new Refusal('ERR_INCORRECT_JOURNAL_START');
  const wanted = (event: OfferEvent) =>
    event.countryId === session.countryId && (infoType === 1 || event.sellerId === session.sellerId);
  return world.offerJournal.read(wanted, { start, limit, now: world.clock.now() });
}
