/** The exports of the product that the proof runs. Mutants are bundles of this file with a changed source. */

export { openSession } from '../../functions/core/access/session.ts';
export {
  confirmUnlocked,
  existing,
  markForRemoval,
  pauseAccount,
  permitResend,
  replacePassword,
  resumeAccount,
  syncNow,
} from '../../functions/core/admin/accounts.ts';
export { addAccount } from '../../functions/core/admin/add-account.ts';
export { Problem } from '../../functions/core/base/problem.ts';
export { Secret } from '../../functions/core/base/secret.ts';
export { MarketplaceFault } from '../../functions/core/faults/fault.ts';
export { isStop } from '../../functions/core/faults/own-stop.ts';
export { notifyPeople } from '../../functions/core/notices/notify.ts';
export { plan } from '../../functions/core/run/plan.ts';
export { runAccount } from '../../functions/core/run/run.ts';
export { versionedLogins } from '../../functions/webapi/versionkeys.ts';
