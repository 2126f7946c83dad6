import type { OpenSession } from '../access/session.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { DealEvent } from '../marketplace/sales.ts';
import { isJournalEnd, readPage } from './page.ts';

/** The cursor before the first event: the marketplace then starts from the oldest that it keeps. */
export const BEGINNING = '0';

/** Event ids are 64 bits wide. */
const LARGEST = 2n ** 63n - 1n;

/** Where the search for the journal's end stands: events follow `low`; none followed `high`, where it is known. */
interface SearchBounds {
  readonly low: string;
  readonly high?: string | undefined;
}

/** A search for which there was no more time, and the text from which it goes on. */
export class Unfinished {
  readonly search: string;
  constructor({ low, high = '' }: SearchBounds) {
    this.search = `${low}-${high}`;
  }
}

/** The bounds in such a text; undefined, so that the search begins anew, where it cannot be read. */
function boundsOf(search: string | undefined): SearchBounds | undefined {
  const [, low, high] = /^(\d+)-(\d*)$/.exec(search ?? '') ?? [];
  return low === undefined ? undefined : { low, high: high || undefined };
}

/**
 * The journal's newest events, less than a page of them, ascending; none where it is empty. The journal can
 * only be read oldest first and counted from a point, so the point behind which little is left is found by
 * bisection over the id space, some thirty calls; that little is then read. Throws MarketplaceFault.
 */
export async function newestPage(
  { marketplace, session }: { marketplace: Marketplace; session: OpenSession },
  use: { search?: string | undefined; isLate?: () => boolean } = {},
): Promise<DealEvent[] | Unfinished> {
  const { search, isLate = () => false } = use;
  const from = boundsOf(search);
  const count = (after: bigint) =>
    session.call((handle, options) => marketplace.sales.countDealEvents(handle, after.toString(), options));
  const page = marketplace.settings.journalPageSize;
  if (from === undefined && (await count(0n)) === 0) return [];
  const above = await boundAbove({ from, isLate, count });
  if (above instanceof Unfinished) return above;
  let { low, high } = above;
  while (high - low > 1n) {
    if (isLate()) return new Unfinished({ low: low.toString(), high: high.toString() });
    const middle = (low + high) / 2n;
    const left = await count(middle);
    if (left === 0) high = middle;
    else low = middle;
    if (left > 0 && left < page) break;
  }
  return await lastOf({ marketplace, session }, { low, high: high.toString(), isLate });
}

/** The last page behind which nothing follows; there may be several where pages are not full. */
async function lastOf(
  deps: { marketplace: Marketplace; session: OpenSession },
  use: { low: bigint; high: string; isLate: () => boolean },
): Promise<DealEvent[] | Unfinished> {
  let found: DealEvent[] = [];
  for (let after = use.low.toString(); ; ) {
    const page = await readPage(deps, after);
    const isEnd = isJournalEnd(deps.marketplace, { page, after });
    if (page.length > 0) found = page;
    after = page.at(-1)?.id ?? after;
    if (isEnd) return found;
    if (use.isLate()) return new Unfinished({ low: after, high: use.high });
  }
}

async function boundAbove(use: {
  from: SearchBounds | undefined;
  isLate: () => boolean;
  count: (after: bigint) => Promise<number>;
}): Promise<{ low: bigint; high: bigint } | Unfinished> {
  let low = BigInt(use.from?.low ?? 0);
  if (use.from?.high !== undefined) return { low, high: BigInt(use.from.high) };
  for (let high = low > 0n ? low << 4n : 1n << 32n; ; high <<= 4n) {
    // A count that never ends is not the journal's: what follows the largest id there can be is nothing.
    if (high >= LARGEST) return { low, high: LARGEST };
    if (use.isLate()) return new Unfinished({ low: low.toString() });
    if ((await use.count(high)) === 0) return { low, high };
    low = high;
  }
}
