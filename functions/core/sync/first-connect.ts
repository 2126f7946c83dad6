import type { Marketplace } from '../marketplace.ts';
import type { OpenSession } from '../session/session.ts';

/** The cursor before the first event: the marketplace then starts from the oldest that it keeps. */
export const BEGINNING = '0';

/**
 * Finds the journal's newest event, so that a new account starts at "now". The journal can only be read
 * oldest first and counted from a point, so the point behind which little is left is found by bisection
 * over the id space; that little is then read. Returns the id of the newest event, or BEGINNING.
 */
export async function newestEventId(marketplace: Marketplace, session: OpenSession): Promise<string> {
  const count = (after: bigint) =>
    session.call((handle, options) => marketplace.countDealEvents(handle, after.toString(), options));
  const page = marketplace.settings.journalPageSize;
  if ((await count(0n)) === 0) return BEGINNING;
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
  const events = await session.call((handle, options) =>
    marketplace.dealEvents(handle, low.toString(), options),
  );
  return events.reduce((newest, { id }) => (BigInt(id) > newest ? BigInt(id) : newest), low).toString();
}
