import type { DealEvent, Marketplace } from '../marketplace.ts';
import type { OpenSession } from '../session/session.ts';

/** The cursor before the first event: the marketplace then starts from the oldest that it keeps. */
export const BEGINNING = '0';

/** Where a new account starts, "now": the id of the newest event, or BEGINNING. Throws MarketplaceFault. */
export async function newestEventId(marketplace: Marketplace, session: OpenSession): Promise<string> {
  return (await newestPage(marketplace, session)).at(-1)?.id ?? BEGINNING;
}

/**
 * The journal's newest events, less than a page of them, ascending; none where it is empty. The journal can
 * only be read oldest first and counted from a point, so the point behind which little is left is found by
 * bisection over the id space; that little is then read. Throws MarketplaceFault.
 */
export async function newestPage(marketplace: Marketplace, session: OpenSession): Promise<DealEvent[]> {
  const count = (after: bigint) =>
    session.call((handle, options) => marketplace.countDealEvents(handle, after.toString(), options));
  const page = marketplace.settings.journalPageSize;
  if ((await count(0n)) === 0) return [];
  let low = 0n;
  let high = 1n << 32n;
  while ((await count(high)) > 0) {
    low = high;
    high <<= 4n;
  }
  // Invariant: events follow `low`, none follows `high`.
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const left = await count(middle);
    if (left === 0) high = middle;
    else low = middle;
    if (left > 0 && left < page) break;
  }
  return await session.call((handle, options) => marketplace.dealEvents(handle, low.toString(), options));
}
