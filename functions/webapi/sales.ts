import type { Secret } from '../core/base/secret.ts';
import type { OfferBuyer, OpenPurchase } from '../core/marketplace/sales.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import { countriesOfBuyers, toOfferBuyers } from './buyers.ts';
import type { Door } from './caller.ts';
import type { AddressDoor } from './countries.ts';
import { checkBatch, checkCursor, checkIds, checkText } from './limits.ts';
import type { OperationName, Response } from './operations.ts';
import { STRUCTS } from './structs.ts';
import { readCount, readMoney, readSeconds } from './values.ts';

interface JournalPosition {
  readonly handle: Secret;
  /** The last event seen before; undefined for the oldest kept. */
  readonly after: string | undefined;
}

/** Number of events after `after` (doGetSiteJournalDealsInfo). */
export async function countSaleEvents(
  door: Door,
  { handle, after }: JournalPosition,
  options: CallOptions,
): Promise<number> {
  const operation = 'doGetSiteJournalDealsInfo';
  const sessionId = revealFor(operation, handle);
  checkCursor(operation, after);
  return door.call(
    {
      operation,
      request: { sessionId, journalStart: after },
      understand: (reply) => readCount(['dealEventsCount', reply.all().siteJournalDealsInfo.dealEventsCount]),
    },
    options,
  );
}

/** The unpaid purchases of a buyer in an offer (doGetDeals). */
export async function unpaid(
  door: Door,
  { handle, offerId, buyerId }: { handle: Secret; offerId: string; buyerId: string },
  options: CallOptions,
): Promise<OpenPurchase[]> {
  const operation = 'doGetDeals';
  const sessionHandle = revealFor(operation, handle);
  checkIds(operation, { offerId, buyerId });
  return door.call(
    {
      operation,
      request: { sessionHandle, itemId: offerId, buyerId },
      understand: (reply) =>
        reply.all().dealsList.map((deal) => toOpenPurchase(deal, door.settings.currency)),
    },
    options,
  );
}

/** Contact data of buyers by offer (doGetPostBuyData). A form's own addresses take precedence. */
export async function buyers(
  door: AddressDoor,
  query: { handle: Secret; offerIds: readonly string[]; buyerIds: readonly string[] },
  options: CallOptions,
): Promise<OfferBuyer[]> {
  const operation = 'doGetPostBuyData';
  const sessionHandle = revealFor(operation, query.handle);
  const itemsArray = [...new Set(query.offerIds)];
  const buyerFilterArray = [...new Set(query.buyerIds)];
  checkIds(operation, { offerIds: itemsArray, buyerIds: buyerFilterArray });
  checkBatch(operation, { field: 'offerIds', size: itemsArray.length, limit: door.settings.saleBatchSize });
  if (itemsArray.length === 0) return [];
  const atTheSource = buyerFilterArray.length > 0 && !door.dialect.lacks('buyerFilterArray');
  const wanted = ({ buyer }: OfferBuyer) =>
    buyerFilterArray.length === 0 || buyerFilterArray.includes(buyer.id);
  const offers = await door.call(
    {
      operation,
      request: { sessionHandle, itemsArray, ...(atTheSource && { buyerFilterArray }) },
      understand: ({ items, decoder }) =>
        items('itemsPostBuyData').map((item) =>
          decoder.part(STRUCTS.ItemPostBuyDataStruct, item, () => undefined),
        ),
    },
    options,
  );
  const lettersOf = await door.countries(offers.flatMap(countriesOfBuyers), options);
  return offers.flatMap((offer) => toOfferBuyers(offer, lettersOf)).filter(wanted);
}

/** The text of a session handle, for the request and for scrubbing. */
export function revealFor(operation: OperationName, handle: Secret): string {
  const text = handle.reveal();
  checkText(operation, { handle: text });
  return text;
}

function toOpenPurchase(wire: Response<'doGetDeals'>['dealsList'][number], currency: string): OpenPurchase {
  const amount = readMoney(['dealAmountDiscounted', wire.dealAmountDiscounted], currency);
  const original = wire.dealAmountOriginal;
  const before = original === undefined ? amount : readMoney(['dealAmountOriginal', original], currency);
  return {
    purchaseId: wire.dealId,
    boughtAtSeconds: readSeconds(['dealDate', wire.dealDate]),
    quantity: readCount(['dealQuantity', wire.dealQuantity]),
    amount,
    discounted: before.minor > amount.minor,
  };
}
