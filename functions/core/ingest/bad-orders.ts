import type { Log } from '../base/log.ts';
import { type Clock, type EpochMillis, MINUTE, plus } from '../base/time.ts';
import type { Purchase } from '../marketplace/sales.ts';
import type { BadOrder, BadOrderReason, Doubt, HintId, JournalStore } from './store.ts';
import { isBelieved, isDueAgain, type Told } from './unconfirmed.ts';

/** After so many failed runs an order is set aside. */
const SET_ASIDE_AFTER = 5;

/** Where nobody can tell a bad order from an outage, only time can: an outage of one form is no outage. */
const UNSURE_FOR = 30 * MINUTE;

/** Why an order did not land in this run, though others could. */
export interface Failure {
  readonly reason: BadOrderReason;
  readonly detail: string;
  readonly purchase?: Purchase;
  /** Of an `unconfirmed` one. */
  readonly doubt?: Doubt;
  /** The marketplace answered, and yet no other order was there to show that it is well. */
  readonly unsure?: boolean;
}

/** What was read lacks what an event told. It is read again, and never holds back the cursor. */
export const unconfirmed = (doubt: Doubt, purchase?: Purchase): Failure => ({
  reason: 'unconfirmed',
  detail: doubt.lacks.join(', '),
  doubt,
  ...(purchase !== undefined && { purchase }),
});

export const isSetAside = (bad: BadOrder | undefined): boolean => bad?.setAsideAtMillis !== undefined;

/** One more failed run. Once set aside it stays so until it lands, or is read at last, though in doubt. */
export function failedAgain(
  known: BadOrder | undefined,
  use: { orderId: HintId; failure: Failure; now: EpochMillis },
): BadOrder {
  const { now } = use;
  const { unsure = false, ...failure } = use.failure;
  const isUnconfirmed = failure.reason === 'unconfirmed';
  // Readings that fail and readings that lack something are counted apart.
  const before = isUnconfirmed === (known?.reason === 'unconfirmed') ? known : undefined;
  const tries = (before?.tries ?? 0) + 1;
  const firstAtMillis = before?.firstAtMillis ?? now;
  const doubt = failure.doubt ?? known?.doubt;
  const bad = {
    orderId: use.orderId,
    ...failure,
    ...(doubt !== undefined && { doubt }),
    firstAtMillis,
    lastAtMillis: now,
    tries,
  };
  const isDue = isUnconfirmed
    ? isBelieved(bad)
    : tries >= SET_ASIDE_AFTER && (!unsure || now >= plus(firstAtMillis, UNSURE_FOR));
  const setAsideAtMillis = before?.setAsideAtMillis ?? (isDue ? now : undefined);
  return { ...bad, ...(setAsideAtMillis !== undefined && { setAsideAtMillis }) };
}

/** An order that is stored is taken as it is in the end; a form without goods never became one. */
const isTakenAsItIs = (bad: BadOrder): boolean =>
  bad.reason === 'unconfirmed' && isSetAside(bad) && bad.doubt?.lacks.includes('goods') !== true;

/** The bad orders of one account, as one run sees and changes them. */
export interface BadOrderBook {
  /** Counts the failures, once per run each, and forgets what has landed. Answers with all that is set aside. */
  note(
    failures: ReadonlyMap<HintId, Failure>,
    landed: (orderId: HintId) => boolean,
  ): Promise<ReadonlySet<HintId>>;
  setAside(): Promise<BadOrder[]>;
  /** Of what is noted no more is to be done. */
  forget(ids: readonly HintId[]): Promise<void>;
  /** What was read in doubt in earlier runs and is to be read again in this one. */
  dueAgain(): Promise<BadOrder[]>;
  /** What the orders that were read in doubt have to show. */
  told(): Promise<Told>;
  /** Reads the book even if none is expected. */
  open(): Promise<void>;
  /** Undefined while it was not read: then the number that the last run has left holds. */
  size(): number | undefined;
}

/**
 * `expected` saves the reading while there are none: it is the number that the last run has left. `announce` stores,
 * before the first is noted, that there are some: nobody would read it again after a worker that dies before its end.
 */
export function openBook(
  deps: { journal: JournalStore; clock: Clock; log: Log },
  use: { accountId: string; expected: number; announce: () => Promise<void> },
): BadOrderBook {
  const { accountId, expected } = use;
  let isAnnounced = expected > 0;
  const counted = new Set<HintId>();
  /** Forgotten in this run: an order that lands in one way and fails in another goes on being counted. */
  const forgotten = new Map<HintId, BadOrder>();
  let known: Map<HintId, BadOrder> | undefined;
  const read = async (): Promise<Map<HintId, BadOrder>> => {
    known ??= new Map((await deps.journal.badOrders(accountId)).map((bad) => [bad.orderId, bad]));
    return known;
  };
  const count = async (orderId: HintId, failure: Failure): Promise<void> => {
    const book = await read();
    const before = book.get(orderId) ?? forgotten.get(orderId);
    const isCounted = counted.has(orderId);
    if (isCounted && !forgotten.delete(orderId)) return;
    counted.add(orderId);
    const bad =
      isCounted && before !== undefined
        ? before
        : failedAgain(before, { orderId, failure, now: deps.clock() });
    if (isTakenAsItIs(bad)) return await takeAsItIs(bad);
    if (!isAnnounced) await use.announce();
    isAnnounced = true;
    await deps.journal.putBadOrder(accountId, bad);
    book.set(orderId, bad);
    report(isSetAside(bad) && !isSetAside(before) ? 'order-set-aside' : 'order-failed', bad);
  };
  const takeAsItIs = async (bad: BadOrder): Promise<void> => {
    await deps.journal.removeBadOrder(accountId, bad.orderId);
    known?.delete(bad.orderId);
    report('order-unconfirmed', bad);
  };
  const report = (event: string, { orderId, reason, detail, tries }: BadOrder): void =>
    deps.log.warn(event, { accountId, orderId, reason, detail, tries });
  const all = async (): Promise<BadOrder[]> =>
    known === undefined && expected === 0 ? [] : [...(await read()).values()];
  return {
    async note(failures, landed) {
      for (const [orderId, failure] of failures) await count(orderId, failure);
      if (known === undefined && expected === 0) return new Set();
      const book = await read();
      for (const [orderId, bad] of [...book].filter(([id]) => landed(id))) {
        await deps.journal.removeBadOrder(accountId, orderId);
        forgotten.set(orderId, bad);
        book.delete(orderId);
      }
      return new Set([...book.values()].filter(isSetAside).map(({ orderId }) => orderId));
    },
    forget: async (ids) => {
      const noted = new Set((await all()).map((bad) => bad.orderId));
      for (const id of ids.filter((one) => noted.has(one))) {
        await deps.journal.removeBadOrder(accountId, id);
        known?.delete(id);
      }
    },
    setAside: async () => (await all()).filter(isSetAside),
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
