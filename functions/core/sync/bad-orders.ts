import type { OrderId, Purchase } from '../order.ts';
import type { BadOrder, BadOrderReason, JournalStore } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import { type Clock, type EpochMillis, MINUTE, plus } from '../time.ts';

/** After so many failed runs an order is set aside. */
const SET_ASIDE_AFTER = 5;

/** Where nobody can tell a bad order from an outage, only time can: an outage of one form is no outage. */
const UNSURE_FOR = 30 * MINUTE;

/** Why an order did not land in this run, though others could. */
export interface Failure {
  readonly reason: BadOrderReason;
  readonly detail: string;
  readonly purchase?: Purchase;
  /** The marketplace answered, and yet no other order was there to show that it is well. */
  readonly unsure?: boolean;
}

export const isSetAside = (bad: BadOrder | undefined): boolean => bad?.setAsideAtMillis !== undefined;

/** One more failed run. Once set aside it stays so until it lands. */
export function failedAgain(
  before: BadOrder | undefined,
  use: { orderId: OrderId; failure: Failure; now: EpochMillis },
): BadOrder {
  const { now } = use;
  const { unsure = false, ...failure } = use.failure;
  const tries = (before?.tries ?? 0) + 1;
  const firstAtMillis = before?.firstAtMillis ?? now;
  const isDue = tries >= SET_ASIDE_AFTER && (!unsure || now >= plus(firstAtMillis, UNSURE_FOR));
  const setAsideAtMillis = before?.setAsideAtMillis ?? (isDue ? now : undefined);
  return {
    orderId: use.orderId,
    ...failure,
    firstAtMillis,
    lastAtMillis: now,
    tries,
    ...(setAsideAtMillis !== undefined && { setAsideAtMillis }),
  };
}

/** The bad orders of one account, as one run sees and changes them. */
export interface BadOrderBook {
  /** Counts the failures, once per run each, and forgets what has landed. Answers with all that is set aside. */
  note(
    failures: ReadonlyMap<OrderId, Failure>,
    landed: (orderId: OrderId) => boolean,
  ): Promise<ReadonlySet<OrderId>>;
  setAside(): Promise<BadOrder[]>;
  size(): number;
}

/** `expected` saves the reading while there are none: it is the number that the last run has left. */
export function openBook(
  deps: { journal: JournalStore; clock: Clock; log: Log },
  use: { accountId: string; expected: number },
): BadOrderBook {
  const { accountId, expected } = use;
  const counted = new Set<OrderId>();
  let known: Map<OrderId, BadOrder> | undefined;
  const read = async (): Promise<Map<OrderId, BadOrder>> => {
    known ??= new Map((await deps.journal.badOrders(accountId)).map((bad) => [bad.orderId, bad]));
    return known;
  };
  const count = async (orderId: OrderId, failure: Failure): Promise<void> => {
    if (counted.has(orderId)) return;
    counted.add(orderId);
    const book = await read();
    const before = book.get(orderId);
    const bad = failedAgain(before, { orderId, failure, now: deps.clock() });
    await deps.journal.putBadOrder(accountId, bad);
    book.set(orderId, bad);
    const event = isSetAside(bad) && !isSetAside(before) ? 'order-set-aside' : 'order-failed';
    deps.log.warn(event, { accountId, orderId, reason: bad.reason, detail: bad.detail, tries: bad.tries });
  };
  return {
    async note(failures, landed) {
      for (const [orderId, failure] of failures) await count(orderId, failure);
      if (known === undefined && expected === 0) return new Set();
      const book = await read();
      for (const orderId of [...book.keys()].filter(landed)) {
        await deps.journal.removeBadOrder(accountId, orderId);
        book.delete(orderId);
      }
      return new Set([...book.values()].filter(isSetAside).map(({ orderId }) => orderId));
    },
    setAside: async () =>
      known === undefined && expected === 0 ? [] : [...(await read()).values()].filter(isSetAside),
    size: () => known?.size ?? expected,
  };
}
