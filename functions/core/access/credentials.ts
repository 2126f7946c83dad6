import type { Account } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import { hasUntriedStagedVersion } from '../account/connection.ts';
import { complaintAboutPassword } from '../account/password-complaint.ts';
import * as to from '../account/transitions.ts';
import { SECOND } from '../base/time.ts';
import { OwnStop } from '../faults/own-stop.ts';
import type { PreparedLogin } from '../marketplace/access.ts';
import { type LogInDeps, reread } from './job.ts';
import type { SecretVersion } from './password-store.ts';
import { withTroubles } from './troubles.ts';

/**
 * Makes an accepted version current that is not yet, before any login. A worker may have died between the
 * two.
 */
export async function finishPromotion(deps: LogInDeps, account: Account): Promise<Account> {
  if (account.promoteVersion === undefined) return account;
  await promote(deps, account, account.promoteVersion);
  return await reread(deps, account.accountId);
}

/**
 * Moves the label from a version that was in use or is judged. A version that a person has rotated meanwhile
 * stays current.
 */
export async function promote(deps: LogInDeps, account: Account, version: string): Promise<void> {
  const { accountId, promoteFrom, verdicts } = account;
  const current = (await deps.passwords.readCurrent(accountId))?.version;
  const known = current !== undefined && (current === promoteFrom || verdicts[current] !== undefined);
  if (known && current !== version) await deps.passwords.promote(accountId, { version, from: current });
  await amend(deps, accountId, { to: to.promoted(version) });
}

/**
 * The password to send. Read anew for every login, so that a rotation reaches every worker first, and checked
 * like a typed one, because people edit secrets by hand. Throws OwnStop.
 */
export async function passwordToTry(deps: LogInDeps, account: Account): Promise<SecretVersion> {
  const password =
    account.stagedVersion !== undefined && hasUntriedStagedVersion(account)
      ? await deps.passwords.readVersion(account.accountId, account.stagedVersion)
      : await passwordInUse(deps, account);
  if (password === undefined) throw new OwnStop('password-missing');
  const complaint = complaintAboutPassword(password.value.reveal(), deps.marketplace.settings);
  if (complaint !== undefined) throw new OwnStop('password-unfit', { code: complaint.code });
  return password;
}

/**
 * The current version. If it was judged before the version in use was accepted, the reading was stale or the
 * label was not moved yet, and the version in use is read by its id.
 */
async function passwordInUse(deps: LogInDeps, account: Account): Promise<SecretVersion | undefined> {
  const { accountId, currentVersion, verdicts } = account;
  const current = await deps.passwords.readCurrent(accountId);
  if (current === undefined || current.version === currentVersion) return current;
  const judged = verdicts[current.version];
  const inUse = verdicts[currentVersion];
  if (judged === undefined || inUse?.outcome !== 'accepted') return current;
  if (judged.outcome === 'accepted' && judged.atMillis >= inUse.atMillis) return current;
  return (await deps.passwords.readVersion(accountId, currentVersion)) ?? current;
}

/** Time-out for preparing a login. */
const PREPARING_TIMEOUT = 15 * SECOND;

/**
 * Prepares a login with this key, from the driver's cache or, with `fresh`, by asking the marketplace with the key
 * alone. Throws Stop.
 */
export async function preparedLogin(
  deps: LogInDeps,
  { keyId, fresh }: { keyId: string; fresh: boolean },
): Promise<PreparedLogin> {
  const [key, integrationKey] = await Promise.all([deps.keys.read(keyId), deps.keys.readSecret(keyId)]);
  if (key === undefined || integrationKey === undefined) throw new OwnStop('key-missing');
  const { access } = deps.marketplace;
  const options = { timeoutMillis: PREPARING_TIMEOUT };
  return await withTroubles(deps, {
    keyId,
    question: () => access.prepareLogin({ integrationKey, fresh }, options),
  });
}
