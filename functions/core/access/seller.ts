import type { Account } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import { inherited } from '../account/memory.ts';
import { SECOND } from '../base/time.ts';
import { MarketplaceFault, meaningOf } from '../faults/fault.ts';
import { OwnStop } from '../faults/own-stop.ts';
import { giveBack, isOwned, sellerClaim, takeClaim } from './claims.ts';
import type { LogInDeps } from './job.ts';
import { noteTrouble } from './troubles.ts';

const ASK_TIMEOUT = 15 * SECOND;

/**
 * The account with its seller claimed and the seller's memory taken over. Before the first login the
 * marketplace is asked for the seller; if it does not answer, the account stays as it is, and the rules hold
 * per login until the first success. Throws OwnStop `seller-connected-twice` before anything is sent. The other account
 * is not named, because it may belong to a client that the caller must not know of.
 */
export async function withSeller(deps: LogInDeps, account: Account): Promise<Account> {
  const userId = account.userId ?? (await askSeller(deps, account));
  return userId === undefined ? account : await claimSeller(deps, account, userId);
}

async function askSeller(deps: LogInDeps, account: Account): Promise<string | undefined> {
  const { marketplace } = deps;
  const { login, integrationKeyId: keyId } = account;
  const integrationKey = marketplace.access.sellerId && (await deps.keys.readSecret(keyId));
  if (integrationKey === undefined) return undefined;
  try {
    return await marketplace.access.sellerId?.({ login, integrationKey }, { timeoutMillis: ASK_TIMEOUT });
  } catch (error) {
    if (!(error instanceof MarketplaceFault)) throw error;
    await noteTrouble(deps, { keyId, error });
    // A login would meet the same trouble of key or address. Any other fault concerns this question alone.
    if (meaningOf(error.reason).scope !== 'account') throw error;
    return undefined;
  }
}

/** Claims a seller for the account and takes over the seller's memory, once. Throws OwnStop. */
export async function claimSeller(deps: LogInDeps, account: Account, userId: string): Promise<Account> {
  const { accountId } = account;
  const name = sellerClaim({ ...deps.marketplace.settings, userId });
  const claim = await takeClaim(deps, name, accountId);
  if (isOwned(claim)) throw new OwnStop('seller-connected-twice');
  const { memory } = claim;
  const isKnown = memory === undefined || account.inherited?.includes(memory.id);
  if (isKnown && account.userId === userId) return account;
  const after = await amend(deps, accountId, { to: inherited({ userId, memory }) });
  if (after !== undefined && after.phase !== 'removing') return after;
  // The row is gone, and its removal did not know of this claim.
  if (after === undefined) await giveBack(deps, name, accountId);
  throw new OwnStop('login-in-progress');
}
