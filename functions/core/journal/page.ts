import type { OpenSession } from '../access/session.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import type { JournalStore } from '../ingest/store.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import { type DealEvent, isBehind } from '../marketplace/sales.ts';

/**
 * Reads the page after an event. Throws MarketplaceFault `journal-stuck` for one that does not move forward,
 * because it would be read for ever.
 */
export async function readPage(
  deps: { marketplace: Marketplace; session: OpenSession },
  after: string,
): Promise<DealEvent[]> {
  const page = await deps.session.call((handle, options) =>
    deps.marketplace.sales.dealEvents(handle, after, options),
  );
  const newest = page.at(-1);
  // An event without an id of its own does not move; a page of such events only is read as it is.
  const isStuck =
    page.every(({ id }) => id !== after) || page.length >= deps.marketplace.settings.journalPageSize;
  if (newest !== undefined && !isBehind(after, newest.id) && isStuck) {
    throw new MarketplaceFault({
      reason: 'journal-stuck',
      outcome: 'answered',
      operation: 'dealEvents',
      text: `no event after ${after}`,
    });
  }
  return page;
}

/**
 * Whether nothing follows a page of a journal. A page that is not full proves that only where the marketplace is
 * known to fill its pages: another may answer with fewer events than it has.
 */
export function isJournalEnd(
  { settings }: Pick<Marketplace, 'settings'>,
  { page, after }: { page: readonly { readonly id: string }[]; after: string },
): boolean {
  const last = page.at(-1);
  if (last === undefined || !isBehind(after, last.id)) return true;
  return settings.fillsJournalPages && page.length < settings.journalPageSize;
}

/** The ids of a whole site follow each other closer than this, however long one seller rests. */
const LEAP = 2n ** 32n;

/**
 * Whether an id is no next one after another. The cursor does not follow it unless further events do: all that
 * is written with the old ids would stand behind it.
 */
export const isLeap = (id: string, next: string): boolean =>
  BigInt(id) > 0n && BigInt(next) - BigInt(id) > LEAP;

/** Where nothing is remembered, everything is tried again. */
export const NO_JOURNAL_STORE: JournalStore = {
  badOrders: async () => [],
  putBadOrder: async () => {},
  removeBadOrder: async () => {},
  markSeen: async () => {},
  seen: async () => new Set(),
  forgetSeen: async () => {},
  removeAll: async () => {},
};
