import type { Account } from '../account/account.ts';
import type { AccountStore } from '../account/store.ts';
import { OwnStop } from '../faults/own-stop.ts';
import type { ClaimDeps } from './claims.ts';
import type { Ledger, LoginReason } from './login-log.ts';
import type { PasswordStore, TakeFingerprints } from './password-store.ts';
import type { PersistDeps } from './persist.ts';
import type { SessionStore } from './session-store.ts';
import type { TroubleDeps } from './troubles.ts';

export interface LogInDeps extends TroubleDeps, PersistDeps, Pick<ClaimDeps, 'claims' | 'loginKey'> {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly passwords: PasswordStore;
  readonly ledger: Ledger;
  /** Takes keyed fingerprints, which reveal nothing of the password. */
  readonly fingerprint: TakeFingerprints;
  readonly newId: () => string;
  /** Name of this process in the login log. */
  readonly worker: string;
}

/** An account to be logged in, under the lease of this worker. */
export interface Job {
  readonly account: Account;
  readonly leaseToken: string;
  readonly why: LoginReason;
}

/** The account in its present state. Throws OwnStop if it is gone. */
export async function reread(deps: LogInDeps, accountId: string): Promise<Account> {
  const account = await deps.accounts.read(accountId);
  if (account === undefined) throw new OwnStop('login-in-progress');
  return account;
}
