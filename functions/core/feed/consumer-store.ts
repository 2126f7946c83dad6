import type { EpochMillis } from '../base/time.ts';
import type { FeedPlace } from '../orders/store.ts';

/** A reader of an account's feed, and the entry up to which it has acknowledged all. */
export interface Consumer extends FeedPlace {
  readonly name: string;
  readonly acknowledgedAtMillis: EpochMillis;
}

export interface ConsumerStore {
  /** The consumer, read consistently. */
  read(accountId: string, name: string): Promise<Consumer | undefined>;
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ consumers: Consumer[]; next?: string | undefined }>;
  /** Writes an acknowledgement; a step backwards is left out unless `back` is set. */
  move(accountId: string, consumer: Consumer, options: { back: boolean }): Promise<void>;
}
