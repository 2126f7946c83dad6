import type { EpochMillis } from '../base/time.ts';
import type { Account, AccountChanges, LoginFacts } from './account.ts';
import type { SyncFacts } from './sync-facts.ts';

/** A right held until a time, by the holder of the token. */
export interface Held {
  readonly token: string;
  readonly untilMillis: EpochMillis;
}

/**
 * A write that is made only if the stored `revision` is still this one; `writer` tells it from another
 * worker's write.
 */
export interface Amendment {
  readonly revision: number;
  readonly writer: string;
  readonly changes: AccountChanges;
}

/**
 * Changes of these facts of the synchronisation. A change that also holds a fact that guards a login does not
 * type-check, not even from a variable: these writes compare no revision, so a possible failure could be
 * lost.
 */
export type SyncChanges<K extends keyof SyncFacts = keyof SyncFacts> = Pick<SyncFacts, K> & {
  readonly [Guard in keyof LoginFacts]?: never;
};

/** Facts that a run saves before it ends. */
export type SavedFacts = SyncChanges<
  | 'cursor'
  | 'cursorEventAtMillis'
  | 'connectedAtMillis'
  | 'firstCursor'
  | 'firstEventAtMillis'
  | 'leap'
  | 'offers'
  | 'gap'
  | 'checkAskedAtMillis'
  | 'batch'
>;

/** Facts that a run saves, with the number of failed orders and the id of the batch that a new one replaces. */
export type SavedProgress = SavedFacts & {
  readonly failedOrders?: number | undefined;
  readonly afterBatch?: string | undefined;
};

/**
 * The store of account items. A conditional write returns undefined (or false) if its condition does not
 * hold.
 */
export interface AccountStore {
  /** Reads the account, consistently. */
  read(accountId: string): Promise<Account | undefined>;
  /** Writes the changes and returns the account after the write. */
  amend(accountId: string, amendment: Amendment): Promise<Account | undefined>;
  /**
   * Claims the account for a run. A claim that ends after `latestMillis`, and a last slot after `nowMillis`, were
   * written by clocks that were ahead, and are ignored: a run too many is harmless, and messages that are taken for
   * stale would leave the account alone for as long as the clock was ahead.
   */
  claim(
    accountId: string,
    claim: Held & {
      /** Due time of the work, if any: the claim is stale if a run has begun for this time or a later one. */
      slotMillis?: EpochMillis | undefined;
      nowMillis: EpochMillis;
      latestMillis: EpochMillis;
    },
  ): Promise<Account | 'gone' | 'busy' | 'stale'>;
  /**
   * Saves progress, only under the claim. A batch replaces only the one before it (`afterBatch`: its id, undefined if
   * there was none), so that a repeated request that arrives late cannot bring back an old batch.
   */
  saveFacts(accountId: string, save: { claimToken: string } & SavedProgress): Promise<boolean>;
  /** Removes the account, only under the claim. */
  remove(accountId: string, claimToken: string): Promise<boolean>;
}

/** The store of accounts for requests of people and ERPs. */
export interface AccountAdmin extends Pick<AccountStore, 'read' | 'amend'> {
  list(page: {
    limit: number;
    after?: string | undefined;
  }): Promise<{ accounts: Account[]; next?: string | undefined }>;
  create(account: Account): Promise<void>;
}

/** The accounts that have a feed to follow: all but those that are being removed. */
export interface FollowedAccounts {
  list(): Promise<string[]>;
  /** Whether the account has a feed, read consistently. */
  has(accountId: string): Promise<boolean>;
}

export interface DueEntry {
  readonly accountId: string;
  readonly dueAtMillis: EpochMillis;
}

/** The sparse index of due accounts: a hint, because it is eventually consistent. */
export interface DueIndex {
  /** Accounts due by a moment, oldest first within each shard. */
  pages(byMillis: EpochMillis): AsyncIterable<readonly DueEntry[]>;
  /** Accounts due only after a moment. */
  beyond(afterMillis: EpochMillis): AsyncIterable<readonly DueEntry[]>;
  /** Moves the due time, only if it is still that of the entry. */
  move(entry: DueEntry, toMillis: EpochMillis): Promise<void>;
}

/**
 * Accounts by the time of the oldest order whose buyer's data may be too old: a hint, because it is eventually
 * consistent.
 */
export interface RetentionIndex {
  /** Accounts with such an order from a moment or before, oldest first within each shard. */
  pages(
    byMillis: EpochMillis,
  ): AsyncIterable<readonly { readonly accountId: string; readonly retentionSinceMillis: EpochMillis }[]>;
}

/**
 * The sparse index of accounts with a notice or a reminder due: a hint, because it is eventually consistent.
 */
export interface NoticeIndex {
  pages(byMillis: EpochMillis): AsyncIterable<readonly { readonly accountId: string }[]>;
}
