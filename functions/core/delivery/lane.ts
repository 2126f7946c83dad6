import type { Log } from '../base/log.ts';
import { DAY, type EpochMillis, HOUR, plus, SECOND, toIso } from '../base/time.ts';
import { entriesAfter, isPlaceOf } from '../feed/place.ts';
import type { FeedEntry, FeedReader, OrderStore } from '../orders/store.ts';
import { type DeliverDeps, type Delivered, deliver, isGone, type Notice } from './deliver.ts';
import { entryId, type OrderEventType, typesOf } from './events.ts';
import { lastStillThere, movedTo } from './rewind.ts';
import type { Lane, SenderPlace, SendingStore } from './store.ts';
import type { DeliveryError, Webhook } from './webhook.ts';

/** An entry is given up when it is this old and its receiver has been failing for as long. */
export const GIVE_UP_AFTER = 3 * DAY;
const FIRST_PAUSE = 30 * SECOND;
const LONGEST_PAUSE = 4 * HOUR;
/** Entries read at a time. */
const PAGE = 25;

export interface LaneDeps extends DeliverDeps {
  readonly feed: FeedReader;
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly store: SendingStore;
  readonly log: Log;
  readonly random: () => number;
  /** True when the turn is over. */
  readonly outOfTime: () => boolean;
}

/**
 * How a turn ended: nothing is left, it is tried again when the lane is due, time is up, nothing may be sent, or
 * somebody else has moved the lane.
 */
export type LaneOutcome = 'at-end' | 'waiting' | 'more' | 'stopped' | 'lost';

/**
 * Sends one account's entries to one webhook, in order: each only after the one before was delivered or given
 * up. The lane is saved after each, so that a sender that dies repeats one entry at most.
 */
export async function sendLane(deps: LaneDeps, webhook: Webhook, from: Lane): Promise<LaneOutcome> {
  if (from.dueAtMillis !== undefined && from.dueAtMillis > deps.clock()) return 'waiting';
  let lane = from;
  let saved = from.number;
  const save = async (next: Lane): Promise<boolean> => {
    const before = saved;
    lane = next;
    saved = next.number;
    return await deps.store.saveLane(next, before);
  };
  // What is not wanted is passed over in memory and saved with the next entry, or here.
  const pause = async (): Promise<LaneOutcome> => {
    if (lane.number !== saved && !(await save(lane))) return 'lost';
    return 'more';
  };
  const rest = async (): Promise<LaneOutcome> => {
    const { dueAtMillis, ...resting } = lane;
    const changed = lane.number !== saved || dueAtMillis !== undefined;
    return !changed || (await save(resting)) ? 'at-end' : 'lost';
  };
  for (;;) {
    const { accountId } = lane;
    const entries = await entriesFrom(deps, accountId, { place: lane, limit: PAGE });
    if (entries === undefined) {
      if (!(await save(at(lane, await lastStillThere(deps.feed, accountId, lane))))) return 'lost';
      continue;
    }
    if (entries.length === 0) return await rest();
    const rows = await deps.orders.readMany(accountId, wanted(webhook, entries));
    for (const entry of entries) {
      if (deps.outOfTime()) return await pause();
      const type = typeFor(webhook, entry);
      if (type === undefined) {
        lane = at(lane, movedTo(lane, entry));
        continue;
      }
      const change = { accountId, ...entry, row: rows.get(entry.orderId) };
      const outcome = await deliver(deps, webhook, noticeOf({ accountId, entry, type }, deps.viewOf(change)));
      const next = await after(deps, { lane, entry, outcome });
      if (!(await save(next.lane))) return 'lost';
      if (next.outcome !== undefined) return next.outcome;
    }
  }
}

/** What follows a sender's place; undefined, and noted, where the feed was restored and lacks it. */
export async function entriesFrom(
  { feed, log }: Pick<LaneDeps, 'feed' | 'log'>,
  accountId: string,
  { place, limit }: { place: SenderPlace; limit: number },
): Promise<FeedEntry[] | undefined> {
  const isKnown = (entry: FeedEntry | undefined) => isPlaceOf(place, entry);
  const entries = await entriesAfter(feed, { accountId, after: place.number, limit, isKnown });
  if (entries === undefined) log.warn('feed-restored', { accountId, number: place.number });
  return entries;
}

/** The lane at another place. */
function at({ atMillis: _, passed: __, ...lane }: Lane, place: SenderPlace): Lane {
  return { ...lane, ...place };
}

const wanted = (webhook: Webhook, entries: readonly FeedEntry[]) => [
  ...new Set(entries.filter((entry) => typeFor(webhook, entry) !== undefined).map(({ orderId }) => orderId)),
];

/** The first of the entry's types that the webhook asks for. */
const typeFor = ({ types }: Webhook, entry: FeedEntry): OrderEventType | undefined =>
  typesOf(entry).find((type) => types === undefined || types.includes(type));

export const noticeOf = (
  { accountId, entry, type }: { accountId: string; entry: FeedEntry; type: OrderEventType },
  data: object,
): Notice => ({ id: entryId(accountId, entry), type, timestamp: toIso(entry.atMillis), data });

/** A dead letter goes out as what it was, also if the webhook asks for other types by now. */
export const typeOfLetter = (webhook: Webhook, entry: FeedEntry): OrderEventType =>
  typeFor(webhook, entry) ?? 'order.changed';

async function after(
  deps: LaneDeps,
  use: { lane: Lane; entry: FeedEntry; outcome: Delivered },
): Promise<{ lane: Lane; outcome?: LaneOutcome }> {
  const { entry, outcome } = use;
  const { webhookId, accountId, lastError, dueAtMillis: due } = use.lane;
  const now = deps.clock();
  const moved = { webhookId, accountId, ...movedTo(use.lane, entry) };
  if (outcome === 'delivered')
    // A lane that was due stays so until it is at its end: the feed's mark may be gone by now.
    return {
      lane: {
        ...moved,
        failures: 0,
        deliveredAtMillis: now,
        ...(lastError && { lastError }),
        ...(due !== undefined && { dueAtMillis: now }),
      },
    };
  const failed = failedAgain(use.lane, { error: outcome, now });
  const { number } = entry;
  if (isGone(outcome)) {
    await deps.store.disable(webhookId, now);
    deps.log.warn('webhook-disabled', { webhookId, accountId, number });
    // Once it is resumed, its three days begin anew.
    const { failingSinceMillis: _, ...resting } = failed;
    return { lane: resting, outcome: 'stopped' };
  }
  if (!isGivenUp(failed, { entry, now })) {
    const dueAtMillis = plus(now, pauseAfter(failed.failures, deps.random));
    return { lane: { ...failed, dueAtMillis }, outcome: 'waiting' };
  }
  // The letter first: a crash between the two only tries the entry once more.
  await deps.store.putDeadLetter({ ...entry, webhookId, accountId, diedAtMillis: now, error: outcome });
  deps.log.warn('webhook-dead-letter', { webhookId, accountId, number, ...outcome });
  return { lane: { ...at(failed, movedTo(failed, entry)), dueAtMillis: now } };
}

function failedAgain(
  { dueAtMillis: _, ...lane }: Lane,
  { error, now }: { error: DeliveryError; now: EpochMillis },
): Lane {
  const failingSinceMillis = lane.failingSinceMillis ?? now;
  return { ...lane, failures: lane.failures + 1, failingSinceMillis, lastError: error };
}

const isGivenUp = (
  { failingSinceMillis }: Lane,
  { entry, now }: { entry: FeedEntry; now: EpochMillis },
): boolean =>
  failingSinceMillis !== undefined &&
  now >= plus(failingSinceMillis, GIVE_UP_AFTER) &&
  now >= plus(entry.atMillis, GIVE_UP_AFTER);

/** Twice as long each time, up or down by a quarter, so that many lanes do not come back at once. */
export const pauseAfter = (failures: number, random: () => number): number =>
  Math.round(Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE) * (0.75 + random() / 2));
