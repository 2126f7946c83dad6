import type { Secret } from '../core/base/secret.ts';
import type { Offer, OfferList, OfferPage, OfferPriceKind, OfferQuery } from '../core/marketplace/offers.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door, ReplyView } from './caller.ts';
import type { Decoder } from './decode.ts';
import { checkBatch, checkIds } from './limits.ts';
import type { OperationName } from './operations.ts';
import { revealFor } from './sales.ts';
import type { Fields, Read } from './schema.ts';
import { readCount, readMoney, readSeconds } from './values.ts';
import { WireError, type XmlElement } from './xml.ts';

/** The largest page that a client was seen to ask for. */
const PAGE_SIZE = '1000';

const LISTS = {
  'for-sale': { operation: 'doGetMySellItems', items: 'sellItemsList', counter: 'sellItemsCounter' },
  sold: { operation: 'doGetMySoldItems', items: 'soldItemsList', counter: 'soldItemsCounter' },
  'not-sold': {
    operation: 'doGetMyNotSoldItems',
    items: 'notSoldItemsList',
    counter: 'notSoldItemsCounter',
  },
} as const satisfies Record<OfferList, { operation: OperationName; items: string; counter: string }>;

type TabReply = ReplyView<(typeof LISTS)[OfferList]['operation']>;

/** Offers in one of the seller's tabs (doGetMySellItems, doGetMySoldItems, doGetMyNotSoldItems). */
export async function offersIn(
  door: Door,
  { handle, query }: { handle: Secret; query: OfferQuery },
  options: CallOptions,
): Promise<OfferPage> {
  const { operation, items, counter } = LISTS[query.list];
  const sessionId = revealFor(operation, handle);
  const itemIds = 'ids' in query ? [...new Set(query.ids)] : [];
  checkIds(operation, { ids: itemIds });
  checkBatch(operation, { field: 'ids', size: itemIds.length, limit: door.settings.saleBatchSize });
  const which = 'ids' in query ? { itemIds } : { pageSize: PAGE_SIZE, pageNumber: String(query.page) };
  // A request without ids would list all offers.
  if ('ids' in query && itemIds.length === 0) return { offers: [], unreadable: [], count: 0 };
  return door.call(
    {
      operation,
      request: { sessionId, ...which },
      understand: (reply: TabReply) => ({
        ...readOffers(reply.items(items), {
          decoder: reply.decoder,
          currency: door.settings.currency,
          list: query.list,
        }),
        count: unlessUnreadable(() => readCount([counter, reply.some({ [counter]: 'int' })[counter] ?? ''])),
      }),
    },
    options,
  );
}

interface Reading {
  readonly decoder: Decoder;
  readonly currency: string;
  readonly list: OfferList;
}

const ID = { itemId: 'long' } as const;

function readOffers(elements: readonly XmlElement[], reading: Reading): Omit<OfferPage, 'count'> {
  const offers: Offer[] = [];
  const unreadable: string[] = [];
  for (const element of elements) {
    try {
      const { itemId } = reading.decoder.fields(ID, element);
      offers.push(toOffer(itemId, { ...reading, element }));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      unreadable.push(error.message);
    }
  }
  return { offers, unreadable };
}

const TITLE = { itemTitle: 'string' } as const;
const PRICES = { itemPrice: 'ItemPriceStruct[]?' } as const;
const START_QUANTITY = { itemStartQuantity: 'int' } as const;
const SOLD_QUANTITY = { itemSoldQuantity: 'int' } as const;
const START = { itemStartTime: 'long' } as const;
const END = { itemEndTime: 'long' } as const;

/** Reads an offer field by field, so that a broken one does not hide the others. */
function toOffer(id: string, { decoder, currency, list, element }: Reading & { element: XmlElement }): Offer {
  const read = <const F extends Fields, T>(fields: F, as: (value: Read<F>) => T): T | undefined =>
    unlessUnreadable(() => as(decoder.fields(fields, element)));
  return {
    id,
    title: read(TITLE, ({ itemTitle }) => itemTitle),
    price: read(PRICES, ({ itemPrice }) => priceIn(itemPrice, currency)),
    startQuantity: read(START_QUANTITY, ({ itemStartQuantity }) => readCount(['', itemStartQuantity])),
    soldQuantity:
      list === 'not-sold'
        ? 0
        : read(SOLD_QUANTITY, ({ itemSoldQuantity }) => readCount(['', itemSoldQuantity])),
    startedAtSeconds: read(START, ({ itemStartTime }) => momentIn(itemStartTime)),
    endsAtSeconds: read(END, ({ itemEndTime }) => momentIn(itemEndTime)),
  };
}

/**
 * Kinds of prices by the marketplace's codes, in order of precedence. Code 4 is the reserve price, which
 * buyers never pay.
 */
const PRICE_KINDS: readonly (readonly [code: string, kind: OfferPriceKind])[] = [
  ['1', 'buy-now'],
  ['2', 'current'],
  ['3', 'starting'],
];

/** The price of an offer; a price of 0 is switched off. */
function priceIn(prices: Read<typeof PRICES>['itemPrice'], currency: string): Offer['price'] {
  const amounts = new Map(
    prices.map(({ priceType, priceValue }) => [priceType, readMoney(['priceValue', priceValue], currency)]),
  );
  for (const [code, kind] of PRICE_KINDS) {
    const amount = amounts.get(code);
    if (amount !== undefined && amount.minor !== 0) return { amount, kind };
  }
  return undefined;
}

/** A moment; zero means no time. */
const momentIn = (text: string) => (text === '0' ? undefined : readSeconds(['', text]));

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
