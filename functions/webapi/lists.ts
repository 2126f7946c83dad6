import type { Secret } from '../core/base/secret.ts';
import { DAY, SECOND } from '../core/base/time.ts';
import type { ListKind, SalePage, SalePageQuery } from '../core/marketplace/lists.ts';
import type { CallOptions } from '../core/marketplace/settings.ts';
import type { Door } from './caller.ts';
import type { OperationName } from './operations.ts';
import { revealFor } from './sales.ts';
import { soldOfferForms } from './soldoffers.ts';
import { readCount } from './values.ts';

/** Operations by list, the most complete list first. */
const LISTS: readonly (readonly [ListKind, readonly OperationName[]])[] = [
  ['all-sales', ['doGetPostBuyFormsIds']],
  ['filled-sales', ['doGetFilledPostBuyForms']],
  ['sales-by-offer', ['doGetMySoldItems', 'doGetTransactionsIDs']],
];

/** The lists of this marketplace, by its dialect and its settings. */
export const saleLists = ({ dialect, settings }: Pick<Door, 'dialect' | 'settings'>): ListKind[] =>
  LISTS.filter(([, operations]) =>
    operations.every((name) => !dialect.lacks(name) && !settings.droppedOperations.includes(name)),
  ).map(([list]) => list);

type PageQuery = SalePageQuery & { readonly handle: Secret };

/** A page of a list of forms, by a single call. */
export function salePage(door: Door, query: PageQuery, options: CallOptions): Promise<SalePage> {
  if (query.list === 'all-sales') return saleIds(door, query, options);
  if (query.list === 'filled-sales') return filledForms(door, query, options);
  return soldOfferForms(door, query, options);
}

const LARGEST_PAGE = 1_000;

/**
 * The filter that names the caller as seller. Without it production answered an empty list to sellers who had
 * forms.
 */
const AS_SELLER = [{ filterId: 'userRole', filterValueId: ['seller'] }];

/**
 * Forms and surcharges of the last month, newest first, cancelled ones too (doGetPostBuyFormsIds). New ones
 * push the others back between two pages, so some are named twice and none is left out.
 */
async function saleIds(door: Door, query: PageQuery, options: CallOptions): Promise<SalePage> {
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
        return { saleIds: formsIds, share: shareOf(reached, count), ...(more && { next: String(reached) }) };
      },
    },
    options,
  );
}

const ANY_PAYMENT = '7';
const SELLER = '1';
const WINDOW = DAY / SECOND;

/** Forms by the time of filling, a day per page, without cancelled ones (doGetFilledPostBuyForms). */
async function filledForms(door: Door, query: PageQuery, options: CallOptions): Promise<SalePage> {
  const operation = 'doGetFilledPostBuyForms';
  const sessionId = revealFor(operation, query.handle);
  const start = Number(query.position ?? query.from);
  // The next window begins with the last second of this one, because it is not documented whether bounds are
  // included.
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
        saleIds: reply.all().filledPostBuyForms.transactionIds,
        share,
        ...(end < query.to && { next: String(end) }),
      }),
    },
    options,
  );
}

const shareOf = (done: number, all: number): number => (all <= 0 ? 1 : Math.min(1, done / all));
