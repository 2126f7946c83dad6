import type { Account, AccountChanges, SyncFacts } from './account.ts';
import type { FaultReason } from './faults.ts';
import type { OrderContent, OrderId, Purchase } from './order.ts';
import type { Secret } from './secret.ts';
import type { SharedTrouble } from './session/state.ts';
import type { EpochMillis } from './time.ts';

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

/** The account item. Every conditional write answers undefined (or false) when its condition does not hold. */
export interface AccountStore {
  /** Consistent. */
  read(accountId: string): Promise<Account | undefined>;
  /** The account as it is after the write. */
  amend(accountId: string, amendment: Amendment): Promise<Account | undefined>;
  claim(
    accountId: string,
    claim: Held & { slotMillis: EpochMillis; nowMillis: EpochMillis },
  ): Promise<Account | 'gone' | 'busy' | 'stale'>;
  /** Only under the claim. */
  saveCursor(
    accountId: string,
    save: { claimToken: string } & Pick<
      SyncFacts,
      'cursor' | 'connectedAtMillis' | 'firstCursor' | 'badOrders'
    >,
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
  /** The session and what is the matter with its key and address, in one request. Consistent. */
  readWithTroubles(
    accountId: string,
    shared: readonly Shared[],
  ): Promise<{ session?: Session; troubles: readonly Trouble[] }>;
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

/** The version that is current at the source, without its value. */
export interface PasswordVersions {
  current(accountId: string): Promise<string | undefined>;
}

/** Application passwords, as `work` sees them. */
export interface PasswordStore {
  readCurrent(accountId: string): Promise<SecretVersion | undefined>;
  readVersion(accountId: string, version: string): Promise<SecretVersion | undefined>;
  /** Makes `version` current if `from` still is; leaves alone what a person has rotated meanwhile. */
  promote(accountId: string, move: { version: string; from: string }): Promise<void>;
  remove(accountId: string): Promise<void>;
}

/** What several accounts share, and may be in trouble together. */
export interface Shared {
  readonly kind: 'webapi-key' | 'egress' | 'marketplace';
  readonly name: string;
}

export interface Trouble extends Shared {
  readonly trouble: SharedTrouble;
}

/** Trouble that is stored once, where it belongs, and ended by one successful probe. */
export interface TroubleStore {
  /** `endedAtMillis` tells when the last trouble was over. */
  read(shared: Shared): Promise<{ trouble?: SharedTrouble; endedAtMillis?: EpochMillis }>;
  /** The first to report it sets its beginning. */
  record(shared: Shared, trouble: SharedTrouble): Promise<void>;
  /** Elects one prober: true for exactly one caller per `expectedMillis`. */
  takeProbe(
    shared: Shared,
    probe: { expectedMillis: EpochMillis; nextMillis: EpochMillis },
  ): Promise<boolean>;
  end(shared: Shared, endedAtMillis: EpochMillis): Promise<void>;
}

/** Trouble that began, or is over, and that people do not know of yet. */
export interface SharedNews extends Trouble {
  readonly over: boolean;
}

export interface TroubleNews {
  /** Trouble that was not told since then, and ends that were not told at all. */
  list(untoldSinceMillis: EpochMillis): Promise<SharedNews[]>;
  told(news: SharedNews, toldAtMillis: EpochMillis): Promise<void>;
}

/** A registered WebAPI key, without the key itself. */
export interface WebapiKey {
  readonly keyId: string;
  readonly label: string;
  readonly createdAtMillis: EpochMillis;
  readonly trouble?: SharedTrouble;
  /** Its secret is not stored yet; a registration that was cut off leaves it so. */
  readonly incomplete?: boolean;
  readonly versionKeys: Readonly<Record<string, string>>;
}

export interface KeyStore {
  read(keyId: string): Promise<WebapiKey | undefined>;
  readSecret(keyId: string): Promise<Secret | undefined>;
  saveVersionKey(keyId: string, cached: { marketplaceId: string; versionKey: string }): Promise<void>;
}

export type LoginReason = 'first' | 'new-password' | 'renewal' | 'no-handle' | 'session-ended';

/** One line of the ledger: when, why, how it ended, who, from where; never the secret. */
export interface LedgerEntry {
  readonly attemptId: string;
  readonly version: string;
  readonly atMillis: EpochMillis;
  readonly why: LoginReason;
  readonly worker: string;
  readonly egressId: string;
  /** Absent while nobody knows. */
  readonly outcome?: 'accepted' | FaultReason;
  /** The marketplace's own code, where it gave one. */
  readonly code?: string;
  readonly endedAtMillis?: EpochMillis;
}

/** What was tried, written before it is sent. Rows are kept 90 days; what guards the account is on the account. */
export interface Ledger {
  open(accountId: string, entry: LedgerEntry): Promise<void>;
  close(
    accountId: string,
    end: Required<Pick<LedgerEntry, 'attemptId' | 'atMillis' | 'outcome' | 'endedAtMillis'>> & {
      code?: string;
    },
  ): Promise<void>;
  removeAll(accountId: string): Promise<void>;
}

export interface KeyAdmin {
  read(keyId: string): Promise<WebapiKey | undefined>;
  list(): Promise<WebapiKey[]>;
  create(key: WebapiKey): Promise<void>;
  createSecret(keyId: string, key: Secret): Promise<void>;
  /** The secret is stored: the key can be used. */
  complete(keyId: string): Promise<boolean>;
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

/** What a registration that was cut off has left. */
export interface KeySweep {
  incomplete(): Promise<WebapiKey[]>;
  /** The secret first, then the row, if it is incomplete still. */
  remove(keyId: string): Promise<void>;
}

/** A login is one account's at a marketplace. */
export interface LoginClaims {
  /** Undefined if it is (now) this account's, else its owner. */
  claimLogin(claim: LoginClaim): Promise<{ accountId: string; atMillis: EpochMillis } | undefined>;
  takeOverLogin(claim: LoginClaim & { from: string }): Promise<boolean>;
}

/** Who owns what must be unique: a login, and a seller's user id, at a marketplace. */
export interface ClaimStore {
  /** Whose it is now: this account's, or the one that had it before. */
  claimSeller(marketplaceId: string, owner: { userId: string; accountId: string }): Promise<string>;
  releaseAll(account: Account): Promise<void>;
}

export interface WorkMessage {
  readonly accountId: string;
  /** When it was due: tells a late copy from news. */
  readonly slotMillis: EpochMillis;
  readonly why: 'due' | 'now' | 'follow-on' | 'repair';
  /** The order to read again, of a `repair`. */
  readonly orderId?: OrderId | undefined;
}

export interface DueEntry {
  readonly accountId: string;
  readonly dueAtMillis: EpochMillis;
}

/** The sparse index of accounts with something to tell or to remind of: a hint, eventually consistent. */
export interface TellIndex {
  pages(byMillis: EpochMillis): AsyncIterable<readonly { readonly accountId: string }[]>;
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

/** Why an order could not be stored; an outage is none of these. */
export type BadOrderReason = 'form-missing' | 'form-unreadable' | 'refused' | 'row-too-large';

/** An order that could not be stored, and how often that was tried. */
export interface BadOrder {
  readonly orderId: OrderId;
  readonly reason: BadOrderReason;
  /** Which field, or the marketplace's code; never a value. */
  readonly detail: string;
  /** Of a deal: what to ask for. */
  readonly purchase?: Purchase;
  readonly firstAtMillis: EpochMillis;
  readonly lastAtMillis: EpochMillis;
  /** Runs in which it failed. */
  readonly tries: number;
  /** From then on the cursor moves over it. */
  readonly setAsideAtMillis?: EpochMillis;
}

/** What became of the journal's events beside the orders: those that failed, and those that are done with. */
export interface JournalStore {
  /** Consistent. */
  badOrders(accountId: string): Promise<BadOrder[]>;
  putBadOrder(accountId: string, bad: BadOrder): Promise<void>;
  removeBadOrder(accountId: string, orderId: OrderId): Promise<void>;
  /** Notes events, ascending by id, as done with. Kept for as long as any journal is. `late`: they stood between others. */
  markSeen(accountId: string, eventIds: readonly string[], options?: { late: boolean }): Promise<void>;
  /** Of the events from `first` to `last`, those that are done with; one left out costs a reading, no more. */
  seen(accountId: string, range: { first: string; last: string }): Promise<ReadonlySet<string>>;
  removeAll(accountId: string): Promise<void>;
}

/** The feed as its readers see it. */
export interface FeedReader {
  /** Entries from this number on, ascending. Consistent. */
  entries(accountId: string, page: { from: number; limit: number }): Promise<FeedEntry[]>;
}

/** Which orders changed in a stretch of time; read for sending them again. */
export interface OrderHistory {
  /** One page of rows that were ever shown; `toMillis` is the first moment that is not asked for any more. */
  changedBetween(
    accountId: string,
    page: { fromMillis: EpochMillis; toMillis: EpochMillis; limit: number; after?: string | undefined },
  ): Promise<{ orders: Pick<OrderRow, 'orderId' | 'revision'>[]; next?: string | undefined }>;
}

/** A reader of one account's feed that says how far it has come. */
export interface Consumer {
  readonly name: string;
  /** All entries up to this number are acknowledged. */
  readonly number: number;
  readonly acknowledgedAtMillis: EpochMillis;
}

export interface ConsumerStore {
  /** Consistent. */
  read(accountId: string, name: string): Promise<Consumer | undefined>;
  list(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ consumers: Consumer[]; next?: string | undefined }>;
  /** Writes what was acknowledged; what would go backwards is left out unless `back` is set. */
  move(accountId: string, consumer: Consumer, options: { back: boolean }): Promise<void>;
}

/** The accounts that have a feed to follow: all but those that are being removed. */
export interface FollowedAccounts {
  list(): Promise<string[]>;
  /** Consistent. */
  has(accountId: string): Promise<boolean>;
}
