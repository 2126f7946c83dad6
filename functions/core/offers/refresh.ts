import { isDeepStrictEqual } from 'node:util';
import type { OpenSession } from '../access/session.ts';
import type { Log } from '../base/log.ts';
import type { Clock, EpochMillis } from '../base/time.ts';
import type { Marketplace } from '../marketplace/marketplace.ts';
import type { Offer, OfferList, OfferPage, OfferSource } from '../marketplace/offers.ts';
import { type OfferContent, offerContent } from './offer.ts';
import type { OfferRow, OfferStore } from './store.ts';
import { askFor, OffersPutOff } from './trouble.ts';

/** Dependencies of all code that reads offers. */
export interface OfferDeps {
  readonly accountId: string;
  readonly marketplace: Pick<Marketplace, 'settings'>;
  readonly source: OfferSource;
  readonly session: OpenSession;
  readonly offers: OfferStore;
  readonly clock: Clock;
  readonly log: Log;
  /** True when the run has to end soon. */
  readonly outOfTime: () => boolean;
}

/** Number of rows written at the same time. */
const AT_ONCE = 25;

const LISTS = ['for-sale', 'sold', 'not-sold'] as const satisfies readonly OfferList[];

/**
 * Updates these offers, at most a batch, from the marketplace's lists. Returns the ids that no list shows and
 * that were never known. Throws OffersPutOff and MarketplaceFault.
 */
export async function refresh(deps: OfferDeps, offerIds: readonly string[]): Promise<string[]> {
  let left = [...offerIds];
  const readAtMillis = deps.clock();
  for (const list of LISTS) {
    for (let more = left.length > 0; more; ) {
      const { offers, count = 0 } = await readOfferList(deps, { list, ids: left });
      await keep(deps, { offers, list, readAtMillis });
      const asked = left.length;
      const found = new Set(offers.map(({ id }) => id));
      left = left.filter((id) => !found.has(id));
      // Offers for which a page had no room are not missing, so the list is asked again.
      more = left.length < asked && count > offers.length && left.length > 0;
    }
  }
  if (left.length === 0) return [];
  const known = await deps.offers.readMany(deps.accountId, left);
  await write(
    deps,
    [...known.values()]
      .filter(({ state }) => state === 'active')
      .map((row) => ({ ...row, state: 'gone', readAtMillis })),
  );
  return left.filter((id) => !known.has(id));
}

/** Reads offers in a list. A list of ended offers that the marketplace lacks counts as empty. */
async function readOfferList(deps: OfferDeps, query: { list: OfferList; ids: string[] }): Promise<OfferPage> {
  try {
    return await askFor(deps.session, (handle, options) => deps.source.offersIn(handle, query, options));
  } catch (error) {
    const missing = error instanceof OffersPutOff && error.fault.reason === 'feature-unknown';
    if (missing && query.list !== 'for-sale') return { offers: [], unreadable: [], count: 0 };
    throw error;
  }
}

/** Writes the rows that have changed, and no others. */
export async function keep(
  deps: OfferDeps,
  read: { offers: readonly Offer[]; list: OfferList; readAtMillis: EpochMillis },
): Promise<void> {
  const { readAtMillis } = read;
  const contents = new Map(read.offers.map((offer) => [offer.id, offerContent(offer, read.list)]));
  const known = await deps.offers.readMany(deps.accountId, [...contents.keys()]);
  const changed = [...contents].filter(([id, content]) => !isKnown(known.get(id), content));
  await write(
    deps,
    changed.map(([offerId, content]) => ({
      offerId,
      ...content,
      firstSeenAtMillis: known.get(offerId)?.firstSeenAtMillis ?? readAtMillis,
      readAtMillis,
    })),
  );
}

function isKnown(row: OfferRow | undefined, content: OfferContent): boolean {
  if (row === undefined) return false;
  const { offerId: _, firstSeenAtMillis: __, readAtMillis: ___, ...known } = row;
  return isDeepStrictEqual(known, content);
}

async function write({ offers, accountId }: OfferDeps, rows: readonly OfferRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    await Promise.all(rows.slice(start, start + AT_ONCE).map((row) => offers.put(accountId, row)));
  }
}
