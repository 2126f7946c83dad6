import { completeFromClaims, leaveClaims } from '../access/claims.ts';
import type { AccessDoors } from '../access/session.ts';
import { type Account, CREATION_TIME } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import { leaseHeldUntil } from '../account/clocks.ts';
import { CLOCK_SKEW } from '../account/login-limits.ts';
import { removing } from '../account/requests.ts';
import type { AccountStore } from '../account/store.ts';
import type { Transition } from '../account/transitions.ts';
import { type EpochMillis, epochMillis, hasToWait, MINUTE, plus } from '../base/time.ts';
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
  readonly sending: Pick<SendingStore, 'removeDeliveries'>;
  /** The identity of a marketplace; its id if it is not configured any more. */
  readonly identityOf: (marketplaceId: string) => string;
}

/**
 * Time after which no write of a killed worker can arrive any more: it is ended after two minutes, and the store takes
 * no request that was signed more than five minutes ago.
 */
const LATE_WRITES = 10 * MINUTE;

export const isAbandoned = (account: Account, now: EpochMillis): boolean =>
  account.phase === 'creating' && now >= plus(account.createdAtMillis, CREATION_TIME);

/**
 * Removes everything of the account, its row last, so that the account is due again after a crash. The facts
 * that guard its login stay with the claims, so that adding the seller again does not start the counters
 * anew. Waits for a login under way, which could still store a session, and for late writes of a worker that was killed
 * while it stored orders, which could bring rows of the account back.
 */
export async function removeAccount(
  deps: RemoveDeps,
  removal: { account: Account; claimToken: string },
): Promise<'removed' | 'stopped'> {
  const { claimToken } = removal;
  const { accountId, marketplaceId, login } = removal.account;
  // The row of a creation that was cut off may know less than the claims, whose memory it is about to replace.
  if (removal.account.phase === 'creating')
    await completeFromClaims(
      { ...deps, ...deps.access },
      { accountId, identity: deps.identityOf(marketplaceId), login },
    );
  const now = deps.clock();
  const account = await amend(deps, accountId, { to: takenForRemoval({ claimToken, now }) });
  if (account === undefined) return 'stopped';
  if (account.claimToken !== claimToken) return 'stopped';
  await deps.access.passwords.remove(accountId);
  await deps.orders.removeAll(accountId);
  await deps.journal.removeAll(accountId);
  await deps.offers.removeAll(accountId);
  await deps.sending.removeDeliveries(accountId);
  await deps.access.ledger.removeAll(accountId);
  await leaveMemory(deps, accountId);
  // The session comes last, because a slow worker may store one meanwhile.
  await deps.access.sessions.remove(accountId);
  await deps.accounts.remove(accountId, claimToken);
  return 'removed';
}

/**
 * Leaves the memory of the row to the claims, again if an answer to a login has changed the row meanwhile.
 */
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

/**
 * The end of the wait for late writes, which begins where a killed worker has left a batch; undefined if it is over.
 */
function lateWritesUntil(account: Account, now: EpochMillis): EpochMillis | undefined {
  const isLeft = account.batch !== undefined;
  const { lateWritesUntilMillis: until = isLeft ? plus(now, LATE_WRITES) : undefined } = account;
  return hasToWait(until, { now, atMost: LATE_WRITES }) ? until : undefined;
}

/**
 * Marks the removal, after which no login begins. A login under way may save its result until its lease ends.
 */
const takenForRemoval =
  ({ claimToken, now }: { claimToken: string; now: EpochMillis }): Transition =>
  (account) => {
    if (account.claimToken !== claimToken) return undefined;
    const busyUntil = leaseHeldUntil(account, now);
    const loginEnds = busyUntil === undefined ? now : plus(busyUntil, CLOCK_SKEW);
    const writesUntil = lateWritesUntil(account, now);
    const freeAt = epochMillis(Math.max(loginEnds, writesUntil ?? now));
    const waits = freeAt > now && {
      claimToken: undefined,
      claimUntilMillis: undefined,
      leaseUntilMillis: busyUntil,
      batch: undefined,
      lateWritesUntilMillis: writesUntil,
    };
    return { ...removing(freeAt)(account), ...waits };
  };
