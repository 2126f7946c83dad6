import type { OpenSession } from '../access/session.ts';
import type { SeenEvents } from '../ingest/store.ts';
import type { EventPage, Journal, SaleEvent } from '../marketplace/journal.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import { BEGINNING } from '../marketplace/positions.ts';

export interface JournalDeps {
  readonly marketplace: Pick<Marketplace, 'sales'>;
  readonly session: OpenSession;
}

/** Reads the page after a position. Throws MarketplaceFault. */
export const readPage = ({ marketplace, session }: JournalDeps, after: string): Promise<EventPage> =>
  session.call((handle, options) =>
    marketplace.sales.page(handle, after === BEGINNING ? undefined : after, options),
  );

/** Events that follow each other, as a journal store notes them; undefined for none. */
export function seenOf(
  { sortKey }: Pick<Journal, 'sortKey'>,
  events: readonly Pick<SaleEvent, 'id'>[],
): SeenEvents | undefined {
  const [first, last] = [events.at(0), events.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return { ids: events.map(({ id }) => id), first: sortKey(first.id), last: sortKey(last.id) };
}
