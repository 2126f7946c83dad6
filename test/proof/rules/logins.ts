import { normaliseLogin } from '../../../functions/core/account/account.ts';
import { HOUR, SECOND } from '../../../functions/core/base/time.ts';
import type { Attempt } from '../attempt.ts';
import type { Judgement } from '../market.ts';
import { type Process, TIME_OUT } from '../process.ts';
import { isInFlight } from './log.ts';
import type { Watch } from './watch.ts';

/** Records the marketplace's judgement, even if no process will hear of it. */
export function judged(
  watch: Watch,
  { attempt, judgement }: { attempt: Attempt; judgement: Judgement },
): void {
  attempt.judgement = judgement;
  watch.world.trace(attempt.process, () => `login of ${attempt.version} judged: ${judgement}`);
  if (judgement === 'preparation-stale') watch.saw('9 stale version key');
  if (judgement === 'unknown-fault') watch.saw('9 unknown fault at login');
  if (judgement === 'account-locked') watch.saw('7 captcha demanded');
  if (judgement === 'password-refused' && watch.now > attempt.deadline) watch.saw('2 failure judged late');
  const { seller } = attempt;
  if (judgement === 'accepted') watch.unnamed.delete(seller.index);
  const excused = watch.lies.has(seller.index) || watch.unnamed.has(seller.index);
  if (seller.locked && judgement === 'password-refused' && !excused)
    watch.violate('2 the marketplace never locks', `${attempt.accountId} has failed four times`);
}

export function heard(
  watch: Watch,
  { attempt, judgement }: { attempt: Attempt; judgement: Judgement | undefined },
): void {
  watch.world.trace(attempt.process, () => `hears ${judgement ?? 'nothing'}`);
  if (judgement === undefined) heardNothing(watch, attempt);
  else if (judgement === 'password-refused') heardRefusal(watch, attempt);
  else if (PROVE_INNOCENCE.has(judgement)) heardInnocence(watch, { attempt, judgement });
  else if (attempt.judgement === 'password-refused') watch.saw('2 failure behind another fault');
}

/** Answers that prove that the password did not fail. */
export const PROVE_INNOCENCE: ReadonlySet<Judgement> = new Set<Judgement>([
  'accepted',
  'preparation-stale',
  'account-locked',
  'key-refused',
  'key-rate-limited',
  'address-blocked',
]);

function heardNothing(watch: Watch, { judgement }: Attempt): void {
  if (judgement === 'password-refused') watch.saw('3 reply of a refusal lost');
  if (judgement === 'accepted') watch.saw('3 reply of a success lost');
}

function heardRefusal(watch: Watch, attempt: Attempt): void {
  const { process, accountId, version } = attempt;
  attempt.heard = true;
  process.notes.refusal = { accountId, version, password: attempt.password };
  if (isLate(watch, attempt)) watch.saw('6 refusal heard after the lease was lost');
}

function heardInnocence(
  watch: Watch,
  { attempt, judgement }: { attempt: Attempt; judgement: Judgement },
): void {
  // Later accounts of the seller know of the attempt too.
  for (const log of watch.logs.values()) {
    log.suspects.delete(attempt);
    if (judgement === 'account-locked') log.sent.delete(attempt);
  }
  const { opened } = attempt.process.notes;
  if (judgement === 'preparation-stale')
    attempt.process.notes.staleKey = { key: attempt.versionKey, at: watch.now };
  if (judgement === 'accepted' && opened !== undefined)
    attempt.process.notes.accepted = { ...opened, sentAt: attempt.sentAt };
  const log = watch.logs.get(attempt.accountId);
  if (judgement === 'account-locked') {
    attempt.process.notes.heardLock = attempt;
    if (Math.max(log?.succeededAt ?? 0, log?.unlockedAt ?? 0) > watch.now - HOUR && isLate(watch, attempt))
      watch.saw('6 late captcha fault');
  }
  if (judgement === 'accepted') {
    watch.lettingIn.set(attempt.seller.index, watch.now);
    watch.wronglyRefused = [];
  }
  if (isLate(watch, attempt)) watch.saw('4 verdict of a lost lease');
}

const isLate = ({ world }: Watch, { accountId, process }: Attempt): boolean =>
  world.store.rows.get(accountId)?.leaseToken !== process.notes.leaseToken;

export function unlockClicked(watch: Watch, accountId: string): void {
  const attempts = watch.logs.get(accountId)?.attempts ?? [];
  if (attempts.some((attempt) => isInFlight(attempt, watch.now)))
    watch.saw('7 unlock clicked while a login is under way');
}

/**
 * Rest of a lease and of an invocation in which a worker may give up writing, plus the difference of two
 * clocks.
 */
const GIVES_UP = 60 * SECOND;

/** Checks that a worker that lives on, and has time, writes down a success that it has heard. */
function checkOutcome(watch: Watch, process: Process): void {
  const { accepted } = process.notes;
  if (accepted === undefined || process.everFrozen || !process.alive) return;
  const row = watch.world.store.rows.get(accepted.accountId);
  const isCounted = row?.unclearAttempts?.some(({ id }) => id === accepted.attemptId) === true;
  const log = watch.logs.get(accepted.accountId);
  if (row?.phase === 'paused' && log?.restored === false && log.succeededAt < accepted.sentAt)
    watch.violate('9 a success is kept', `${accepted.accountId} was paused while it logged in`);
  if (row?.phase === 'paused') watch.saw('9 paused while somebody logs in');
  const hadTime =
    watch.now < accepted.sentAt + GIVES_UP &&
    watch.now < process.startedAt + TIME_OUT[process.kind] - GIVES_UP;
  if (isCounted && hadTime)
    watch.violate('9 an outcome is not lost', `p${process.id} heard that it was let in, and gave up`);
}

/** Checks that a stale version key is dropped, unless it was stored again since. */
function checkStaleKey(watch: Watch, { notes }: Process): void {
  const { staleKey, brokenStore } = notes;
  if (staleKey === undefined || brokenStore || watch.versionKeySavedAt >= staleKey.at) return;
  if (staleKey.key !== undefined && [...watch.world.store.driverCache.values()].includes(staleKey.key))
    watch.violate('9 a stale version key is dropped', `version key ${staleKey.key} is still stored`);
}

/**
 * Checks that a process has written its facts down when it ends, and has not given way to a removed account.
 */
export function ended(watch: Watch, { process, ok }: { process: Process; ok: boolean }): void {
  const { refusal, brokenStore, deadOwner, stored } = process.notes;
  checkOutcome(watch, process);
  if (ok) checkStaleKey(watch, process);
  if (ok && deadOwner !== undefined)
    watch.violate('13 a seller of nobody is free', `p${process.id} gives way to ${deadOwner}, which is gone`);
  if (ok && !brokenStore && stored !== undefined && !watch.world.store.rows.has(stored.accountId)) {
    const left = watch.world.store.sessions.get(stored.accountId)?.handle.reveal();
    if (left === stored.handle)
      watch.violate('13 removed for good', `p${process.id} leaves a handle of ${stored.accountId}`);
  }
  if (refusal === undefined || brokenStore) return;
  // Even if the account is gone, no later account of this login may try the password again.
  const login = normaliseLogin(watch.loginOf(refusal.accountId) ?? '');
  for (const log of watch.logs.values())
    if (normaliseLogin(log.login) === login) log.refusedPasswords.add(refusal.password);
  const row = watch.world.store.rows.get(refusal.accountId);
  const restored = watch.logs.get(refusal.accountId)?.restored === true;
  if (row !== undefined && !restored && row.verdicts[refusal.version]?.outcome !== 'refused')
    watch.violate('6 a refusal is for ever', `nobody wrote down that ${refusal.version} was refused`);
}
