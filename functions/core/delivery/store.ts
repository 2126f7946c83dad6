import type { Held } from '../account/store.ts';
import type { EpochMillis } from '../base/time.ts';
import type { FeedEntry, FeedPlace } from '../orders/store.ts';
import type { OrderEvent } from './events.ts';
import type { DeliveryError, Webhook } from './webhook.ts';

/** The entry up to which a feed was sent on. */
export interface SenderPlace extends FeedPlace {
  /** Some of the places before it, ascending, from which to send again where the feed was restored. */
  readonly passed?: readonly FeedPlace[];
}

/** How far one account's feed has been sent to one webhook: up to its place all was delivered, given up or not wanted. */
export interface Lane extends SenderPlace {
  readonly webhookId: string;
  readonly accountId: string;
  /** Failed attempts since the last delivery. */
  readonly failures: number;
  readonly failingSinceMillis?: EpochMillis;
  /** Not tried again before then. */
  readonly dueAtMillis?: EpochMillis;
  readonly lastError?: DeliveryError;
  readonly deliveredAtMillis?: EpochMillis;
}

/** An entry that was given up, kept until somebody has it replayed. */
export interface DeadLetter extends FeedEntry {
  readonly webhookId: string;
  readonly accountId: string;
  readonly diedAtMillis: EpochMillis;
  readonly error: DeliveryError;
}

export interface LaneKey {
  readonly webhookId: string;
  readonly accountId: string;
}

/** Feeds that somebody has to look at, and when at the latest. */
export interface SendingMarks {
  /** Never takes back a later mark. */
  mark(accountId: string, untilMillis: EpochMillis): Promise<void>;
}

/** The sparse index of what is due to be looked at: a hint, eventually consistent. */
export interface SendingIndex {
  pages(byMillis: EpochMillis): AsyncIterable<readonly { readonly accountId: string }[]>;
}

/** Everything that is remembered of one account's sending, as it stands. */
export interface SendingState {
  readonly lookAtMillis?: EpochMillis;
  /** By webhook id. */
  readonly lanes: ReadonlyMap<string, Lane>;
  /** When a replay of dead letters was asked for, by webhook id. */
  readonly replays: ReadonlyMap<string, EpochMillis>;
}

/** What `send` remembers. Conditional writes answer false when their condition does not hold. */
export interface SendingStore {
  /**
   * One at a time per account; a claim until after `latestMillis` was made by a clock that was ahead, and holds
   * nothing. Answers with the last entry that the bus was told of.
   */
  claim(
    accountId: string,
    claim: Held & { nowMillis: EpochMillis; latestMillis: EpochMillis },
  ): Promise<{ bus: SenderPlace } | 'busy'>;
  /** Only under the claim. */
  moveBus(accountId: string, move: { token: string; to: SenderPlace }): Promise<boolean>;
  release(accountId: string, token: string): Promise<void>;
  /** Consistent. */
  read(accountId: string, webhookIds: readonly string[]): Promise<SendingState>;
  /** Unmarks the feed, if nobody has marked it again. */
  looked(accountId: string, seenMillis: EpochMillis): Promise<void>;
  /** Only if there is none. */
  addLane(lane: Lane): Promise<boolean>;
  /** Only if the lane still stands at that number. */
  saveLane(lane: Lane, ifNumber: number): Promise<boolean>;
  putDeadLetter(letter: DeadLetter): Promise<void>;
  /** By account, then by number. */
  deadLetters(
    webhookId: string,
    page: { accountId?: string; limit: number; after?: string | undefined },
  ): Promise<{ letters: DeadLetter[]; next?: string | undefined }>;
  removeDeadLetter(letter: DeadLetter): Promise<void>;
  /** Unless another replay was asked for meanwhile. */
  endReplay(lane: LaneKey, askedAtMillis: EpochMillis): Promise<void>;
  disable(webhookId: string, atMillis: EpochMillis): Promise<void>;
  removeAccount(accountId: string): Promise<void>;
}

/** For whoever wants to know of orders; at least once. Throws unless all were taken. */
export interface OrderBus {
  publishAll(events: readonly OrderEvent[]): Promise<void>;
}

export interface SendMessage {
  readonly accountId: string;
  /** When it was sent: tells a copy from news. */
  readonly slotMillis: EpochMillis;
}

export interface SendQueue {
  send(message: SendMessage): Promise<void>;
}

/** What people do with webhooks. */
export interface WebhookStore {
  /** Consistent. */
  list(): Promise<Webhook[]>;
  read(webhookId: string): Promise<Webhook | undefined>;
  create(webhook: Webhook): Promise<void>;
  /** Only if nobody has written since; the one that is stored has the next revision. */
  replace(webhook: Webhook): Promise<boolean>;
  /** Everything that is known of it, its row last. */
  remove(webhookId: string): Promise<void>;
  lanes(
    webhookId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ lanes: Lane[]; next?: string | undefined }>;
  askReplay(lane: LaneKey, atMillis: EpochMillis): Promise<void>;
}
