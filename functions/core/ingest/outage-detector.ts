import { type FaultReason, MarketplaceFault } from '../faults/fault.ts';
import { isStop, type Stop } from '../faults/own-stop.ts';

/** Faults that one bad item can cause for all that were asked for with it. */
const OF_ONE_ITEM: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'bad-input',
  'business',
  'unknown-answer',
  'no-readable-reply',
]);

/**
 * Faults that mostly are about all items, and that one item can be answered with, too. Those of a key, an address,
 * a login or a lock are not among them: nothing more is asked then.
 */
const OF_ALL_ITEMS_MOSTLY: ReadonlySet<FaultReason> = new Set<FaultReason>([
  'marketplace-unavailable',
  'account-migrating',
  'account-blocked',
  'account-closed',
  'country-not-allowed',
  'country-refused',
  'feature-unknown',
]);

/** Whether the fault mostly concerns all items, so that only lasting failure shows that it is the item's own. */
export const isMostlyOfAll = ({ reason }: MarketplaceFault): boolean => OF_ALL_ITEMS_MOSTLY.has(reason);

/** Number of failures that count as an outage if nothing could be read and there is no known good item. */
const TAKEN_FOR_OUTAGE = 5;

/** Whether the marketplace answers; `unknown`: there is no known good item to read. */
export type Condition = 'up' | 'down' | 'unknown';

/** Tells, for one run and one kind of call, a bad item from an outage. */
export interface OutageDetector {
  /** Notes that an item was read, so that later failures of this run are the items' own. `item`: a readable item. */
  worked(item?: string): void;
  /**
   * `up` if other items were read in this run, or the known good item can still be read; `unknown` also if that item is
   * gone or is among the failed ones.
   */
  condition(): Promise<Condition>;
  /**
   * Whether the item that was read last can be read now, because a reading before the outage proves nothing. True
   * also if the failed `batch` has that item among others, because it may be the bad one.
   */
  isUpNow(batch?: readonly unknown[]): Promise<boolean>;
  /** Whether so many failures are an outage; `batch` failed last. */
  isOutage(failures: number, batch: readonly unknown[]): Promise<boolean>;
}

/**
 * `probe` reads a known good item, the `witness`; it is asked once at most, and only when nothing else was read.
 * Where its answer does not decide, several failures in a row do. The witness says nothing against others while
 * it is itself among what failed: it may be the bad item.
 */
export function openOutageDetector({
  probe = async () => 'unknown',
  probeNow = probe,
  witness,
}: {
  probe?: (() => Promise<Condition>) | undefined;
  probeNow?: ((item: string | undefined) => Promise<Condition>) | undefined;
  witness?: string | undefined;
} = {}): OutageDetector {
  let hasWorked = false;
  let newest = witness;
  let probed: Promise<Condition> | undefined;
  let isAccused = false;
  const ask = async (): Promise<Condition> => {
    if (hasWorked) return 'up';
    probed ??= probe();
    return await probed;
  };
  return {
    worked: (item) => {
      hasWorked = true;
      newest = item ?? newest;
    },
    condition: async () => {
      const condition = await ask();
      return condition === 'down' && isAccused ? 'unknown' : condition;
    },
    isUpNow: async (batch = []) =>
      (await probeNow(newest)) === 'up' || (batch.length > 1 && batch.includes(newest)),
    isOutage: async (failures, batch) => {
      const condition = await ask();
      if (condition === 'up') return false;
      const accuses = witness !== undefined && batch.includes(witness);
      isAccused ||= accuses;
      return (condition === 'down' && !accuses) || failures >= TAKEN_FOR_OUTAGE;
    },
  };
}

export interface ReadApart<I, T> {
  readonly answers: readonly T[];
  /** Items refused when requested alone. Unless the detector says that others can be read, the reason is not known. */
  readonly refused: readonly { readonly item: I; readonly fault: MarketplaceFault }[];
  /** Items that were not requested, because time was up or reading has stopped. */
  readonly left: readonly I[];
  /** The reason for which reading stopped after others were read; only with `keeps`. */
  readonly stop?: Stop;
}

/**
 * Reads batches, and splits failing ones, breadth first, until the bad items are alone. Throws the MarketplaceFault of
 * an outage, and every fault that no single item can have caused, unless `keeps` is set and others could be read. The
 * first batch is read however late it is.
 */
export async function readApart<I, T>(
  batches: readonly (readonly I[])[],
  {
    outOfTime,
    read,
    detector,
    keeps,
  }: {
    read: (batch: readonly I[]) => Promise<T>;
    detector: OutageDetector;
    outOfTime: () => boolean;
    keeps?: boolean;
  },
): Promise<ReadApart<I, T>> {
  const answers: T[] = [];
  const refused: { item: I; fault: MarketplaceFault }[] = [];
  const queue = batches.filter((batch) => batch.length > 0);
  const left: I[] = [];
  let failures = 0;
  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    if (answers.length + failures > 0 && outOfTime()) {
      left.push(...batch);
      continue;
    }
    try {
      answers.push(await read(batch));
    } catch (error) {
      if (!(error instanceof MarketplaceFault) || !(await isOfOneItem(error, detector, batch))) {
        if (keeps !== true || answers.length === 0 || !isStop(error)) throw error;
        return { answers, refused, left: [...left, ...batch, ...queue.flat()], stop: error };
      }
      failures += 1;
      // Too late to tell a bad item from an outage: the next run does.
      if (outOfTime()) {
        left.push(...batch);
        continue;
      }
      if (await detector.isOutage(failures, batch)) throw error;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) refused.push({ item: only, fault: error });
      else queue.push(...halves(batch));
    }
  }
  const [first] = refused.filter(({ fault }) => fault.outcome === 'unclear');
  if (first !== undefined && (await detector.condition()) !== 'up') throw first.fault;
  return { answers, refused, left };
}

const isOfOneItem = async (
  { reason }: MarketplaceFault,
  detector: OutageDetector,
  batch: readonly unknown[],
): Promise<boolean> =>
  OF_ONE_ITEM.has(reason) || (OF_ALL_ITEMS_MOSTLY.has(reason) && (await detector.isUpNow(batch)));

function halves<I>(batch: readonly I[]): (readonly I[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}
