import type { Errand } from '../account/work-queue.ts';
import { tellAgain } from '../feed/resend.ts';
import { type ClaimDeps, type Claimed, claimAccount } from './claimed.ts';
import { type EraseDeps, eraseBuyers, forgetErasures } from './erase.ts';
import { type RepairOutcome, repairOrder } from './repair.ts';
import { eraseOld, type RetentionDeps } from './retention.ts';
import type { WorkDeps } from './work.ts';

export type ErrandDeps = WorkDeps & ClaimDeps & EraseDeps & RetentionDeps;

/**
 * Carries out a piece of work that was requested, under the claim. `busy`: another worker holds the claim, and the
 * errand has to be tried again. The last slot and the due time of the account stay. Trouble with the marketplace is
 * handled here; only trouble of our own stores is thrown.
 */
export async function runErrand(
  deps: ErrandDeps,
  errand: Errand,
): Promise<RepairOutcome | 'stopped' | 'gone' | 'busy'> {
  const { accountId } = errand;
  const claimed = await claimAccount(deps, { accountId });
  if (claimed === 'gone') {
    if (errand.why === 'erase') await forgetErasures(deps, accountId);
    return 'gone';
  }
  if (typeof claimed === 'string') return 'busy';
  const { phase } = claimed.account;
  try {
    if (phase === 'removing') return 'stopped';
    await claimed.recover();
    if (phase !== 'active' && errand.why === 'repair') return 'stopped';
    return await carryOutErrand(deps, claimed, errand);
  } finally {
    await claimed.release();
  }
}

async function carryOutErrand(deps: ErrandDeps, claimed: Claimed, errand: Errand): Promise<RepairOutcome> {
  if (errand.why === 'repair') return await repairOrder(deps, claimed, errand);
  if (errand.why === 'resend') await tellAgain({ ...deps, rows: claimed.rows }, errand);
  else if (errand.why === 'erase') await eraseBuyers(deps, claimed);
  else await eraseOld(deps, claimed);
  return 'done';
}
