import type { RetentionIndex } from '../account/store.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import { type Clock, type EpochMillis, plus } from '../base/time.ts';
import { entriesAfter, isPlaceOf } from '../feed/place.ts';
import { type FeedEntry, type FeedPlace, type OrderStore, PAGE_ENTRIES } from '../orders/store.ts';
import type { Claimed } from './claimed.ts';
import { eraseOrders } from './erase.ts';

export interface RetentionDeps {
  readonly orders: OrderStore;
  readonly clock: Clock;
  readonly outOfTime: () => boolean;
  /** Time for which buyers' data are kept after the last change of their order. */
  readonly keptMillis: number | 'for-ever';
}

/**
 * Erases the buyers' data of orders that have not changed for the time of the setting. Follows the account's feed from
 * where the last errand has ended, up to the first entry that is younger, so that its cost grows only with what is due.
 * Begins anew in a feed that was restored and lacks that entry, or has another one under its number.
 */
export async function eraseOld(deps: RetentionDeps, claimed: Claimed): Promise<void> {
  if (deps.keptMillis === 'for-ever') return;
  const { accountId } = claimed.account;
  const before = plus(deps.clock(), -deps.keptMillis);
  let place: FeedPlace = claimed.account.retentionPlace ?? FIRST;
  let since: EpochMillis | undefined;
  while (since === undefined && !deps.outOfTime()) {
    const entries = await entriesBehind(deps.orders, accountId, place);
    if (entries === undefined) {
      place = FIRST;
      continue;
    }
    const young = entries.find(({ atMillis }) => atMillis >= before);
    const due = young === undefined ? entries : entries.slice(0, entries.indexOf(young));
    await eraseDue(deps, claimed, { due, before });
    const last = due.at(-1);
    if (last !== undefined) place = { number: last.number, atMillis: last.atMillis };
    if (young !== undefined) since = young.atMillis;
    // Every later entry will be younger than this moment.
    else if (entries.length === 0) since = deps.clock();
  }
  const last = since ?? claimed.account.retentionSinceMillis;
  claimed.note({ retentionPlace: place, ...(last !== undefined && { retentionSinceMillis: last }) });
}

/** The place before a feed's first entry. */
const FIRST: FeedPlace = { number: 0 };

/** The next entries of a feed; undefined if it lacks the entry of the place. */
const entriesBehind = (
  feed: Pick<OrderStore, 'pages'>,
  accountId: string,
  place: FeedPlace,
): Promise<FeedEntry[] | undefined> =>
  entriesAfter(feed, {
    accountId,
    after: place.number,
    limit: PAGE_ENTRIES,
    isKnown: (entry) => isPlaceOf(place, entry),
  });

async function eraseDue(
  deps: RetentionDeps,
  claimed: Claimed,
  { due, before }: { due: readonly FeedEntry[]; before: EpochMillis },
): Promise<void> {
  const { accountId } = claimed.account;
  const rows = await deps.orders.readMany(accountId, [...new Set(due.map(({ orderId }) => orderId))]);
  // An order that has changed since has a later entry.
  const old = [...rows.values()].filter(
    ({ content, erasedAtMillis, changedAtMillis }) =>
      content !== undefined && erasedAtMillis === undefined && changedAtMillis < before,
  );
  await eraseOrders(claimed, old, { erasedAtMillis: deps.clock(), erasedByAge: true });
}

export interface PlanRetentionDeps {
  readonly retention: RetentionIndex;
  readonly queue: WorkQueue;
  readonly clock: Clock;
  readonly keptMillis: RetentionDeps['keptMillis'];
  readonly outOfTime: () => boolean;
}

/**
 * Sends a message for each account that may have an order whose time is over. The account stays in the index until the
 * message was carried out, so that a lost message is followed by another. Returns the number of messages.
 */
export async function planRetention(deps: PlanRetentionDeps): Promise<number> {
  if (deps.keptMillis === 'for-ever') return 0;
  let sent = 0;
  for await (const page of deps.retention.pages(plus(deps.clock(), -deps.keptMillis))) {
    for (const { accountId, retentionSinceMillis } of page) {
      if (deps.outOfTime()) return sent;
      await deps.queue.send({ accountId, slotMillis: retentionSinceMillis, why: 'retention' });
      sent += 1;
    }
  }
  return sent;
}
