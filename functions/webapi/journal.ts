import type { Secret } from '../core/base/secret.ts';
import { type EpochSeconds, toMillis } from '../core/base/time.ts';
import { MarketplaceFault } from '../core/faults/fault.ts';
import type { DealEvent, EventPage, Journal, Search } from '../core/marketplace/sales.ts';
import type { CallOptions, MarketplaceSettings } from '../core/marketplace/settings.ts';

/** The journal as the protocol has it: events after an id, and how many those are. */
export interface JournalSource {
  /** The oldest events after `after` (exclusive; '0' = from the oldest kept), at most a page, ascending by id. */
  dealEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<DealEvent[]>;
  /** A marketplace may stop counting at some thousands. */
  countDealEvents(handle: Secret, after: string | undefined, options: CallOptions): Promise<number>;
}

type PageSettings = Pick<MarketplaceSettings, 'journalPageSize' | 'fillsJournalPages'>;

interface Use {
  readonly source: JournalSource;
  readonly settings: PageSettings;
}

/** Ids are counted from 1: the marketplace then starts from the oldest event that it keeps. */
const BEGINNING = '0';

/** Ids are 64 bits wide. */
const LARGEST = 2n ** 63n - 1n;

/** The ids of a whole site follow each other closer than this, however long one seller rests. */
const LEAP = 2n ** 32n;

/** Events of the whole site between two looks back; they double, so that a day takes some ten calls. */
const FIRST_STEP = 2n ** 16n;

/** The end of the journal is read by so many calls in one step at most. */
const END_PAGES = 4;

/** A position is an event's id. Ids have 19 digits at most; the journals of accounts have noted them with 20. */
const sortKey = (position: string): string => position.padStart(20, '0');

/** The journal of a service whose ids are numbers, oldest event first, behind the port. */
export function journalOf(source: JournalSource, settings: PageSettings): Journal {
  const use = { source, settings };
  return {
    sortKey,
    page: (handle, after, options) => page(use, { handle, after: after ?? BEGINNING }, options),
    newest: (handle, resume, options) => newest(use, { handle, resume }, options),
    remembers: (handle, event, options) => remembers(use, { handle, ...event }, options),
    before: (handle, query, options) => before(use, { handle, ...query }, options),
  };
}

/**
 * Throws MarketplaceFault `journal-stuck` for a page that does not move forward, because it would be read for ever. A
 * page that is not full proves that nothing follows only where the marketplace is known to fill its pages.
 */
async function page(
  { source, settings }: Use,
  { handle, after }: { handle: Secret; after: string },
  options: CallOptions,
): Promise<EventPage> {
  const events = await source.dealEvents(handle, after, options);
  const last = events.at(-1);
  const isMoving = last !== undefined && BigInt(last.id) > BigInt(after);
  const isFull = events.length >= settings.journalPageSize;
  // An event without an id of its own does not move; a page of such events only is read as it is.
  if (last !== undefined && !isMoving && (isFull || events.every(({ id }) => id !== after))) {
    throw new MarketplaceFault({
      reason: 'journal-stuck',
      outcome: 'answered',
      operation: 'dealEvents',
      text: `no event after ${after}`,
    });
  }
  const isEnd = !isMoving || (settings.fillsJournalPages && !isFull);
  return { events: events.map(leapsMarked(after)), next: last?.id ?? after, isEnd };
}

function leapsMarked(after: string): (event: DealEvent) => DealEvent {
  let previous = BigInt(after);
  return (event) => {
    const id = BigInt(event.id);
    const isLeap = previous > 0n && id - previous > LEAP;
    previous = id;
    return isLeap ? { ...event, isLeap } : event;
  };
}

/** Where the search for the end stands: events follow `low`; none followed `high`, where it is known. */
interface Place {
  readonly low: bigint;
  readonly high: bigint | undefined;
  /** Little follows `low`: it is to be read. */
  readonly isNear: boolean;
}

const placeText = (low: bigint | string, { high, mark = '-' }: { high?: bigint; mark?: '-' | '+' } = {}) =>
  `${low}${mark}${high ?? ''}`;

/** Undefined, so that the search begins anew, where the text cannot be read. */
function placeIn(resume: string | undefined): Place | undefined {
  const [, low, mark, high] = /^(\d+)([-+])(\d*)$/.exec(resume ?? '') ?? [];
  if (low === undefined) return undefined;
  return { low: BigInt(low), high: high ? BigInt(high) : undefined, isNear: mark === '+' };
}

/**
 * The journal can only be read oldest first and counted from a point, so the point behind which little is left is
 * found by bisection over the id space, some thirty calls, one for each step; that little is then read.
 */
async function newest(
  use: Use,
  { handle, resume }: { handle: Secret; resume: string | undefined },
  options: CallOptions,
): Promise<Search<readonly DealEvent[]>> {
  const count = (after: bigint) => use.source.countDealEvents(handle, after.toString(), options);
  const place = placeIn(resume);
  if (place === undefined)
    return (await count(0n)) === 0 ? { found: [], resume: '' } : { resume: placeText(BEGINNING) };
  const { low, high } = place;
  if (high === undefined) {
    const above = low > 0n ? low << 4n : 1n << 32n;
    // A count that never ends is not the journal's: what follows the largest id there can be is nothing.
    if (above >= LARGEST) return { resume: placeText(low, { high: LARGEST }) };
    return (await count(above)) === 0
      ? { resume: placeText(low, { high: above }) }
      : { resume: placeText(above) };
  }
  if (place.isNear || high - low <= 1n) return await lastPage(use, { handle, low, high }, options);
  const middle = (low + high) / 2n;
  const left = await count(middle);
  if (left === 0) return { resume: placeText(low, { high: middle }) };
  const isNear = left < use.settings.journalPageSize;
  return { resume: placeText(middle, { high, mark: isNear ? '+' : '-' }) };
}

/** The last page behind which nothing follows; there may be several where pages are not full. */
async function lastPage(
  use: Use,
  { handle, low, high }: { handle: Secret; low: bigint; high: bigint },
  options: CallOptions,
): Promise<Search<readonly DealEvent[]>> {
  let found: readonly DealEvent[] = [];
  let foundAfter = low.toString();
  for (let after = foundAfter, pages = 1; ; pages += 1) {
    const { events, next, isEnd } = await page(use, { handle, after }, options);
    if (events.length > 0) [found, foundAfter] = [events, after];
    if (isEnd) return { found, resume: endAt(found.at(-1)) };
    if (pages >= END_PAGES) return { resume: placeText(foundAfter, { high, mark: '+' }) };
    after = next;
  }
}

const endAt = (last: DealEvent | undefined): string =>
  last === undefined ? '' : placeText(BigInt(last.id) - 1n, { high: BigInt(last.id), mark: '+' });

async function remembers(
  use: Use,
  query: { handle: Secret; position: string; atSeconds: EpochSeconds | undefined },
  options: CallOptions,
): Promise<boolean> {
  const { handle, position, atSeconds } = query;
  const after = (BigInt(position) - 1n).toString();
  const { events } = await page(use, { handle, after }, options);
  // An id that is used again belongs to an event of another time. An event without a readable id stands where the one
  // before it stands, and may be the one that is looked for.
  const isThere = (event: DealEvent) =>
    event.id === after ||
    (event.id === position &&
      (event.atSeconds === undefined || atSeconds === undefined || event.atSeconds === atSeconds));
  return events.some(isThere);
}

async function before(
  use: Use,
  query: { handle: Secret; position: string; sinceMillis: number; resume: string | undefined },
  options: CallOptions,
): Promise<Search<string>> {
  const step = query.resume === undefined ? FIRST_STEP : BigInt(query.resume);
  const after = BigInt(query.position) - step;
  if (after <= 0n) return { found: BEGINNING, resume: '' };
  const { events } = await page(use, { handle: query.handle, after: after.toString() }, options);
  // The event at the position itself may have leapt away from all others, with any time.
  const at = events.find(({ id }) => id !== query.position)?.atSeconds;
  const isOld = at !== undefined && toMillis(at) < query.sinceMillis;
  const resume = (step * 2n).toString();
  return isOld ? { found: after.toString(), resume } : { resume };
}
