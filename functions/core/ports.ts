import type { Account, AccountFault, LastRun, OpenAttempt } from './account.ts';
import type { OrderContent, OrderId } from './order.ts';
import type { Secret } from './secret.ts';
import type { SharedTrouble } from './session/state.ts';
import type { EpochMillis } from './time.ts';

/** A held right and when it ends; whoever shows the token may use it. */
export interface Held {
  readonly token: string;
  readonly untilMillis: EpochMillis;
}

/** What a login attempt taught us about one account. */
export interface LoginSuccess {
  readonly version: string;
  readonly attemptId: string;
  readonly atMillis: EpochMillis;
  readonly userId: string;
  /** The version was staged, so its stage has to be moved in the secret store. */
  readonly promote: boolean;
}

export interface LoginRefusal {
  readonly version: string;
  readonly attemptId: string;
  readonly atMillis: EpochMillis;
  /** Recorded as the account's trouble, unless the refused version was only staged. */
  readonly fault: AccountFault | undefined;
}

/** The account item. Every conditional write answers false (or undefined) when its condition does not hold. */
export interface AccountStore {
  /** Consistent. */
  read(accountId: string): Promise<Account | undefined>;

  takeLease(
    accountId: string,
    lease: Held & { readonly freeBeforeMillis: EpochMillis },
  ): Promise<Account | undefined>;
  releaseLease(accountId: string, token: string): Promise<void>;
  /** Writes the attempt down before it is sent, counts it as a possible failure and renews the lease, if nothing changed since `loginRevision`. */
  beginAttempt(
    accountId: string,
    attempt: OpenAttempt & {
      lease: Held;
      loginRevision: number;
      recentAttemptsMillis: readonly EpochMillis[];
    },
  ): Promise<boolean>;
  /** Only under the lease: clears all counters. */
  recordSuccess(accountId: string, success: LoginSuccess & { leaseToken: string }): Promise<boolean>;
  /** A verdict belongs to its version and is true even after the lease was lost. */
  recordVerdict(
    accountId: string,
    verdict: LoginRefusal & { outcome: 'accepted' | 'refused' },
  ): Promise<void>;
  recordLock(
    accountId: string,
    lock: { atMillis: EpochMillis; attemptId: string; fault: AccountFault },
  ): Promise<void>;
  /** The attempt is known not to have been a failed password: takes its possible failure back, once. */
  forgiveAttempt(accountId: string, attemptId: string): Promise<void>;
  promoted(accountId: string, version: string): Promise<void>;

  claim(
    accountId: string,
    claim: Held & { slotMillis: EpochMillis; nowMillis: EpochMillis },
  ): Promise<Account | 'gone' | 'busy' | 'stale'>;
  saveCursor(
    accountId: string,
    save: { claimToken: string; cursor: string; connectedAtMillis?: EpochMillis },
  ): Promise<boolean>;
  /** Ends a run: releases the claim, remembers how it went, sets or removes the next due time. Undefined if the claim was lost. */
  finish(accountId: string, end: RunEnd): Promise<Account | undefined>;
  releaseClaim(accountId: string, claimToken: string): Promise<void>;
  /** From here on nobody logs in any more. False if the claim was lost. */
  beginRemoval(
    accountId: string,
    removal: { dueAtMillis: EpochMillis; claimToken: string },
  ): Promise<boolean>;
  remove(accountId: string, claimToken: string): Promise<boolean>;
}

/** What people and ERPs may do with accounts. */
export interface AccountAdmin {
  /** Consistent. */
  read(accountId: string): Promise<Account | undefined>;
  list(page: {
    limit: number;
    after?: string | undefined;
  }): Promise<{ accounts: Account[]; next?: string | undefined }>;
  create(account: Account): Promise<void>;
  /** Only from `creating`. */
  activate(accountId: string, dueAtMillis: EpochMillis): Promise<boolean>;
  /** Only while `active` or `paused`. */
  stage(accountId: string, staged: { version: string; dueAtMillis: EpochMillis }): Promise<boolean>;
  requestRemoval(accountId: string, dueAtMillis: EpochMillis): Promise<boolean>;
}

export interface RunEnd {
  readonly claimToken: string;
  readonly slotMillis: EpochMillis;
  readonly lastRun: LastRun;
  readonly cursor?: string | undefined;
  /** Undefined clears it. */
  readonly fault: AccountFault | undefined;
  /** Undefined means that nothing is planned until a person acts. */
  readonly dueAtMillis: EpochMillis | undefined;
}

export interface Session {
  readonly handle: Secret;
  readonly loggedInAtMillis: EpochMillis;
  /** From here on it is renewed when there is a chance. */
  readonly renewAtMillis: EpochMillis;
  readonly expiresAtMillis: EpochMillis;
  readonly egressId: string;
}

export interface SessionStore {
  /** Consistent. */
  read(accountId: string): Promise<Session | undefined>;
  /** Never replaces a session that is younger. */
  save(accountId: string, session: Session): Promise<void>;
  /** Only if this very handle is still the stored one. */
  drop(accountId: string, handle: Secret): Promise<void>;
  remove(accountId: string): Promise<void>;
}

export interface SecretVersion {
  readonly version: string;
  readonly value: Secret;
}

/** Application passwords, as the HTTP functions see them: written, never read. */
export interface PasswordWriter {
  create(accountId: string, password: SecretVersion): Promise<void>;
  /** Stores a new version that is not current yet. */
  stage(accountId: string, password: SecretVersion): Promise<void>;
}

/** Application passwords, as `work` sees them. */
export interface PasswordStore {
  readCurrent(accountId: string): Promise<SecretVersion | undefined>;
  readVersion(accountId: string, version: string): Promise<SecretVersion | undefined>;
  /** Makes `version` current if `from` still is; leaves alone what a person has rotated meanwhile. */
  promote(accountId: string, move: { version: string; from: string }): Promise<void>;
  remove(accountId: string): Promise<void>;
}

/** A registered WebAPI key, without the key itself. */
export interface WebapiKey {
  readonly keyId: string;
  readonly label: string;
  readonly createdAtMillis: EpochMillis;
  readonly trouble?: SharedTrouble & { readonly probeAtMillis: EpochMillis };
  readonly versionKeys: Readonly<Record<string, string>>;
}

export interface KeyStore {
  read(keyId: string): Promise<WebapiKey | undefined>;
  readSecret(keyId: string): Promise<Secret | undefined>;
  saveVersionKey(keyId: string, cached: { marketplaceId: string; versionKey: string }): Promise<void>;
  recordTrouble(keyId: string, trouble: SharedTrouble & { probeAtMillis: EpochMillis }): Promise<void>;
  /** Elects one prober: true for exactly one caller per `probeAtMillis`. */
  takeProbe(keyId: string, probe: { expectedMillis: EpochMillis; nextMillis: EpochMillis }): Promise<boolean>;
  clearTrouble(keyId: string): Promise<void>;
}

export interface KeyAdmin {
  read(keyId: string): Promise<WebapiKey | undefined>;
  list(): Promise<WebapiKey[]>;
  create(key: WebapiKey): Promise<void>;
  createSecret(keyId: string, key: Secret): Promise<void>;
  replaceSecret(keyId: string, key: Secret): Promise<void>;
  /** Drops cached version keys and trouble. */
  forget(keyId: string): Promise<void>;
}

export interface LoginClaim {
  readonly marketplaceId: string;
  readonly loginKey: string;
  readonly accountId: string;
  readonly atMillis: EpochMillis;
}

/** A login is one account's at a marketplace. */
export interface LoginClaims {
  /** Undefined if it is (now) this account's, else its owner. */
  claimLogin(claim: LoginClaim): Promise<{ accountId: string; atMillis: EpochMillis } | undefined>;
  takeOverLogin(claim: LoginClaim & { from: string }): Promise<boolean>;
}

/** Who owns what must be unique: a login, and a seller's user id, at a marketplace. */
export interface ClaimStore {
  /** True if it is (now) this account's. */
  claimSeller(marketplaceId: string, owner: { userId: string; accountId: string }): Promise<boolean>;
  releaseAll(account: Account): Promise<void>;
}

export interface WorkMessage {
  readonly accountId: string;
  /** When it was due: tells a late copy from news. */
  readonly slotMillis: EpochMillis;
  readonly why: 'due' | 'now' | 'follow-on';
}

export interface DueEntry {
  readonly accountId: string;
  readonly dueAtMillis: EpochMillis;
}

/** The sparse index of due accounts: a hint, eventually consistent. */
export interface DueIndex {
  /** Accounts due by then, oldest first within each shard. */
  pages(byMillis: EpochMillis): AsyncIterable<readonly DueEntry[]>;
  /** Only if it is still due at that very moment. */
  move(entry: DueEntry, toMillis: EpochMillis): Promise<void>;
}

export interface WorkQueue {
  send(message: WorkMessage): Promise<void>;
}

/** For whoever wants to know; at least once, and never with a secret. */
export interface Bus {
  publish(event: {
    readonly type: string;
    readonly detail: Readonly<Record<string, unknown>>;
  }): Promise<void>;
}

export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** An order as it is stored. A deal that a form brought before its own event came has holders but no content. */
export interface OrderRow {
  readonly orderId: OrderId;
  readonly revision: number;
  /** Up to which revision the feed has been told. */
  readonly fedRevision: number;
  readonly content?: OrderContent;
  /** Of a deal: the live forms that hold it; empty or absent means that it is open. */
  readonly heldBy?: readonly string[];
  readonly createdAtMillis: EpochMillis;
  readonly changedAtMillis: EpochMillis;
  /** Who wrote this revision: tells our own repeated write from somebody else's. */
  readonly writer: string;
}

/** What API readers may see; rows that never were an order of their own are left out. */
export interface OrderReader {
  read(accountId: string, orderId: OrderId): Promise<OrderRow | undefined>;
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ orders: OrderRow[]; next?: string | undefined }>;
}

export interface FeedEntry {
  readonly number: number;
  readonly orderId: OrderId;
  readonly revision: number;
}

/** Orders and their feed. */
export interface OrderStore {
  /** Consistent; missing rows are missing from the map. */
  readMany(accountId: string, orderIds: readonly OrderId[]): Promise<Map<OrderId, OrderRow>>;
  /** Writes if the stored revision is still `ifRevision` (undefined: if there is no such row). */
  put(accountId: string, row: OrderRow, ifRevision: number | undefined): Promise<boolean>;
  markFed(accountId: string, fed: { orderId: OrderId; revision: number }): Promise<void>;
  /** The highest number in the feed, 0 when it is empty. Consistent. */
  lastFeedNumber(accountId: string): Promise<number>;
  /** False if that number is taken. */
  appendToFeed(accountId: string, entry: FeedEntry): Promise<boolean>;
  removeAll(accountId: string): Promise<void>;
}
