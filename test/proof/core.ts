/** Everything of the product that is put under proof; mutants are bundles of this same file. */

export {
  confirmUnlocked,
  existing,
  pauseAccount,
  permitResend,
  removeAccount,
  replacePassword,
  resumeAccount,
  syncNow,
} from '../../functions/core/accounts.ts';
export { addAccount } from '../../functions/core/add-account.ts';
export { MarketplaceFault } from '../../functions/core/faults.ts';
export { Problem } from '../../functions/core/problems.ts';
export { Secret } from '../../functions/core/secret.ts';
export { openSession } from '../../functions/core/session/session.ts';
export { plan } from '../../functions/core/sync/plan.ts';
export { runAccount } from '../../functions/core/sync/run.ts';
export { tellPeople } from '../../functions/core/tell.ts';
