import type { Secret } from '../core/base/secret.ts';
import type { SaleEvent, SaleEventKind } from '../core/marketplace/journal.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door, ReplyView } from './caller.ts';
import { checkCursor } from './limits.ts';
import { revealFor } from './sales.ts';
import type { ReadPart } from './schema.ts';
import { STRUCTS } from './structs.ts';
import { readMoment } from './values.ts';
import type { WireError } from './xml.ts';

/**
 * A page of the deal journal (doGetSiteJournalDeals), sorted. Entries are not compared with `after`, because
 * a service that ignores `after` has to be noticed. An entry that cannot be read never hides the others.
 */
export async function saleEvents(
  door: Door,
  { handle, after }: { readonly handle: Secret; readonly after: string | undefined },
  options: CallOptions,
): Promise<SaleEvent[]> {
  const operation = 'doGetSiteJournalDeals';
  const sessionId = revealFor(operation, handle);
  checkCursor(operation, after);
  return door.call(
    {
      operation,
      request: { sessionId, journalStart: after },
      understand: (reply) => toDealEvents(reply, after),
    },
    options,
  );
}

type Wire = ReadPart<(typeof STRUCTS)['SiteJournalDealsStruct']>;

/**
 * The events of a page. An entry without a readable id has the place of the one before it. Throws WireError
 * if no entry can be read.
 */
function toDealEvents(
  { items, decoder }: ReplyView<'doGetSiteJournalDeals'>,
  after: string | undefined,
): SaleEvent[] {
  const events: SaleEvent[] = [];
  let nothing: WireError | undefined;
  for (const [index, element] of items('siteJournalDeals').entries()) {
    const complaints: WireError[] = [];
    const wire = decoder.part(STRUCTS.SiteJournalDealsStruct, element, (complaint) =>
      complaints.push(complaint.inside(`siteJournalDeals[${index}]`)),
    );
    const id = idIn(wire.dealEventId);
    const event = toEvent(wire, { id: id ?? events.at(-1)?.id ?? after ?? '0', complaints });
    if (id === undefined && event.unreadable !== undefined) nothing ??= complaints[0];
    events.push(event);
  }
  if (
    nothing !== undefined &&
    events.every(({ id, unreadable }) => unreadable !== undefined && id === (after ?? '0'))
  )
    throw nothing;
  return events.sort(byId);
}

const KINDS: Readonly<Record<string, SaleEventKind>> = {
  1: 'purchased',
  2: 'sale-created',
  3: 'released',
  4: 'payment-finished',
};

function toEvent(
  wire: Wire,
  { id, complaints }: { id: string; complaints: readonly WireError[] },
): SaleEvent {
  const kind = KINDS[wire.dealEventType ?? ''] ?? 'unknown';
  const saleId = idIn(wire.dealTransactionId);
  const [offerId, buyerId] = [idIn(wire.dealItemId), idIn(wire.dealBuyerId)];
  const tellsForm = saleId !== undefined || wire.dealTransactionId === '0' || kind === 'purchased';
  const dealId = tellsForm ? idIn(wire.dealId) : undefined;
  const isPurchase = dealId !== undefined && offerId !== undefined && buyerId !== undefined;
  const quantity = Number(wire.dealQuantity ?? 1);
  return {
    id,
    kind,
    atSeconds: readMoment(wire.dealEventTime),
    saleId,
    purchases:
      dealId === undefined
        ? []
        : [
            {
              purchaseId: dealId,
              offerId: offerId ?? '',
              buyerId: buyerId ?? '',
              quantity: Number.isSafeInteger(quantity) ? quantity : 1,
            },
          ],
    ...(saleId === undefined && !isPurchase && { unreadable: complaints[0]?.message ?? 'not an id' }),
  };
}

/** An id, which is 1 or more; undefined otherwise. */
const idIn = (text: string | undefined): string | undefined =>
  text === undefined || text === '0' || text.startsWith('-') ? undefined : text;

function byId(a: SaleEvent, b: SaleEvent): number {
  const [left, right] = [BigInt(a.id), BigInt(b.id)];
  return left < right ? -1 : Number(left > right);
}
