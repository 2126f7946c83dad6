import { HOUR, MINUTE, SECOND } from '../../../functions/core/base/time.ts';
import type { Attempt } from '../attempt.ts';
import type { Row } from '../doors/accounts.ts';
import type { Seller } from '../market.ts';
import { type Process, TIME_OUT } from '../process.ts';
import { type AccountLog, isInFlight, newLog } from './log.ts';
import type { Watch } from './watch.ts';

interface Sending {
  readonly process: Process;
  readonly seller: Seller;
  readonly password: string;
  readonly versionKey: string | undefined;
  readonly deadline: number;
}

interface Known extends Sending {
  readonly log: AccountLog;
  readonly row: Row | undefined;
  readonly attempt: Attempt;
}

/** Largest difference of two clocks. */
const SKEW = 30 * SECOND;
/** Duration of a login while the marketplace is slow. */
const SLOWEST = 35 * SECOND;

/**
 * Renewal begins ten minutes before the end at the earliest, plus the difference of clocks and of starting
 * times.
 */
const RENEWED_WITHIN = 13 * MINUTE;

/** Longest time between an attempt's own time and its note, plus the difference of two clocks. */
const LATEST = 70 * SECOND + SKEW;

/** Checks everything that has to be true when a login leaves. */
export function checkSending(watch: Watch, sending: Sending): Attempt {
  const { process } = sending;
  const { opened, begun } = process.notes;
  const accountId = opened?.accountId ?? '?';
  const row = watch.world.store.rows.get(accountId);
  const log = watch.logs.get(accountId) ?? newLog({ accountId, login: '?' } as Row);
  const attempt = attemptOf(watch, { ...sending, accountId });
  const { version } = attempt;
  watch.world.trace(process, () => `sends a login with ${version} = ${sending.password}`);
  if (opened === undefined || begun === undefined || begun !== opened.attemptId || opened.version !== version)
    watch.violate('2 written before it is sent', `p${process.id} sends ${version} unannounced`);
  if (!watch.lenient) checkRules(watch, { ...sending, log, row, attempt });
  const { seller } = sending;
  const otherNames = [...watch.logs.values()].some(
    (one) => one.login !== log.login && watch.world.sellerOf(one.login) === seller,
  );
  if (
    row?.userId === undefined &&
    process.notes.askedSellerUnder !== process.notes.leaseToken &&
    !watch.lenient
  )
    watch.violate(
      '13 asked who has the login',
      `p${process.id} logs ${log.login} in without asking whose it is`,
    );
  if (row?.userId === undefined && otherNames) watch.unnamed.add(seller.index);
  log.attempts.push(attempt);
  log.suspects.add(attempt);
  log.sent.add(attempt);
  return attempt;
}

function attemptOf(watch: Watch, sending: Sending & { accountId: string }): Attempt {
  const { process, accountId, seller, password, versionKey, deadline } = sending;
  const { notes } = process;
  return {
    process,
    accountId,
    seller,
    version: notes.password?.version ?? '?',
    password,
    versionKey,
    begunAt: notes.begunAt ?? watch.now,
    sentAt: watch.now,
    deadline,
    asked: notes.asked === true,
  };
}

function checkRules(watch: Watch, known: Known): void {
  checkLease(watch, known);
  checkNeed(watch, known);
  checkPassword(watch, known);
  checkTroubles(watch, known);
  checkRepetition(watch, known);
  checkBudget(watch, known);
  checkCap(watch, known);
  checkUnlocked(watch, known);
}

function checkLease(watch: Watch, { process, log, row, deadline }: Known): void {
  const { leaseToken, leaseUntil } = process.notes;
  const other = [...watch.logs.values()]
    .filter(({ login }) => login === log.login)
    .flatMap(({ attempts }) => attempts.filter((attempt) => isInFlight(attempt, watch.now)));
  if (other.length > 0) watch.violate('4 one login at a time', `p${other[0]?.process.id} has one under way`);
  if (row !== undefined && (leaseToken === undefined || row.leaseToken !== leaseToken))
    watch.violate('4 only the holder logs in', `p${process.id} does not hold the lease`);
  const clock = watch.now + process.skewMillis;
  if (deadline + process.skewMillis + SKEW > (leaseUntil ?? 0))
    watch.violate('4 time is left for the reply', `the lease ends in ${(leaseUntil ?? 0) - clock} ms`);
  const functionEnds = process.startedAt + TIME_OUT[process.kind];
  if (deadline - watch.now < SLOWEST && functionEnds - watch.now > 2 * SLOWEST)
    watch.violate(
      '3 a slow marketplace is waited for',
      `p${process.id} waits for ${deadline - watch.now} ms`,
    );
}

/** Checks that the password in use is not proven again while its handle lives. */
function checkIsNew(watch: Watch, { process, log, row, attempt, password }: Known): void {
  const { sessions, vaults } = watch.world.store;
  const inUse = row === undefined ? undefined : vaults.get(log.accountId)?.versions.get(row.currentVersion);
  const accepted = row?.verdicts[row.currentVersion]?.outcome === 'accepted';
  const handle = sessions.get(log.accountId)?.handle.reveal();
  const until = attempt.seller.handles.find((one) => one.handle === handle)?.until ?? 0;
  const wasThere = (watch.savedAt.get(log.accountId) ?? 0) < (process.notes.sessionReadAt ?? 0);
  const lives = until - watch.now > RENEWED_WITHIN && process.egressId === 'unpinned';
  if (accepted && inUse === password && lives && wasThere)
    watch.violate('1 a handle that works is used', `p${process.id} proves ${attempt.version} again`);
}

/** Checks that the password sent is the one in use, and a text that a marketplace can have issued. */
function checkPassword(watch: Watch, { process, row, password, attempt }: Known): void {
  if (password !== password.trim())
    watch.violate('12 nothing that was edited by hand is sent', `p${process.id} sends ${attempt.version}`);
  // A person has asked for this version, so it is sent once even if it was refused.
  if (process.notes.staged === true) return;
  const inUse = row?.verdicts[row.currentVersion];
  const sent = row?.verdicts[attempt.version];
  const begun = row?.currentVersion === attempt.version ? process.notes.inUse : inUse;
  if (sent === undefined || begun?.outcome !== 'accepted' || begun.atMillis <= sent.atMillis) return;
  watch.violate('5 the password in use is sent, not an older one', `p${process.id} sends ${attempt.version}`);
}

/** Checks rules 1 and 5: the facts read after winning the lease still call for a login. */
function checkNeed(watch: Watch, known: Known): void {
  const { process, log, attempt } = known;
  const { leaseWonAt = 0, password, sessionReadAt = 0, opened } = process.notes;
  if ((password?.readAt ?? 0) < leaseWonAt)
    watch.violate('5 read again under the lease', `p${process.id} uses a password that it read before`);
  if (process.notes.staged === true) {
    checkIsNew(watch, known);
    if (watch.world.store.sessions.has(log.accountId))
      watch.saw('12 staged version tried, the old handle lives');
    return;
  }
  if (sessionReadAt < leaseWonAt && opened?.why !== 'new-password')
    watch.violate('5 read again under the lease', `p${process.id} did not look for a handle again`);
  const session = watch.world.store.sessions.get(log.accountId);
  if (session === undefined) return;
  const { market } = watch.world;
  const { now } = watch;
  const handle = session.handle.reveal();
  const live = market.isLive(attempt.seller, { handle, now, address: process.egressId });
  if (!live) return;
  const until = attempt.seller.handles.find((one) => one.handle === handle)?.until ?? 0;
  const fresh = until - now > RENEWED_WITHIN;
  if (fresh && (watch.savedAt.get(log.accountId) ?? 0) < sessionReadAt)
    watch.violate('1 a handle that works is used', `p${process.id} logs in although one is stored`);
  if (!fresh) watch.saw('1 renewal near expiry');
}

function checkTroubles(watch: Watch, { process, row, log, attempt }: Known): void {
  const doubted = watch.wronglyRefused.filter(
    ({ at, accountId }) =>
      accountId !== log.accountId && at > watch.now - 4 * MINUTE && at < watch.now - 20 * SECOND,
  );
  if (
    new Set(doubted.map(({ accountId }) => accountId)).size >= 3 &&
    !process.notes.triesForAll &&
    !attempt.asked
  )
    watch.violate('9 doubt stops the others', `p${process.id} goes on though ${doubted.length} were refused`);

  const { shunned } = process.notes;
  if (shunned.size > 0)
    watch.violate(
      '9 one probe for all',
      `p${process.id} logs in in spite of trouble at ${[...shunned].join()}`,
    );
  const clock = watch.now + process.skewMillis;
  // The attempt was permitted when it was noted; sessions that died since are known to the next one.
  const begunMillis = (process.notes.begunAt ?? watch.now) + process.skewMillis;
  const deaths = (row?.earlyDeathsMillis ?? []).filter((at) => at > clock - 6 * HOUR && at <= begunMillis);
  const last = deaths.at(-1);
  if (last === undefined || deaths.length < 3) return;
  if (clock < last + 15 * MINUTE * 2 ** Math.min(deaths.length - 3, 4))
    watch.violate('10 early deaths slow us down', `${log.accountId} had ${deaths.length}`);
}

/**
 * Checks a run's logins: a single one per lease, a second only with a fresh version key, and a single
 * relogin.
 */
function checkRepetition(watch: Watch, { process, log, versionKey }: Known): void {
  const own = log.attempts.filter((attempt) => attempt.process === process);
  const { leaseToken = '', opened, underLease } = process.notes;
  const same = underLease.get(leaseToken) ?? 0;
  underLease.set(leaseToken, same + 1);
  if (same >= 1 && own.at(-1)?.judgement !== 'preparation-stale')
    watch.violate(
      '9 a fault means what it means',
      `p${process.id} tries again after ${own.at(-1)?.judgement}`,
    );
  if (same >= 1 && own.at(-1)?.versionKey === versionKey)
    watch.violate('9 a stale version key is fetched once', `p${process.id} sends the stale one again`);
  const wasStale = [...log.sent].some(
    (attempt) => attempt.versionKey === versionKey && attempt.judgement === 'preparation-stale',
  );
  if (wasStale)
    watch.violate('9 a stale version key is sent once', `p${process.id} sends ${versionKey} again`);
  if (same >= 2) watch.violate('9 a stale version key is fetched once', `p${process.id} tries a third time`);
  if (opened?.why !== 'session-ended') return;
  process.notes.reloginLeases.add(leaseToken);
  watch.saw('10 relogin after a death');
  if (process.notes.reloginLeases.size > 1)
    watch.violate('10 one relogin in a run', `p${process.id} began a second`);
}

function checkBudget(watch: Watch, { log, attempt }: Known): void {
  const lately = log.attempts.filter(({ begunAt }) => begunAt > attempt.begunAt - HOUR + LATEST);
  if (lately.length >= 3)
    watch.violate('2 three attempts an hour', `${log.accountId} had ${lately.length} already`);
  if (lately.length === 2) watch.saw('2 budget used up');
}

function checkCap(watch: Watch, { process, log, attempt, seller }: Known): void {
  const failures = log.suspects.size + 1;
  if (failures === 3) watch.saw('2 third possible failure');
  if (failures > 3)
    watch.violate('2 never a fourth', `${log.accountId} had ${log.suspects.size} possible failures`);
  if (log.sent.size >= 3)
    watch.violate('2 no fourth login', `${log.accountId} has sent ${log.sent.size} since the last success`);
  const again = [...log.suspects].filter(({ version }) => version === attempt.version).length;
  if (again >= 2 || (!attempt.asked && failures > 2)) {
    const unclear = Math.max(0, ...[...log.suspects].map(({ sentAt }) => sentAt));
    // Attempts from before the account's own last success are no reason to wait for a person.
    const answering =
      log.succeededAt > unclear - SKEW ||
      [...watch.lettingIn].some(([index, at]) => index !== seller.index && at > unclear - SKEW);
    if (!answering && again >= 2)
      watch.violate('2 a version may fail twice at most', `${attempt.version} goes out a third time`);
    if (!answering) watch.violate('2 two, then a person', `p${process.id} goes on by itself`);
    watch.saw('3 third after another was let in');
  }
}

/** Checks that a single attempt follows an unlock, and no second of that version before it has succeeded. */
function checkUnlocked(watch: Watch, { process, log, attempt }: Known): void {
  if (log.unlockedAt <= log.succeededAt || (attempt.asked && process.notes.permitted !== true)) return;
  const before = log.attempts.filter(
    (one) => one.sentAt > log.unlockedAt && log.suspects.has(one) && one.version === attempt.version,
  );
  if (before.length > 0) watch.violate('7 one attempt after an unlock', `p${process.id} tries again`);
}
