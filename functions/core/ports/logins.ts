import type { Account } from '../account.ts';
import type { FaultReason } from '../faults.ts';
import type { EpochMillis } from '../time.ts';

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
  /** Whose it is now: this account's, or the one that had it before. */
  claimSeller(marketplaceId: string, owner: { userId: string; accountId: string }): Promise<string>;
  releaseAll(account: Account): Promise<void>;
}
