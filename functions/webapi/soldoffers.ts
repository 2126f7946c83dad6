import type { Secret } from '../core/base/secret.ts';
import type { SalePage, SalePageQuery } from '../core/marketplace/lists.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door } from './caller.ts';
import { within } from './decode.ts';
import { checkIds } from './limits.ts';
import { revealFor } from './sales.ts';
import { readCount } from './values.ts';

type PageQuery = SalePageQuery & { readonly handle: Secret };

/** Forms offer by offer, by a single call: a page of sold offers, or the forms of the next offer. */
export function soldOfferForms(door: Door, query: PageQuery, options: CallOptions): Promise<SalePage> {
  const place = readPlace(query.position);
  const [offerId, ...offerIds] = place.offerIds;
  if (offerId === undefined) return soldOffers(door, { ...query, place }, options);
  return formsOfOffer(door, { ...query, offerId, place: { ...place, offerIds } }, options);
}

const OFFERS_A_PAGE = 100;

/** Progress of reading sold offers. */
interface Place {
  /** Number of the next page of offers; undefined if there is none. */
  readonly page: number | undefined;
  /**
   * Whether the list was read to its end and its first pages are read again, for offers that have moved there
   * meanwhile.
   */
  readonly again: boolean;
  /** Number of finished offers, and of all. */
  readonly reached: number;
  readonly count: number;
  /** Offers of the last page whose forms are still to be asked for. */
  readonly offerIds: readonly string[];
  /** Offers that were named before. */
  readonly seen: ReadonlySet<string>;
}

function readPlace(position = '0::0:0::'): Place {
  const [page = '', again, reached, count, offers = '', seen = ''] = position.split(':');
  return {
    page: page === '' ? undefined : Number(page),
    again: again === 'again',
    reached: Number(reached),
    count: Number(count),
    offerIds: offers === '' ? [] : offers.split(','),
    seen: readSeen(seen),
  };
}

function goOn({ page, again, reached, count, offerIds, seen }: Place): Pick<SalePage, 'next' | 'share'> {
  if (page === undefined && offerIds.length === 0) return { share: 1 };
  const parts = [page ?? '', again ? 'again' : '', reached, count, offerIds.join(','), writeSeen(seen)];
  return { next: parts.join(':'), share: count <= 0 ? 1 : Math.min(1, reached / count) };
}

const BASE = 36;

/**
 * Writes ids as distances from each to the next, because thousands of them have to fit into an item of the
 * store.
 */
function writeSeen(seen: ReadonlySet<string>): string {
  let last = 0n;
  const sorted = [...seen].map(BigInt).sort((one, other) => (one < other ? -1 : 1));
  return sorted
    .map((id) => {
      const step = (id - last).toString(BASE);
      last = id;
      return step;
    })
    .join('.');
}

function readSeen(text: string): Set<string> {
  let last = 0n;
  const steps = text === '' ? [] : text.split('.');
  return new Set(
    steps.map((step) => {
      last += fromBase(step);
      return last.toString();
    }),
  );
}

const fromBase = (digits: string): bigint =>
  [...digits].reduce((sum, digit) => sum * BigInt(BASE) + BigInt(Number.parseInt(digit, BASE)), 0n);

/**
 * A page of sold offers (doGetMySoldItems), newest sale first: no forms, but the offers to ask for next, in
 * the position. An offer that sells again during the reading moves to a page that was read before, so the
 * first pages are read again until they name nothing new.
 */
async function soldOffers(
  door: Door,
  { handle, place }: PageQuery & { place: Place },
  options: CallOptions,
): Promise<SalePage> {
  const operation = 'doGetMySoldItems';
  const sessionId = revealFor(operation, handle);
  const { page = 0 } = place;
  // Whether pages are numbered from 0 or from 1 is not documented, so the first is asked for without a
  // number; if they are numbered from 1, page 1 only repeats it.
  const numbered = page === 0 ? {} : { pageNumber: String(page) };
  return door.call(
    {
      operation,
      request: { sessionId, pageSize: String(OFFERS_A_PAGE), ...numbered },
      understand: (reply) => {
        const { soldItemsCounter } = reply.some({ soldItemsCounter: 'int' });
        // Only ids are read, so that other broken fields of an offer hide no forms.
        const named = reply
          .items('soldItemsList')
          .map((item, index) =>
            within(`soldItemsList[${index}]`, () => reply.decoder.fields({ itemId: 'long' }, item).itemId),
          );
        const offerIds = [...new Set(named)].filter((id) => !place.seen.has(id));
        const seen = new Set([...place.seen, ...offerIds]);
        const count = readCount(['soldItemsCounter', soldItemsCounter]);
        const pagesBefore = page * OFFERS_A_PAGE;
        const isShort = named.length < OFFERS_A_PAGE && count <= pagesBefore + OFFERS_A_PAGE;
        const isLast = named.length === 0 || isShort || count <= pagesBefore;
        const next = nextOffersPage({ ...place, page, seen }, { isLast, isNew: offerIds.length > 0 });
        return {
          saleIds: [],
          ...goOn({ ...place, ...next, count: Math.max(count, seen.size), offerIds, seen }),
        };
      },
    },
    options,
  );
}

function nextOffersPage(
  { page, again, seen }: Pick<Place, 'again' | 'seen'> & { page: number },
  { isLast, isNew }: { isLast: boolean; isNew: boolean },
): Pick<Place, 'page' | 'again'> {
  const goesOn = !isLast && (isNew || !again);
  if (goesOn) return { page: page + 1, again };
  const isOver = seen.size === 0 || (again && page === 0 && !isNew);
  return { page: isOver ? undefined : 0, again: true };
}

/** Forms of an offer (doGetTransactionsIDs), one offer per call, because an answer names 25 forms at most. */
async function formsOfOffer(
  door: Door,
  { handle, offerId, place }: PageQuery & { offerId: string; place: Place },
  options: CallOptions,
): Promise<SalePage> {
  const operation = 'doGetTransactionsIDs';
  const sessionHandle = revealFor(operation, handle);
  checkIds(operation, { offerId });
  return door.call(
    {
      operation,
      request: { sessionHandle, itemsIdArray: [offerId], userRole: 'seller' },
      understand: (reply) => ({
        saleIds: reply.all().transactionsIdsArray,
        ...goOn({ ...place, reached: place.reached + 1 }),
      }),
    },
    options,
  );
}
