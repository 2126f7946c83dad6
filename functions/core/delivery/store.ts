import type { Held } from '../account/store.ts';
import type { EpochMillis } from '../base/time.ts';
import type { FeedEntry, FeedPlace } from '../orders/store.ts';
import type { OrderEvent } from './events.ts';
import type { DeliveryError, Webhook } from './webhook.ts';

/** The position up to which a feed was sent on. */
export interface SenderPlace extends FeedPlace {
  /** Earlier positions, ascending, from which to send again if the feed is restored. */
  readonly passed?: readonly FeedPlace[];
}

/**
 * Progress of an account's feed to a webhook: every entry up to the position was delivered, given up or
 * unwanted.
 */
export interface DeliveryCursor extends SenderPlace {
  readonly webhookId: string;
  readonly accountId: string;
  /** Number of failed attempts since the last delivery. */
  readonly failures: number;
  readonly failingSinceMillis?: EpochMillis;
  /** Time before which the delivery cursor is not tried. */
  readonly dueAtMillis?: EpochMillis;
  readonly lastError?: DeliveryError;
  readonly deliveredAtMillis?: EpochMillis;
}

/** An entry that was given up, kept until a person has it replayed. */
export interface DeadLetter extends FeedEntry {
  readonly webhookId: string;
  readonly accountId: string;
  readonly diedAtMillis: EpochMillis;
  readonly error: DeliveryError;
}

export interface DeliveryCursorKey {
  readonly webhookId: string;
  readonly accountId: string;
}

/** Marks on feeds that have to be read, with the latest time for it. */
export interface SendingMarks {
  /** Marks a feed; never replaces a later mark. */
  mark(accountId: string, untilMillis: EpochMillis): Promise<void>;
}

/** The sparse index of due feeds and delivery cursors: a hint, because it is eventually consistent. */
export interface SendingIndex {
  pages(byMillis: EpochMillis): AsyncIterable<readonly { readonly accountId: string }[]>;
}

/** The present state of an account's sending. */
export interface SendingState {
  readonly lookAtMillis?: EpochMillis;
  /** Delivery cursors by webhook id. */
  readonly deliveryCursors: ReadonlyMap<string, DeliveryCursor>;
  /** Time when a replay of dead letters was requested, by webhook id. */
  readonly replays: ReadonlyMap<string, EpochMillis>;
}

/** The store of `send`. Conditional writes return false if their condition does not hold. */
export interface SendingStore {
  /**
   * Claims an account, for one sender at a time. A claim that ends after `latestMillis` was made by a clock
   * that was ahead, and does not hold. Returns the bus's position.
   */
  claim(
    accountId: string,
    claim: Held & { nowMillis: EpochMillis; latestMillis: EpochMillis },
  ): Promise<{ bus: SenderPlace } | 'busy'>;
  /** Moves the bus's position, only under the claim. */
  moveBus(accountId: string, move: { token: string; to: SenderPlace }): Promise<boolean>;
  release(accountId: string, token: string): Promise<void>;
  /** The state of an account's sending, read consistently. */
  read(accountId: string, webhookIds: readonly string[]): Promise<SendingState>;
  /** Unmarks the feed, unless it was marked again. */
  looked(accountId: string, seenMillis: EpochMillis): Promise<void>;
  /** Adds a delivery cursor, only if there is none. */
  addDeliveryCursor(deliveryCursor: DeliveryCursor): Promise<boolean>;
  /** Saves a delivery cursor, only if the stored one still has that number. */
  saveDeliveryCursor(deliveryCursor: DeliveryCursor, ifNumber: number): Promise<boolean>;
  putDeadLetter(letter: DeadLetter): Promise<void>;
  /** Dead letters by account, then by number. */
  deadLetters(
    webhookId: string,
    page: { accountId?: string; limit: number; after?: string | undefined },
  ): Promise<{ letters: DeadLetter[]; next?: string | undefined }>;
  removeDeadLetter(letter: DeadLetter): Promise<void>;
  /** Ends a replay, unless another one was requested meanwhile. */
  endReplay(deliveryCursor: DeliveryCursorKey, askedAtMillis: EpochMillis): Promise<void>;
  disable(webhookId: string, atMillis: EpochMillis): Promise<void>;
  removeDeliveries(accountId: string): Promise<void>;
}

/** The event bus for other systems, at least once. Throws unless all events were accepted. */
export interface OrderBus {
  publishAll(events: readonly OrderEvent[]): Promise<void>;
}

export interface SendMessage {
  readonly accountId: string;
  /** Time of sending, which tells a copy from another message. */
  readonly slotMillis: EpochMillis;
}

export interface SendQueue {
  send(message: SendMessage): Promise<void>;
}

/** The store of webhooks for requests of people. */
export interface WebhookStore {
  /** All webhooks, read consistently. */
  list(): Promise<Webhook[]>;
  read(webhookId: string): Promise<Webhook | undefined>;
  create(webhook: Webhook): Promise<void>;
  /** Writes the webhook, only if no other write came since; the stored one has the next revision. */
  replace(webhook: Webhook): Promise<boolean>;
  /** Removes the webhook and all its items, its row last. */
  remove(webhookId: string): Promise<void>;
  deliveryCursors(
    webhookId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ deliveryCursors: DeliveryCursor[]; next?: string | undefined }>;
  askReplay(deliveryCursor: DeliveryCursorKey, atMillis: EpochMillis): Promise<void>;
}
