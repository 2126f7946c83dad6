import type { Log } from '../base/log.ts';
import { type EpochMillis, hasToWait, toIso } from '../base/time.ts';
import { entriesAfter, isPlaceOf } from '../feed/place.ts';
import type { FeedEntry, FeedReader, OrderRow, OrderStore } from '../orders/store.ts';
import { type Advanced, type Attempt, advance, at, LONGEST_REST } from './advance.ts';
import { type DeliverDeps, deliver, type WebhookMessage } from './deliver.ts';
import { entryId, type OrderEventType, typesOf } from './events.ts';
import { lastStillThere } from './rewind.ts';
import type { DeliveryCursor, SenderPlace, SendingStore } from './store.ts';
import type { Webhook } from './webhook.ts';

/**
 * Number of entries whose orders are read at a time. Few, because an order that is read early may be sent in
 * an old state.
 */
const PAGE = 25;

export interface CursorDeps extends DeliverDeps {
  readonly feed: FeedReader;
  readonly orders: Pick<OrderStore, 'readMany'>;
  readonly store: SendingStore;
  readonly log: Log;
  readonly random: () => number;
  /** True when the turn is over. */
  readonly outOfTime: () => boolean;
}

/**
 * End of a turn: nothing is left, the delivery cursor waits until it is due, the time is up, nothing may be sent, or
 * another sender has moved the delivery cursor.
 */
export type CursorOutcome = 'at-end' | 'waiting' | 'more' | 'stopped' | 'lost';

/**
 * Sends the entries of an account to a webhook, in order: each only after the one before was delivered or
 * given up. The delivery cursor is saved after each, so that a sender that dies repeats one entry at most. Unwanted
 * entries are skipped in memory, and saved with the next wanted one or at the end.
 */
export async function sendAfterCursor(
  deps: CursorDeps,
  webhook: Webhook,
  from: DeliveryCursor,
): Promise<CursorOutcome> {
  if (hasToWait(from.dueAtMillis, { now: deps.clock(), atMost: LONGEST_REST })) return 'waiting';
  let deliveryCursor = from;
  let saved = from.number;
  for (;;) {
    const page = await nextEntries(deps, webhook, deliveryCursor);
    if (page === 'restored') {
      deliveryCursor = at(
        deliveryCursor,
        await lastStillThere(deps.feed, deliveryCursor.accountId, deliveryCursor),
      );
      if (!(await deps.store.saveDeliveryCursor(deliveryCursor, saved))) return 'lost';
      saved = deliveryCursor.number;
      continue;
    }
    if (page.length === 0) return await rest(deps, deliveryCursor, saved);
    for (const item of page) {
      if (deps.outOfTime()) return await pause(deps, deliveryCursor, saved);
      const outcome = await sendItem(deps, webhook, { accountId: deliveryCursor.accountId, ...item });
      const now = deps.clock();
      const next = advance(deliveryCursor, item.entry, { outcome, now, jitter: deps.random() });
      deliveryCursor = next.deliveryCursor;
      if (next.step === 'passed') continue;
      await carryOutStep(deps, { entry: item.entry, next, now });
      if (!(await deps.store.saveDeliveryCursor(deliveryCursor, saved))) return 'lost';
      saved = deliveryCursor.number;
      if (next.step === 'delivered') tellOf(deps, { entry: item.entry, next, now });
      if (next.step === 'gone') return 'stopped';
      if (next.step === 'retry') return 'waiting';
    }
  }
}

/** Tells of a delivery, and of the time since its order was stored. */
function tellOf(
  { log }: CursorDeps,
  { entry, next, now }: { entry: FeedEntry; next: Advanced; now: EpochMillis },
): void {
  const { webhookId, accountId } = next.deliveryCursor;
  const lagMillis = Math.max(0, now - entry.atMillis);
  log.info('delivered', { webhookId, accountId, number: entry.number, lagMillis });
}

/** Saves the delivery cursor when the time is up. */
async function pause(
  { store }: CursorDeps,
  deliveryCursor: DeliveryCursor,
  saved: number,
): Promise<CursorOutcome> {
  return deliveryCursor.number === saved || (await store.saveDeliveryCursor(deliveryCursor, saved))
    ? 'more'
    : 'lost';
}

/** Saves the delivery cursor when nothing is left to send. */
async function rest(
  { store }: CursorDeps,
  deliveryCursor: DeliveryCursor,
  saved: number,
): Promise<CursorOutcome> {
  const { dueAtMillis, ...resting } = deliveryCursor;
  const changed = deliveryCursor.number !== saved || dueAtMillis !== undefined;
  return !changed || (await store.saveDeliveryCursor(resting, saved)) ? 'at-end' : 'lost';
}

/** An entry with the type that the webhook asks for, undefined if it asks for none, and the present order. */
interface Item {
  readonly entry: FeedEntry;
  readonly type: OrderEventType | undefined;
  readonly row: OrderRow | undefined;
}

async function nextEntries(
  deps: CursorDeps,
  webhook: Webhook,
  deliveryCursor: DeliveryCursor,
): Promise<Item[] | 'restored'> {
  const { accountId } = deliveryCursor;
  const entries = await entriesFrom(deps, accountId, { place: deliveryCursor, limit: PAGE });
  if (entries === undefined) return 'restored';
  const typed = entries.slice(0, PAGE).map((entry) => ({ entry, type: typeFor(webhook, entry) }));
  const wanted = typed.filter(({ type }) => type !== undefined).map(({ entry }) => entry.orderId);
  const rows = await deps.orders.readMany(accountId, [...new Set(wanted)]);
  return typed.map((item) => ({ ...item, row: rows.get(item.entry.orderId) }));
}

async function sendItem(
  deps: CursorDeps,
  webhook: Webhook,
  { accountId, entry, type, row }: Item & { accountId: string },
): Promise<Attempt['outcome']> {
  if (type === undefined) return 'unwanted';
  const data = deps.viewOf({ accountId, ...entry, row });
  return await deliver(deps, webhook, messageOf({ accountId, entry, type }, data));
}

/**
 * Carries out the effects of a step before the delivery cursor is saved: after a crash in between the entry is only
 * tried again.
 */
async function carryOutStep(
  deps: CursorDeps,
  { entry, next, now }: { entry: FeedEntry; next: Advanced; now: EpochMillis },
): Promise<void> {
  const { webhookId, accountId } = next.deliveryCursor;
  const { number } = entry;
  if (next.step === 'gone') {
    await deps.store.disable(webhookId, now);
    deps.log.warn('webhook-disabled', { webhookId, accountId, number });
  }
  if (next.step === 'gave-up') {
    const { error } = next;
    await deps.store.putDeadLetter({ ...entry, webhookId, accountId, diedAtMillis: now, error });
    deps.log.warn('webhook-dead-letter', { webhookId, accountId, number, ...error });
  }
}

/**
 * The entries after a sender's position; undefined, with a warning in the log, if the restored feed lacks the
 * position.
 */
export async function entriesFrom(
  { feed, log }: Pick<CursorDeps, 'feed' | 'log'>,
  accountId: string,
  { place, limit }: { place: SenderPlace; limit: number },
): Promise<FeedEntry[] | undefined> {
  const isKnown = (entry: FeedEntry | undefined) => isPlaceOf(place, entry);
  const entries = await entriesAfter(feed, { accountId, after: place.number, limit, isKnown });
  if (entries === undefined) log.warn('feed-restored', { accountId, number: place.number });
  return entries;
}

/** The first of the entry's types that the webhook asks for. */
const typeFor = ({ types }: Webhook, entry: FeedEntry): OrderEventType | undefined =>
  typesOf(entry).find((type) => types === undefined || types.includes(type));

export const messageOf = (
  {
    accountId,
    entry,
    type,
  }: { accountId: string; entry: Pick<FeedEntry, 'number' | 'atMillis'>; type: OrderEventType },
  data: object,
): WebhookMessage => ({ id: entryId(accountId, entry), type, timestamp: toIso(entry.atMillis), data });

/** The type of a dead letter as it was first sent, even if the webhook asks for other types by now. */
export const typeOfLetter = (webhook: Webhook, entry: FeedEntry): OrderEventType =>
  typeFor(webhook, entry) ?? 'order.changed';
