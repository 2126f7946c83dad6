import type { EpochMillis } from '../base/time.ts';
import type { Account, AccountChanges, LoginFacts, SyncFacts } from './account.ts';

/** A held right and when it ends; whoever shows the token may use it. */
export interface Held {
  readonly token: string;
  readonly untilMillis: EpochMillis;
}

/** A write that is made only if nobody has written since `revision`; `writer` tells it from anybody else's. */
export interface Amendment {
  readonly revision: number;
  readonly writer: string;
  readonly changes: AccountChanges;
}

/**
 * Changes of these facts of the synchronisation. A change that also holds a fact that guards a login does not fit,
 * not even from a variable: these are written without comparing the revision, and a possible failure would be lost.
 */
export type SyncChanges<K extends keyof SyncFacts = keyof SyncFacts> = Pick<SyncFacts, K> & {
  readonly [Guard in keyof LoginFacts]?: never;
};

/** What a run saves before it ends. */
export type SavedFacts = SyncChanges<
  | 'cursor'
  | 'cursorEventAtMillis'
  | 'connectedAtMillis'
  | 'firstCursor'
  | 'leap'
  | 'offers'
  | 'gap'
  | 'checkAskedAtMillis'
  | 'batch'
>;

/** The account item. Every conditional write answers undefined (or false) when its condition does not hold. */
export interface AccountStore {
  /** Consistent. */
  read(accountId: string): Promise<Account | undefined>;
  /** The account as it is after the write. */
  amend(accountId: string, amendment: Amendment): Promise<Account | undefined>;
  /** Of the account's own times, what is after `latestMillis` was written by a clock that was ahead: it is ignored. */
  claim(
    accountId: string,
    claim: Held & {
      /** Of work with a due time: stale, if a run has begun for this time or a later one. */
      slotMillis?: EpochMillis | undefined;
      nowMillis: EpochMillis;
      latestMillis: EpochMillis;
    },
  ): Promise<Account | 'gone' | 'busy' | 'stale'>;
  /**
   * Only under the claim. A batch is written only over the one before it (`afterBatch`: its id, undefined where there was
   * none), so that a repeated request that arrives late takes back no batch.
   */
  saveCursor(
    accountId: string,
    save: {
      claimToken: string;
      badOrders?: number | undefined;
      afterBatch?: string | undefined;
    } & SavedFacts,
  ): Promise<boolean>;
  /** Only under the claim. */
  remove(accountId: string, claimToken: string): Promise<boolean>;
}

/** What people and ERPs may do with accounts. */
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
  /** Consistent. */
  has(accountId: string): Promise<boolean>;
}

export interface DueEntry {
  readonly accountId: string;
  readonly dueAtMillis: EpochMillis;
}

/** The sparse index of due accounts: a hint, eventually consistent. */
export interface DueIndex {
  /** Accounts due by then, oldest first within each shard. */
  pages(byMillis: EpochMillis): AsyncIterable<readonly DueEntry[]>;
  /** Accounts that are due only after that. */
  beyond(afterMillis: EpochMillis): AsyncIterable<readonly DueEntry[]>;
  /** Only if it is still due at that very moment. */
  move(entry: DueEntry, toMillis: EpochMillis): Promise<void>;
}

/** The sparse index of accounts with something to tell or to remind of: a hint, eventually consistent. */
export interface TellIndex {
  pages(byMillis: EpochMillis): AsyncIterable<readonly { readonly accountId: string }[]>;
}
