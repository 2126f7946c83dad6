import { LEFT_OUT } from '../wire/encode.ts';
import type { EventSpoil, JournalEvent } from '../world/journal.ts';
import { Refusal } from '../world/refusal.ts';
import type { World } from '../world/world.ts';
import { type CallContext, type Method, sessionOf } from './context.ts';

const COUNTED_AT_MOST = 10_000;

export const doGetSiteJournalDeals: Method<'doGetSiteJournalDeals'> = (request, context) => {
  const events = eventsAfter(request, { limit: context.world.settings.journalPage, context });
  return { siteJournalDeals: events.map((event) => entry(context.world, event)) };
};

export const doGetSiteJournalDealsInfo: Method<'doGetSiteJournalDealsInfo'> = (request, context) => {
  const events = eventsAfter(request, { limit: COUNTED_AT_MOST, context });
  const dealLastEventTime = String(events.at(-1)?.at ?? 0);
  return { siteJournalDealsInfo: { dealEventsCount: events.length, dealLastEventTime } };
};

interface Range {
  readonly sessionId: string;
  readonly journalStart?: string;
}

/** The seller's own sales in the country of the session. */
function eventsAfter(
  { sessionId, journalStart = '0' }: Range,
  { limit, context }: { limit: number; context: CallContext },
): JournalEvent[] {
  const { world } = context;
  const session = sessionOf(sessionId, context);
  const start = Number(journalStart);
  if (start < 0) throw new Refusal('ERR_INCORRECT_JOURNAL_START');
  return world.journal
    .read(session.sellerId, { start, limit, now: world.clock.now() })
    .filter((event) => offerOf(world, event).countryId === session.countryId);
}

function entry(world: World, event: JournalEvent) {
  const purchase = world.trade.ledger.purchase(event.purchaseId);
  const shown = {
    dealEventId: String(event.id),
    dealEventType: event.type,
    dealEventTime: String(event.at),
    dealId: String(purchase.id),
    dealTransactionId: String(event.saleId),
    dealSellerId: purchase.sellerId,
    dealItemId: String(purchase.offerId),
    dealBuyerId: purchase.buyerId,
    dealQuantity: purchase.quantity,
  };
  return event.spoil === undefined ? shown : Object.assign(shown, SPOILT[event.spoil]);
}

const SPOILT: Readonly<Record<EventSpoil, object>> = {
  'no-quantity': { dealQuantity: '' },
  'no-time': { dealEventTime: '' },
  'no-offer': { dealItemId: LEFT_OUT },
  'no-buyer': { dealBuyerId: LEFT_OUT },
  'text-type': { dealEventType: 'sprzedaż' },
  'huge-id': { dealEventId: '18446744073709551615' },
  'no-sale': { dealTransactionId: '' },
};

const offerOf = ({ trade: { ledger } }: World, event: JournalEvent) =>
  ledger.offer(ledger.purchase(event.purchaseId).offerId);
