import { connectionOf } from '../../../functions/core/account/connection.ts';
import { SECOND } from '../../../functions/core/base/time.ts';
import type { Vault } from '../doors/secrets.ts';
import type { Process } from '../process.ts';
import type { AccountLog } from './log.ts';
import type { Watch } from './watch.ts';
import type { Both } from './writes.ts';

/** Checks that verdicts and captcha faults are true, kept for ever, and harmless to newer facts. */
export function checkVerdicts(watch: Watch, change: Both): void {
  const { before, after, log, process, accountId } = change;
  for (const [version, verdict] of Object.entries(before.verdicts)) {
    const isKnownGood = verdict.resend === 'permitted' && isInUse(watch, { ...change, version });
    const provedGood =
      (log.resent.has(version) || isKnownGood) && after.verdicts[version]?.outcome === 'accepted';
    if (verdict.outcome === 'refused' && !provedGood && after.verdicts[version]?.outcome !== 'refused')
      watch.violate('6 a refusal is for ever', `${accountId} forgot that ${version} was refused`);
  }
  const late = before.leaseToken !== process.notes.leaseToken;
  for (const [version, verdict] of Object.entries(after.verdicts)) {
    const known = before.verdicts[version];
    // A changed permission to send the version again is no new verdict.
    if (known?.outcome === verdict.outcome && known.atMillis === verdict.atMillis) continue;
    if (verdict.outcome === 'refused' && !log.refusedAt.has(version)) log.refusedAt.set(version, watch.now);
    if (verdict.outcome === 'accepted' && known?.outcome !== 'accepted')
      log.firstAcceptedAt = sentAt(log, { version, now: watch.now }) - TWO_CLOCKS;
    if (verdict.outcome === 'accepted' && !log.attempts.some((one) => one.version === version))
      watch.saw('9 same password typed again');
    checkTruth(watch, { ...change, version, outcome: verdict.outcome });
    const value = watch.world.store.vaults.get(accountId)?.versions.get(version);
    if (verdict.outcome === 'refused' && value !== undefined) log.refusedPasswords.add(value);
    if (verdict.outcome === 'accepted' && value !== undefined) {
      log.refusedPasswords.delete(value);
      log.resentPasswords.delete(value);
    }
    const isTyped = version === before.stagedVersion || log.typed.has(version);
    if (verdict.outcome === 'refused' && isTyped && version !== before.currentVersion)
      checkOldOne(watch, change);
    if (
      late &&
      process.kind !== 'http' &&
      before.currentVersion !== version &&
      before.stagedVersion !== version
    )
      checkLateVerdict(watch, change);
  }
  if (after.lockedAtMillis !== before.lockedAtMillis && after.lockedAtMillis !== undefined)
    checkLateLock(watch, change);
}

/** Most that two clocks differ. */
const TWO_CLOCKS = 40 * SECOND;

/** Time at which the login was sent that was accepted; the present for a password that was accepted without one. */
const sentAt = ({ attempts }: AccountLog, { version, now }: { version: string; now: number }): number =>
  attempts.findLast((one) => one.version === version && one.judgement === 'accepted')?.sentAt ?? now;

/** Whether a version holds the same password as the accepted one in use. */
function isInUse(watch: Watch, { before, accountId, version }: Both & { version: string }): boolean {
  const versions = watch.world.store.vaults.get(accountId)?.versions;
  const isAccepted = before.verdicts[before.currentVersion]?.outcome === 'accepted';
  return isAccepted && versions?.get(version) === versions?.get(before.currentVersion);
}

/** Checks that the password in use goes on when a staged version is refused. */
function checkOldOne(watch: Watch, { before, after, accountId }: Both): void {
  // After an unlock that followed our own caution only typed passwords are tried, whatever is in use.
  if (connectionOf(before).state !== 'connected' || before.typedOnly === true) return;
  watch.saw('12 staged version refused, the old one in use');
  const { state } = connectionOf(after);
  if (state === 'needs-app-password')
    watch.violate('12 a refusal leaves the old one alone', `${accountId} is ${state}`);
}

/**
 * Checks that a verdict is what the marketplace said of that version, or of the same password under another
 * version.
 */
function checkTruth(watch: Watch, said: Both & { version: string; outcome: 'accepted' | 'refused' }): void {
  const { version, outcome } = said;
  // A seller's verdicts outlive the account.
  const seller = watch.world.sellerOf(said.log.login);
  const attempts = [...watch.logs.values()]
    .flatMap((log) => log.attempts)
    .filter((attempt) => attempt.seller === seller);
  const value = watch.world.store.vaults.get(said.accountId)?.versions.get(version);
  const judgement = outcome === 'accepted' ? 'accepted' : 'password-refused';
  const isTold = attempts.some(
    (attempt) =>
      attempt.judgement === judgement && (attempt.version === version || attempt.password === value),
  );
  if (!isTold && value !== undefined)
    watch.violate('6 a verdict belongs to one version', `${version} was never ${outcome}`);
  if (outcome === 'refused' && !attempts.some((attempt) => attempt.version === version))
    watch.saw('2 refused password typed again');
}

/** Checks that a late verdict changes nothing that a newer version has set. */
function checkLateVerdict(watch: Watch, { before, after, process }: Both): void {
  watch.saw('6 late verdict beside a newer version');
  const spoilt = (
    ['fault', 'lockedAtMillis', 'currentVersion', 'lastLoginAtMillis', 'possibleFailures'] as const
  ).filter((key) => before[key] !== after[key]);
  const own = before.unclearAttempts?.some(({ id }) => id === process.notes.begun) === true;
  const counted = spoilt.filter((key) => key !== 'possibleFailures' || (after[key] < before[key] && !own));
  if (counted.length > 0) watch.violate('6 a late verdict spoils nothing newer', counted.join(', '));
}

function checkLateLock(watch: Watch, { after, log, process }: Both): void {
  const heard = log.attempts
    .filter((one) => one.process === process && one.judgement === 'account-locked')
    .at(-1);
  if (heard === undefined || heard.endedAt === undefined) return;
  const newer = Math.max(log.succeededAt, log.unlockClickedAt);
  if (newer <= heard.endedAt) return;
  const history = Math.max(after.lastLoginAtMillis ?? 0, after.unlockedAtMillis ?? 0);
  if ((after.lockedAtMillis ?? 0) > history)
    watch.violate('6 a late verdict spoils nothing newer', 'an old captcha fault locks it again');
}

/** Checks that a version which becomes current was accepted, and is newer than the one before. */
export function checkPromotion(
  watch: Watch,
  {
    process,
    accountId,
    version,
    vault,
  }: { process: Process; accountId: string; version: string; vault: Vault },
): void {
  const row = watch.world.store.rows.get(accountId);
  if (row !== undefined && row.verdicts[version]?.outcome !== 'accepted')
    watch.violate('12 proven before it is current', `${version} was promoted by p${process.id}`);
  const { rotated, current } = vault;
  if (rotated?.version !== current) return;
  const tried = watch.logs.get(accountId)?.attempts.findLast((attempt) => attempt.version === version);
  if (rotated.at > (tried?.sentAt ?? 0))
    watch.violate('12 a rotation at the source stays', `${version} replaced ${current}`);
}
