import { leaveClaims } from '../access/claims.ts';
import type { AccessDoors } from '../access/session.ts';
import { type Account, CREATION_TIME } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import { CLOCK_SKEW } from '../account/login-limits.ts';
import { removing } from '../account/requests.ts';
import type { AccountStore } from '../account/store.ts';
import type { Transition } from '../account/transitions.ts';
import { type EpochMillis, plus } from '../base/time.ts';
import type { SendingStore } from '../delivery/store.ts';
import type { JournalStore } from '../ingest/store.ts';
import type { OfferStore } from '../offers/store.ts';
import type { OrderStore } from '../orders/store.ts';

export interface RemoveDeps extends AmendDeps {
  readonly accounts: AccountStore;
  readonly access: Pick<AccessDoors, 'sessions' | 'passwords' | 'ledger' | 'claims' | 'loginKey'>;
  readonly orders: Pick<OrderStore, 'removeAll'>;
  readonly journal: Pick<JournalStore, 'removeAll'>;
  readonly offers: Pick<OfferStore, 'removeAll'>;
  readonly sending: Pick<SendingStore, 'removeAccount'>;
  /** The identity of a marketplace; its id where it is not configured any more. */
  readonly identityOf: (marketplaceId: string) => string;
}

export const isAbandoned = (account: Account, now: EpochMillis): boolean =>
  account.phase === 'creating' && now >= plus(account.createdAtMillis, CREATION_TIME);

/**
 * Removes everything that belongs to the account, its row last, so that a crash leaves it due again. What guards
 * its login stays with the claims, so that adding the seller again does not begin to count anew.
 * Waits for a login under way, because that could still store a handle.
 */
export async function removeAccount(
  deps: RemoveDeps,
  use: { account: Account; claimToken: string },
): Promise<'removed' | 'stopped'> {
  const { claimToken } = use;
  const { accountId } = use.account;
  const now = deps.clock();
  const account = await amend(deps, accountId, { to: takenForRemoval({ claimToken, now }) });
  if (account === undefined) return 'stopped';
  if (account.claimToken !== claimToken) return 'stopped';
  await deps.access.passwords.remove(accountId);
  await deps.orders.removeAll(accountId);
  await deps.journal.removeAll(accountId);
  await deps.offers.removeAll(accountId);
  await deps.sending.removeAccount(accountId);
  await deps.access.ledger.removeAll(accountId);
  await leaveMemory(deps, accountId);
  // Last, because a worker that rested for long may store its handle meanwhile.
  await deps.access.sessions.remove(accountId);
  await deps.accounts.remove(accountId, claimToken);
  return 'removed';
}

/** An answer to a login may arrive until the row is gone: what it taught the row is left behind too. */
async function leaveMemory(deps: RemoveDeps, accountId: string): Promise<void> {
  let account = await deps.accounts.read(accountId);
  for (let left: Account | undefined; account !== undefined && account.revision !== left?.revision; ) {
    left = account;
    await leaveClaims(
      { ...deps, ...deps.access },
      { account, identity: deps.identityOf(account.marketplaceId) },
    );
    account = await deps.accounts.read(accountId);
  }
}

/** From here on no login begins; one under way may still save its result, until its lease is over. */
const takenForRemoval =
  (use: { claimToken: string; now: EpochMillis }): Transition =>
  (account) => {
    if (account.claimToken !== use.claimToken) return undefined;
    const busyUntil = account.leaseToken === undefined ? undefined : account.leaseUntilMillis;
    const freeAt = busyUntil === undefined ? use.now : plus(busyUntil, CLOCK_SKEW);
    const waits = freeAt > use.now && { claimToken: undefined, claimUntilMillis: undefined };
    return { ...removing(freeAt)(account), ...waits };
  };
