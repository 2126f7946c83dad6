import type { Secret } from '../core/base/secret.ts';
import { type EpochSeconds, toMillis } from '../core/base/time.ts';
import { MarketplaceFault } from '../core/faults/fault.ts';
import type { EventPage, Journal, SaleEvent, Search } from '../core/marketplace/journal.ts';
import type { CallOptions, MarketplaceSettings } from '../core/marketplace/settings.ts';

/** The journal in the protocol: events after an id, and their number. */
export interface JournalSource {
  /** The oldest events after `after` (exclusive; '0' = from the oldest kept), at most a page, ascending by id. */
  saleEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<SaleEvent[]>;
  /** Number of events after an id. A marketplace may stop counting at some thousands. */
  countSaleEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<number>;
}

type PageSettings = Pick<MarketplaceSettings, 'journalPageSize' | 'fillsJournalPages'>;

interface PagedSource {
  readonly source: JournalSource;
  readonly settings: PageSettings;
}

/** The position before all ids, from which the marketplace starts at the oldest event that it keeps. */
const BEGINNING = '0';

/** The largest id of 64 bits. */
const LARGEST = 2n ** 63n - 1n;

/** Distance beyond that of any two consecutive ids of the site, however long a seller rests. */
const LEAP = 2n ** 32n;

/** Distance of ids between two looks back; it doubles, so that going back a day takes some ten calls. */
const FIRST_STEP = 2n ** 16n;

/** Most calls in a step that reads the end of the journal. */
const END_PAGES = 4;

/** A position as sort key. Ids have 19 digits at most, but stored keys have 20. */
const sortKey = (position: string): string => position.padStart(20, '0');

/** The journal of a service with numeric ids, oldest event first, behind the port. */
export function journalOf(source: JournalSource, settings: PageSettings): Journal {
  const paged = { source, settings };
  return {
    sortKey,
    page: (handle, after, options) => page(paged, { handle, after: after ?? BEGINNING }, options),
    newest: (handle, resume, options) => newestEvents(paged, { handle, resume }, options),
    remembers: (handle, event, options) => remembers(paged, { handle, ...event }, options),
    before: (handle, query, options) => before(paged, { handle, ...query }, options),
  };
}

/**
 * A page of the journal. Throws MarketplaceFault `journal-stuck` for a page that does not move on, because it
 * would be read for ever. A page that is not full is the last one only if the marketplace is known to fill
 * its pages.
 */
async function page(
  { source, settings }: PagedSource,
  { handle, after }: { handle: Secret; after: string },
  options: CallOptions,
): Promise<EventPage> {
  const events = await source.saleEvents(handle, after, options);
  const last = events.at(-1);
  const isMoving = last !== undefined && BigInt(last.id) > BigInt(after);
  const isFull = events.length >= settings.journalPageSize;
  // An event without an id of its own does not move on; a page of such events only is accepted as it is.
  if (last !== undefined && !isMoving && (isFull || events.every(({ id }) => id !== after))) {
    throw new MarketplaceFault({
      reason: 'journal-stuck',
      outcome: 'answered',
      operation: 'saleEvents',
      text: `no event after ${after}`,
    });
  }
  const isEnd = !isMoving || (settings.fillsJournalPages && !isFull);
  return { events: events.map(leapsMarked(after)), next: last?.id ?? after, isEnd };
}

function leapsMarked(after: string): (event: SaleEvent) => SaleEvent {
  let previous = BigInt(after);
  return (event) => {
    const id = BigInt(event.id);
    const isLeap = previous > 0n && id - previous > LEAP;
    previous = id;
    return isLeap ? { ...event, isLeap } : event;
  };
}

/** Progress of the search for the end: events follow `low`; none follow `high`, if it is known. */
interface Place {
  readonly low: bigint;
  readonly high: bigint | undefined;
  /** Whether so little follows `low` that it is to be read. */
  readonly isNear: boolean;
}

const placeText = (low: bigint | string, { high, mark = '-' }: { high?: bigint; mark?: '-' | '+' } = {}) =>
  `${low}${mark}${high ?? ''}`;

/** The progress in a text; undefined, so that the search begins anew, if the text cannot be read. */
function placeIn(resume: string | undefined): Place | undefined {
  const [, low, mark, high] = /^(\d+)([-+])(\d*)$/.exec(resume ?? '') ?? [];
  if (low === undefined) return undefined;
  return { low: BigInt(low), high: high ? BigInt(high) : undefined, isNear: mark === '+' };
}

/**
 * A step of the search for the end. The journal can only be read oldest first, and counted from a position;
 * so the position with little behind it is found by bisection over all ids, some thirty calls, one per step,
 * and the rest read.
 */
async function newestEvents(
  paged: PagedSource,
  { handle, resume }: { handle: Secret; resume: string | undefined },
  options: CallOptions,
): Promise<Search<readonly SaleEvent[]>> {
  const count = (after: bigint) => paged.source.countSaleEvents(handle, after.toString(), options);
  const place = placeIn(resume);
  if (place === undefined)
    return (await count(0n)) === 0 ? { found: [], resume: '' } : { resume: placeText(BEGINNING) };
  const { low, high } = place;
  if (high === undefined) {
    const above = low > 0n ? low << 4n : 1n << 32n;
    // A count that never ends is wrong, because nothing follows the largest possible id.
    if (above >= LARGEST) return { resume: placeText(low, { high: LARGEST }) };
    return (await count(above)) === 0
      ? { resume: placeText(low, { high: above }) }
      : { resume: placeText(above) };
  }
  if (place.isNear || high - low <= 1n) return await lastJournalPage(paged, { handle, low, high }, options);
  const middle = (low + high) / 2n;
  const left = await count(middle);
  if (left === 0) return { resume: placeText(low, { high: middle }) };
  const isNear = left < paged.settings.journalPageSize;
  return { resume: placeText(middle, { high, mark: isNear ? '+' : '-' }) };
}

/** The last page, behind which nothing follows; there may be several if pages are not full. */
async function lastJournalPage(
  paged: PagedSource,
  { handle, low, high }: { handle: Secret; low: bigint; high: bigint },
  options: CallOptions,
): Promise<Search<readonly SaleEvent[]>> {
  let found: readonly SaleEvent[] = [];
  let foundAfter = low.toString();
  for (let after = foundAfter, pages = 1; ; pages += 1) {
    const { events, next, isEnd } = await page(paged, { handle, after }, options);
    if (events.length > 0) [found, foundAfter] = [events, after];
    if (isEnd) return { found, resume: endAt(found.at(-1)) };
    if (pages >= END_PAGES) return { resume: placeText(foundAfter, { high, mark: '+' }) };
    after = next;
  }
}

const endAt = (last: SaleEvent | undefined): string =>
  last === undefined ? '' : placeText(BigInt(last.id) - 1n, { high: BigInt(last.id), mark: '+' });

async function remembers(
  paged: PagedSource,
  query: { handle: Secret; position: string; atSeconds: EpochSeconds | undefined },
  options: CallOptions,
): Promise<boolean> {
  const { handle, position, atSeconds } = query;
  const after = (BigInt(position) - 1n).toString();
  const { events } = await page(paged, { handle, after }, options);
  // An event with the same id but another time is a different event, with a reused id. An event without a readable
  // id has the id before it, and may be the event in question.
  const isThere = (event: SaleEvent) =>
    event.id === after ||
    (event.id === position &&
      (event.atSeconds === undefined || atSeconds === undefined || event.atSeconds === atSeconds));
  return events.some(isThere);
}

async function before(
  paged: PagedSource,
  query: { handle: Secret; position: string; sinceMillis: number; resume: string | undefined },
  options: CallOptions,
): Promise<Search<string>> {
  const step = query.resume === undefined ? FIRST_STEP : BigInt(query.resume);
  const after = BigInt(query.position) - step;
  if (after <= 0n) return { found: BEGINNING, resume: '' };
  const { events } = await page(paged, { handle: query.handle, after: after.toString() }, options);
  // The event at the position itself may have leapt away from all others, with any time, so it is skipped.
  const at = events.find(({ id }) => id !== query.position)?.atSeconds;
  const isOld = at !== undefined && toMillis(at) < query.sinceMillis;
  const resume = (step * 2n).toString();
  return isOld ? { found: after.toString(), resume } : { resume };
}
