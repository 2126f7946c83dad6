import type { Account } from '../account.ts';
import type { AccountStore, ClaimStore, OrderStore, PasswordStore, SessionStore } from '../ports.ts';
import { type Clock, type EpochMillis, MINUTE, plus, SECOND } from '../time.ts';

/** A creation that is not active by then was cut off, and is undone. */
export const CREATION_TIME = 2 * MINUTE;

/** A login under way may still save its result until its lease is over. */
const AFTER_LEASE = 30 * SECOND;

export interface RemoveDeps {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly passwords: PasswordStore;
  readonly orders: OrderStore;
  readonly claims: ClaimStore;
  readonly clock: Clock;
}

export const isAbandoned = (account: Account, now: EpochMillis): boolean =>
  account.phase === 'creating' && now >= plus(account.createdAtMillis, CREATION_TIME);

/**
 * Removes everything that belongs to the account, its row last, so that a crash leaves it due again.
 * Waits for a login under way, because that could still store a handle.
 */
export async function removeAccount(
  deps: RemoveDeps,
  use: { account: Account; claimToken: string },
): Promise<'removed' | 'stopped'> {
  const { account, claimToken } = use;
  const { accountId } = account;
  const freeAt =
    account.leaseUntilMillis === undefined ? undefined : plus(account.leaseUntilMillis, AFTER_LEASE);
  const waiting = account.leaseToken !== undefined && freeAt !== undefined && freeAt > deps.clock();
  if (
    !(await deps.accounts.beginRemoval(accountId, {
      dueAtMillis: waiting ? freeAt : deps.clock(),
      claimToken,
    }))
  ) {
    return 'stopped';
  }
  if (waiting) {
    await deps.accounts.releaseClaim(accountId, claimToken);
    return 'stopped';
  }
  await deps.sessions.remove(accountId);
  await deps.passwords.remove(accountId);
  await deps.orders.removeAll(accountId);
  await deps.claims.releaseAll(account);
  await deps.accounts.remove(accountId, claimToken);
  return 'removed';
}
