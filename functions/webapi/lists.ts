import type { CallOptions, FormPage, FormPageQuery, ListKind } from '../core/marketplace.ts';
import type { Secret } from '../core/secret.ts';
import { DAY, SECOND } from '../core/time.ts';
import type { Door } from './caller.ts';
import { within } from './decode.ts';
import { checkIds } from './limits.ts';
import type { OperationName } from './operations.ts';
import { revealFor } from './sales.ts';
import { readCount } from './values.ts';

/** What each list is read with; the one that sees most comes first. */
const LISTS: readonly (readonly [ListKind, readonly OperationName[]])[] = [
  ['form-ids', ['doGetPostBuyFormsIds']],
  ['filled-forms', ['doGetFilledPostBuyForms']],
  ['sold-offers', ['doGetMySoldItems', 'doGetTransactionsIDs']],
];

/** The lists that this marketplace has by its dialect and its settings. */
export const formLists = ({ dialect, settings }: Pick<Door, 'dialect' | 'settings'>): ListKind[] =>
  LISTS.filter(([, operations]) =>
    operations.every((name) => !dialect.lacks(name) && !settings.droppedOperations.includes(name)),
  ).map(([list]) => list);

type PageQuery = FormPageQuery & { readonly handle: Secret };

/** One page of a list of forms, one call. */
export function formPage(door: Door, query: PageQuery, options: CallOptions): Promise<FormPage> {
  if (query.list === 'form-ids') return formIds(door, query, options);
  if (query.list === 'filled-forms') return filledForms(door, query, options);
  const place = readPlace(query.position);
  const [offerId, ...offerIds] = place.offerIds;
  if (offerId === undefined) return soldOffers(door, { ...query, place }, options);
  return formsOfOffer(door, { ...query, offerId, place: { ...place, offerIds } }, options);
}

const LARGEST_PAGE = 1_000;

/** Production answered an empty list to sellers who had forms when this filter was missing. */
const AS_SELLER = [{ filterId: 'userRole', filterValueId: ['seller'] }];

/**
 * Forms and surcharges of the last month, newest first, cancelled ones too (doGetPostBuyFormsIds). New ones
 * push the others back between two pages: some are named twice then, none is left out.
 */
async function formIds(door: Door, query: PageQuery, options: CallOptions): Promise<FormPage> {
  const operation = 'doGetPostBuyFormsIds';
  const sessionId = revealFor(operation, query.handle);
  const offset = Number(query.position ?? 0);
  return door.call(
    {
      operation,
      request: {
        sessionId,
        filterOptions: AS_SELLER,
        resultSize: String(LARGEST_PAGE),
        resultOffset: String(offset),
      },
      understand: (reply) => {
        const { formsIds, formsCount } = reply.all();
        const count = readCount(['formsCount', formsCount]);
        const reached = offset + formsIds.length;
        const more = formsIds.length > 0 && reached < count;
        return { formIds: formsIds, share: shareOf(reached, count), ...(more && { next: String(reached) }) };
      },
    },
    options,
  );
}

const ANY_PAYMENT = '7';
const SELLER = '1';
const WINDOW = DAY / SECOND;

/** Forms by the time when they were filled, a day a page, without cancelled ones (doGetFilledPostBuyForms). */
async function filledForms(door: Door, query: PageQuery, options: CallOptions): Promise<FormPage> {
  const operation = 'doGetFilledPostBuyForms';
  const sessionId = revealFor(operation, query.handle);
  const start = Number(query.position ?? query.from);
  // The next window begins with the last second of this one: whether bounds belong to it is not documented.
  const end = Math.min(start + WINDOW, query.to);
  const share = shareOf(end - query.from, query.to - query.from);
  return door.call(
    {
      operation,
      request: {
        sessionId,
        paymentType: ANY_PAYMENT,
        userRole: SELLER,
        fillingTimeFrom: String(start),
        fillingTimeTo: String(end),
      },
      understand: (reply) => ({
        formIds: reply.all().filledPostBuyForms.transactionIds,
        share,
        ...(end < query.to && { next: String(end) }),
      }),
    },
    options,
  );
}

const OFFERS_A_PAGE = 100;

/** Where the reading of sold offers stands. */
interface Place {
  /** The next page of offers; undefined where there is none. */
  readonly page: number | undefined;
  /** How many offers are done with, and how many there are. */
  readonly reached: number;
  readonly count: number;
  /** Offers of the last page that are still to be asked for. */
  readonly offerIds: readonly string[];
}

function readPlace(position = '0:0:0:'): Place {
  const [page = '', reached, count, offers = ''] = position.split(':');
  return {
    page: page === '' ? undefined : Number(page),
    reached: Number(reached),
    count: Number(count),
    offerIds: offers === '' ? [] : offers.split(','),
  };
}

function goOn({ page, reached, count, offerIds }: Place): Pick<FormPage, 'next' | 'share'> {
  if (page === undefined && offerIds.length === 0) return { share: 1 };
  const next = `${page ?? ''}:${reached}:${count}:${offerIds.join(',')}`;
  return { next, share: shareOf(reached, count) };
}

/** The offers that sold (doGetMySoldItems): no forms yet, but the offers to ask for next, in the position. */
async function soldOffers(
  door: Door,
  { handle, place }: PageQuery & { place: Place },
  options: CallOptions,
): Promise<FormPage> {
  const operation = 'doGetMySoldItems';
  const sessionId = revealFor(operation, handle);
  const { page = 0, reached } = place;
  // Whether pages count from 0 or from 1 is not documented: the first is asked for without a number, and
  // where they count from 1, that of number 1 only repeats it.
  const numbered = page === 0 ? {} : { pageNumber: String(page) };
  return door.call(
    {
      operation,
      request: { sessionId, pageSize: String(OFFERS_A_PAGE), ...numbered },
      understand: (reply) => {
        const { soldItemsCounter } = reply.some({ soldItemsCounter: 'int' });
        // The ids are all that counts: what else is wrong with an offer hides no forms.
        const offerIds = reply
          .items('soldItemsList')
          .map((item, index) =>
            within(`soldItemsList[${index}]`, () => reply.decoder.fields({ itemId: 'long' }, item).itemId),
          );
        const count = readCount(['soldItemsCounter', soldItemsCounter]);
        const pagesBefore = page * OFFERS_A_PAGE;
        const isShort = offerIds.length < OFFERS_A_PAGE && count <= pagesBefore + OFFERS_A_PAGE;
        const isLast = offerIds.length === 0 || isShort || count <= pagesBefore;
        return { formIds: [], ...goOn({ page: isLast ? undefined : page + 1, reached, count, offerIds }) };
      },
    },
    options,
  );
}

/** Forms of one offer (doGetTransactionsIDs): one a call, because an answer names 25 at most. */
async function formsOfOffer(
  door: Door,
  { handle, offerId, place }: PageQuery & { offerId: string; place: Place },
  options: CallOptions,
): Promise<FormPage> {
  const operation = 'doGetTransactionsIDs';
  const sessionHandle = revealFor(operation, handle);
  checkIds(operation, { offerId });
  return door.call(
    {
      operation,
      request: { sessionHandle, itemsIdArray: [offerId], userRole: 'seller' },
      understand: (reply) => ({
        formIds: reply.all().transactionsIdsArray,
        ...goOn({ ...place, reached: place.reached + 1 }),
      }),
    },
    options,
  );
}

const shareOf = (done: number, all: number): number => (all <= 0 ? 1 : Math.min(1, done / all));
