import type { Fingerprint } from '../account/account.ts';
import type { LeftMemory } from '../account/memory.ts';
import type { EpochMillis } from '../base/time.ts';
import type { FaultReason } from '../faults/fault.ts';

export type LoginReason = 'first' | 'new-password' | 'renewal' | 'no-handle' | 'session-ended';

/** One line of the ledger: when, why, how it ended, who, from where; never the secret. */
export interface LedgerEntry {
  readonly attemptId: string;
  readonly version: string;
  readonly atMillis: EpochMillis;
  /** Sorts the entries of an account; later than that of each before, whatever the clocks say. Absent: `atMillis`. */
  readonly placeMillis?: EpochMillis;
  readonly why: LoginReason;
  readonly worker: string;
  readonly egressId: string;
  /** Of the password. */
  readonly print?: Fingerprint;
  /** Absent while nobody knows. */
  readonly outcome?: 'accepted' | FaultReason;
  /** The marketplace's own code, where it gave one. */
  readonly code?: string;
  readonly endedAtMillis?: EpochMillis;
}

/**
 * What was tried, written before it is sent. Rows are kept 90 days. What guards the account is on the account, and is
 * made up from here where a restored table knows less.
 */
export interface Ledger {
  open(accountId: string, entry: LedgerEntry): Promise<void>;
  close(
    accountId: string,
    end: Required<Pick<LedgerEntry, 'attemptId' | 'atMillis' | 'outcome' | 'endedAtMillis'>> &
      Pick<LedgerEntry, 'placeMillis' | 'code'>,
  ): Promise<void>;
  /** The newest entries first. Consistent. */
  newest(
    accountId: string,
    page: { limit: number; after?: string | undefined },
  ): Promise<{ entries: LedgerEntry[]; next?: string | undefined }>;
  removeAll(accountId: string): Promise<void>;
}

/** What is claimed: a login, by a keyed hash of its text, or a seller, by user id; at a marketplace, by its identity. */
export interface ClaimName {
  readonly kind: 'login' | 'seller';
  readonly identity: string;
  readonly key: string;
}

/** Who has a login or a seller, and what guards it beyond the life of an account. */
export interface Claim {
  /** Grows with every write. */
  readonly revision: number;
  /** The account that has it; absent while none does. */
  readonly accountId?: string | undefined;
  /** When it was taken, or left. */
  readonly atMillis: EpochMillis;
  /** What the account that left it last knew; it stays until the next owner leaves something newer. */
  readonly memory?: LeftMemory | undefined;
  /** On a login: the seller whom it turned out to be, on whose claim the memory is kept. */
  readonly userId?: string | undefined;
  /** When it may be forgotten; absent while it has an owner. */
  readonly keptUntilMillis?: EpochMillis | undefined;
}

/** Claims outlive their accounts: what guards a login must not be gone when its account is removed. */
export interface ClaimStore {
  /** Consistent. */
  read(name: ClaimName): Promise<Claim | undefined>;
  /** Only if the stored claim still has the revision before this one; the first has revision 1. */
  write(name: ClaimName, claim: Claim): Promise<boolean>;
}
