import { dayOf } from '../base/days.ts';
import { DAY, type EpochMillis, epochMillis, plus } from '../base/time.ts';
import type { ListKind } from '../marketplace/lists.ts';
import { type OrderContent, orderIdOfSale } from '../orders/order.ts';
import { orderBoughtAt } from '../orders/sale-times.ts';
import { listedKind } from './kinds.ts';
import { LISTED_DAYS } from './lists.ts';
import type { ListingDeps, Reading } from './reading.ts';
import type { ListedKind } from './store.ts';

/** The kinds of sales that each list should name. */
const NAMES: Readonly<Record<ListKind, ReadonlySet<ListedKind>>> = {
  'all-sales': new Set<ListedKind>(['live', 'open', 'cancelled', 'earlier', 'earlier-open']),
  'filled-sales': new Set<ListedKind>(['live', 'open']),
  'sales-by-offer': new Set<ListedKind>(['live']),
};

/** Days of a list that surely are on it, without those that it may just have dropped. */
const SURELY_LISTED = (LISTED_DAYS - 2) * DAY;

/**
 * Whether a list that named nothing should have named a known sale. Production answered empty lists to
 * sellers who had sales; believing one would hide every order that the journal lost.
 */
export async function isBlind(
  deps: ListingDeps,
  { index, listing, tally }: Pick<Reading, 'index' | 'listing' | 'tally'>,
  list: ListKind,
): Promise<boolean> {
  const now = deps.clock();
  const from = epochMillis(Math.max(listing.fromMillis, plus(now, -SURELY_LISTED)));
  const until = epochMillis(Math.min(listing.toMillis, now));
  const dayAt = (moment: EpochMillis) => dayOf(moment, deps.marketplace.settings.timeZone);
  const [first, last] = [dayAt(from), dayAt(until)];
  for (const { kind, day } of index.all()) {
    // The first and the last day are only partly within the range of time.
    if (NAMES[list].has(kind) && day > first && day < last) return true;
  }
  const goodSaleId = tally.goodSaleId ?? deps.goodSaleId;
  if (goodSaleId === undefined) return false;
  const orderId = orderIdOfSale(goodSaleId);
  const content = (await deps.orders.readMany(deps.accountId, [orderId])).get(orderId)?.content;
  return (
    content !== undefined && isOf(content, { from, until }) && NAMES[list].has(listedKind(content.state))
  );
}

function isOf(content: OrderContent, { from, until }: { from: EpochMillis; until: EpochMillis }): boolean {
  const at = orderBoughtAt(content);
  return at !== undefined && at >= from && at < until;
}
