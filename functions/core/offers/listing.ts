import { DAY, type EpochMillis, isWithin } from '../base/time.ts';
import type { OfferPage } from '../marketplace/offers.ts';
import { keep, type OfferDeps, refresh } from './refresh.ts';
import type { ListedPage } from './store.ts';
import { askFor } from './trouble.ts';

type Begun = Pick<ListedPage, 'startedAtMillis' | 'requestMillis'>;

/**
 * Lists all offers that are for sale, then looks up our active offers that are not among them. Returns the
 * start of the listing and the request that it answers, or undefined when the time is up; the next call then continues
 * with the next page. `requestMillis`: the last request for a check. Throws OffersPutOff and MarketplaceFault.
 */
export async function listOffers(
  deps: OfferDeps,
  request: { requestMillis: EpochMillis | undefined },
): Promise<Begun | undefined> {
  const earlier = await interrupted(deps);
  const { startedAtMillis, requestMillis }: Begun = earlier[0] ?? {
    ...request,
    startedAtMillis: deps.clock(),
  };
  const begun = { startedAtMillis, requestMillis };
  const seen = new Set(earlier.flatMap(({ offerIds }) => offerIds));
  for (let page = (earlier.at(-1)?.page ?? -1) + 1; ; page += 1) {
    if (deps.outOfTime()) return undefined;
    const fresh = await readListingPage(deps, { page, seen });
    if (fresh.isLast) break;
    const listed = { page, ...begun, offerIds: fresh.offerIds };
    await deps.offers.keepListed(deps.accountId, listed);
    earlier.push(listed);
  }
  if (!(await lookUpRest(deps, seen))) return undefined;
  if (earlier.length > 0) await deps.offers.endListing(deps.accountId);
  return begun;
}

/** The pages of an interrupted listing, unless it began too long ago to be continued. */
async function interrupted(deps: OfferDeps): Promise<ListedPage[]> {
  const pages = await deps.offers.listing(deps.accountId);
  const [first] = pages;
  const now = deps.clock();
  if (first === undefined || isWithin(first.startedAtMillis, { now, atMost: DAY })) return pages;
  await deps.offers.endListing(deps.accountId);
  return [];
}

async function readListingPage(
  deps: OfferDeps,
  { page, seen }: { page: number; seen: Set<string> },
): Promise<{ offerIds: string[]; isLast: boolean }> {
  const list = 'for-sale';
  const readAtMillis = deps.clock();
  const { offers, unreadable, count }: OfferPage = await askFor(deps.session, (handle, options) =>
    deps.source.offersIn(handle, { list, page }, options),
  );
  for (const why of unreadable) deps.log.warn('offer-unreadable', { accountId: deps.accountId, detail: why });
  const fresh = offers.filter(({ id }) => !seen.has(id));
  await keep(deps, { offers: fresh, list, readAtMillis });
  for (const { id } of fresh) seen.add(id);
  // A marketplace that numbers pages from 1 answers page 0 with the first page, or with nothing.
  const nothingMore = fresh.length === 0 && page > 1;
  return { offerIds: fresh.map(({ id }) => id), isLast: nothingMore || seen.size >= (count ?? Infinity) };
}

/** Looks up offers that were active and were not listed. False when the time is up. */
async function lookUpRest(deps: OfferDeps, listed: ReadonlySet<string>): Promise<boolean> {
  const size = deps.marketplace.settings.saleBatchSize;
  let rest: string[] = [];
  for await (const ids of deps.offers.active(deps.accountId)) {
    rest.push(...ids.filter((id) => !listed.has(id)));
  }
  for (; rest.length > 0; rest = rest.slice(size)) {
    if (deps.outOfTime()) return false;
    await refresh(deps, rest.slice(0, size));
  }
  return true;
}
