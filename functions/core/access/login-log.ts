import type { Fingerprint } from '../account/account.ts';
import type { LeftMemory } from '../account/memory.ts';
import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';

export type LoginReason = 'first' | 'new-password' | 'renewal' | 'no-handle' | 'session-ended';

/** An entry of the login log: time, reason, outcome, worker and address; never the secret. */
export interface LedgerEntry {
  readonly attemptId: string;
  readonly version: string;
  readonly atMillis: EpochMillis;
  /**
   * Sort key of the account's entries, later than that of each entry before, whatever clocks say. Absent:
   * `atMillis`.
   */
  readonly placeMillis?: EpochMillis;
  readonly why: LoginReason;
  readonly worker: string;
  readonly egressId: string;
  /** Fingerprint of the password. */
  readonly print?: Fingerprint;
  /** Absent while the outcome is not known. */
  readonly outcome?: 'accepted' | FaultReason;
  /** The marketplace's own code, if it gave one. */
  readonly code?: string;
  readonly endedAtMillis?: EpochMillis;
}

/**
 * Login attempts, written before they are sent, and kept for 90 days. The facts that guard an account are on
 * the account; a restored account is completed from this log.
 */
export interface Ledger {
  open(accountId: string, entry: LedgerEntry): Promise<void>;
  close(
    accountId: string,
    end: Required<Pick<LedgerEntry, 'attemptId' | 'atMillis' | 'outcome' | 'endedAtMillis'>> &
      Pick<LedgerEntry, 'placeMillis' | 'code'>,
  ): Promise<void>;
  /** A page of entries, newest first, read consistently. */
  newest(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ entries: LedgerEntry[]; next?: string | undefined }>;
  removeAll(accountId: string): Promise<void>;
}

/**
 * Name of a claim: a login by a keyed hash of its text, or a seller by user id, at a marketplace by its
 * identity.
 */
export interface ClaimName {
  readonly kind: 'login' | 'seller';
  readonly identity: string;
  readonly key: string;
}

/** The owner of a login or a seller, and the facts that guard it beyond the life of an account. */
export interface Claim {
  /** Grows with every write. */
  readonly revision: number;
  /** The account that has the claim; absent while none does. */
  readonly accountId?: string | undefined;
  /** Time at which the claim was taken or left. */
  readonly atMillis: EpochMillis;
  /** Memory of the account that left the claim last; it stays until the next owner leaves a newer one. */
  readonly memory?: LeftMemory | undefined;
  /** On a login: its seller, on whose claim the memory is kept. */
  readonly userId?: string | undefined;
  /** Time from which the claim may be forgotten; absent while it has an owner. */
  readonly keptUntilMillis?: EpochMillis | undefined;
}

/**
 * The store of claims, which outlive their accounts: the facts that guard a login must not disappear with an
 * account.
 */
export interface ClaimStore {
  /** The claim, read consistently. */
  read(name: ClaimName): Promise<Claim | undefined>;
  /** Writes the claim if the stored one still has the revision before; the first revision is 1. */
  write(name: ClaimName, claim: Claim): Promise<boolean>;
}
