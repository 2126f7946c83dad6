import type { Log } from '../base/log.ts';
import { type Clock, type EpochMillis, epochMillis, MINUTE, plus } from '../base/time.ts';
import type { Doubt, FailedOrder, FailureReason, HintId, JournalStore, OpenedPurchase } from './store.ts';
import { isBelieved, isDueAgain, type Told } from './unconfirmed.ts';

/** Number of failed runs after which an order is quarantined. */
const QUARANTINE_AFTER = 5;

/**
 * Time after which an order counts as bad although nothing tells it from an outage: an outage does not last
 * for one sale alone.
 */
const UNSURE_FOR = 30 * MINUTE;

/** Reason why an order could not be stored in this run, although others could. */
export interface Failure {
  readonly reason: FailureReason;
  readonly detail: string;
  readonly purchase?: OpenedPurchase;
  /** For an `unconfirmed` order: the parts that its reading lacks. */
  readonly doubt?: Doubt;
  /** Whether the marketplace answered, but no other order was read that shows that the marketplace works. */
  readonly unsure?: boolean;
}

/**
 * The failure of a reading that lacks a part which an event told. The order is read again, and never holds
 * the cursor back.
 */
export const unconfirmed = (doubt: Doubt, purchase?: OpenedPurchase): Failure => ({
  reason: 'unconfirmed',
  detail: doubt.lacks.join(', '),
  doubt,
  ...(purchase !== undefined && { purchase }),
});

export const isQuarantined = (bad: FailedOrder | undefined): boolean =>
  bad?.quarantinedAtMillis !== undefined;

/**
 * The order after another failed run. Once quarantined, it stays so until it is stored, or is read although in
 * doubt.
 */
function failedAgain(
  known: FailedOrder | undefined,
  failed: { orderId: HintId; failure: Failure; now: EpochMillis },
): FailedOrder {
  const { now } = failed;
  const { unsure = false, ...failure } = failed.failure;
  const isUnconfirmed = failure.reason === 'unconfirmed';
  // Failed readings and incomplete readings are counted separately.
  const before = isUnconfirmed === (known?.reason === 'unconfirmed') ? known : undefined;
  const tries = (before?.tries ?? 0) + 1;
  // A first time that a clock that was ahead wrote would let the order hold the cursor until then.
  const firstAtMillis = epochMillis(Math.min(before?.firstAtMillis ?? now, now));
  const doubt = failure.doubt ?? known?.doubt;
  const bad = {
    orderId: failed.orderId,
    ...failure,
    ...(doubt !== undefined && { doubt }),
    firstAtMillis,
    lastAtMillis: now,
    tries,
  };
  const isDue = isUnconfirmed
    ? isBelieved(bad)
    : tries >= QUARANTINE_AFTER && (!unsure || now >= plus(firstAtMillis, UNSURE_FOR));
  const quarantinedAtMillis = before?.quarantinedAtMillis ?? (isDue ? now : undefined);
  return { ...bad, ...(quarantinedAtMillis !== undefined && { quarantinedAtMillis }) };
}

/**
 * Whether an order in doubt is finally accepted as it was read. A sale without goods was never stored, so it
 * is not.
 */
const isTakenAsItIs = (bad: FailedOrder): boolean =>
  bad.reason === 'unconfirmed' && isQuarantined(bad) && bad.doubt?.lacks.includes('goods') !== true;

/** The failed orders of an account, as a run sees and changes them. */
export interface Quarantine {
  /**
   * Counts failures, each order once per run, and forgets the orders that were stored. Returns all that are
   * quarantined.
   */
  note(
    failures: ReadonlyMap<HintId, Failure>,
    stored: (orderId: HintId) => boolean,
  ): Promise<ReadonlySet<HintId>>;
  quarantined(): Promise<FailedOrder[]>;
  /** Forgets orders that need no more work. */
  forget(ids: readonly HintId[]): Promise<void>;
  /** Orders that failed or were in doubt in earlier runs, that this run has not read, and that are to be read again. */
  dueAgain(): Promise<FailedOrder[]>;
  /** The parts that the orders in doubt have to show. */
  told(): Promise<Told>;
  /** Reads the failed orders even if none are expected. */
  open(): Promise<void>;
  /** Number of failed orders; undefined if they were not read, so that the number of the last run holds. */
  size(): number | undefined;
}

/**
 * Opens the failed orders of an account. `expected` is the number that the last run left; with 0 they are not
 * read. `announce` stores, before the first one is noted, that there are some: after a worker that dies
 * before its end, the next run would not read them otherwise.
 */
export function openQuarantine(
  deps: { journal: JournalStore; clock: Clock; log: Log },
  { accountId, expected, announce }: { accountId: string; expected: number; announce: () => Promise<void> },
): Quarantine {
  let isAnnounced = expected > 0;
  const counted = new Set<HintId>();
  /**
   * Orders forgotten in this run. If such an order fails in another way in the same run, its earlier failures still
   * count.
   */
  const forgotten = new Map<HintId, FailedOrder>();
  let known: Map<HintId, FailedOrder> | undefined;
  const read = async (): Promise<Map<HintId, FailedOrder>> => {
    known ??= new Map((await deps.journal.failedOrders(accountId)).map((bad) => [bad.orderId, bad]));
    return known;
  };
  const count = async (orderId: HintId, failure: Failure): Promise<void> => {
    const entries = await read();
    const before = entries.get(orderId) ?? forgotten.get(orderId);
    const isCounted = counted.has(orderId);
    if (isCounted && !forgotten.delete(orderId)) return;
    counted.add(orderId);
    const bad =
      isCounted && before !== undefined
        ? before
        : failedAgain(before, { orderId, failure, now: deps.clock() });
    if (isTakenAsItIs(bad)) return await takeAsItIs(bad);
    if (!isAnnounced) await announce();
    isAnnounced = true;
    await deps.journal.putFailedOrder(accountId, bad);
    entries.set(orderId, bad);
    report(isQuarantined(bad) && !isQuarantined(before) ? 'order-quarantined' : 'order-failed', bad);
  };
  const takeAsItIs = async (bad: FailedOrder): Promise<void> => {
    await deps.journal.removeFailedOrder(accountId, bad.orderId);
    known?.delete(bad.orderId);
    report('order-unconfirmed', bad);
  };
  const report = (event: string, { orderId, reason, detail, tries }: FailedOrder): void =>
    deps.log.warn(event, { accountId, orderId, reason, detail, tries });
  const all = async (): Promise<FailedOrder[]> =>
    known === undefined && expected === 0 ? [] : [...(await read()).values()];
  return {
    async note(failures, stored) {
      for (const [orderId, failure] of failures) await count(orderId, failure);
      if (known === undefined && expected === 0) return new Set();
      const entries = await read();
      for (const [orderId, bad] of [...entries].filter(([id]) => stored(id))) {
        await deps.journal.removeFailedOrder(accountId, orderId);
        forgotten.set(orderId, bad);
        entries.delete(orderId);
      }
      return new Set([...entries.values()].filter(isQuarantined).map(({ orderId }) => orderId));
    },
    forget: async (ids) => {
      const noted = new Set((await all()).map((bad) => bad.orderId));
      for (const id of ids.filter((one) => noted.has(one))) {
        await deps.journal.removeFailedOrder(accountId, id);
        known?.delete(id);
      }
    },
    quarantined: async () => (await all()).filter(isQuarantined),
    dueAgain: async () => {
      const now = deps.clock();
      return (await all()).filter((bad) => !counted.has(bad.orderId) && isDueAgain(bad, now));
    },
    told: async () =>
      new Map((await all()).flatMap(({ orderId, doubt }) => (doubt ? [[orderId, new Set(doubt.told)]] : []))),
    open: async () => {
      await read();
    },
    size: () => known?.size,
  };
}
