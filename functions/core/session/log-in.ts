import type { Account, OpenAttempt } from '../account.ts';
import { MarketplaceFault, meaningOf } from '../faults.ts';
import type { Login } from '../marketplace.ts';
import type { AccountStore } from '../ports/accounts.ts';
import type { ClaimStore, Ledger, LoginReason } from '../ports/logins.ts';
import type { PasswordStore, SecretVersion } from '../ports/passwords.ts';
import type { Session, SessionStore } from '../ports/sessions.ts';
import type { Secret } from '../secret.ts';
import { type EpochMillis, MINUTE, plus } from '../time.ts';
import { amend } from './amend.ts';
import { nextFault, OwnStop } from './faults.ts';
import { type Attempt, isKnownAsRefused, mayAttempt } from './guard.ts';
import { CLOCK_SKEW, LEASE, LOGIN_TIMEOUT } from './limits.ts';
import { hasUntriedStagedVersion } from './state.ts';
import * as to from './transitions.ts';
import {
  fetchVersionKey,
  isElected,
  marketplaceOf,
  noteTrouble,
  noteUnanswered,
  type TroubleDeps,
} from './troubles.ts';
import { isUsable } from './usable.ts';

/** A handle is renewed this long before its end, at most and at least: jitter, so that accounts do not come in waves. */
const RENEW_EARLIEST = 10 * MINUTE;
const RENEW_LATEST = 5 * MINUTE;

export interface LogInDeps extends TroubleDeps {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly passwords: PasswordStore;
  readonly claims: ClaimStore;
  readonly ledger: Ledger;
  /** Keyed, so that what is stored tells nothing of the password. */
  readonly fingerprint: (password: Secret) => Promise<string>;
  readonly newId: () => string;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Names this process in the ledger. */
  readonly worker: string;
}

interface Job {
  readonly account: Account;
  readonly leaseToken: string;
  readonly why: LoginReason;
}

/**
 * Logs the account in under its login lease, or finds that somebody has done so already. At most two
 * attempts, the second only with a fresh version key. Throws MarketplaceFault when no session can be had.
 */
export async function logIn(deps: LogInDeps, use: { accountId: string; why: LoginReason }): Promise<Session> {
  const leaseToken = deps.newId();
  const account = await amend(deps, use.accountId, {
    to: to.takeLease({ token: leaseToken, now: deps.clock() }),
  });
  if (account === undefined) throw new OwnStop('login-in-progress');
  try {
    return await underLease(deps, { account, leaseToken, why: use.why });
  } finally {
    await amend(deps, use.accountId, { to: to.releaseLease(leaseToken) });
  }
}

async function underLease(deps: LogInDeps, job: Job): Promise<Session> {
  const account = await finishPromotion(deps, job.account);
  if (!hasUntriedStagedVersion(account)) {
    const session = await deps.sessions.read(account.accountId);
    if (session !== undefined && isUsable(session, deps) && deps.clock() < session.renewAtMillis)
      return session;
  }
  try {
    return await attempt(deps, { ...job, account, freshVersionKey: account.permit === true });
  } catch (error) {
    if (!(error instanceof MarketplaceFault) || error.reason !== 'version-key-stale') throw error;
    // Remembered for the next run too, where the budget allows no second try in this one.
    await keyMaterial(deps, { keyId: account.webapiKeyId, fresh: true });
    const again = await reread(deps, account.accountId);
    return await attempt(deps, { ...job, account: again, freshVersionKey: false });
  }
}

async function reread(deps: LogInDeps, accountId: string): Promise<Account> {
  const account = await deps.accounts.read(accountId);
  if (account === undefined) throw new OwnStop('login-in-progress');
  return account;
}

/** Whoever finds an accepted version that is not current yet makes it so, before any login. */
async function finishPromotion(deps: LogInDeps, account: Account): Promise<Account> {
  if (account.promoteVersion === undefined) return account;
  await promote(deps, account, account.promoteVersion);
  return await reread(deps, account.accountId);
}

/** Moves the stage from what was in use, or is judged; a version that a person has rotated meanwhile stays current. */
async function promote(deps: LogInDeps, account: Account, version: string): Promise<void> {
  const { accountId, promoteFrom, verdicts } = account;
  const current = (await deps.passwords.readCurrent(accountId))?.version;
  const known = current !== undefined && (current === promoteFrom || verdicts[current] !== undefined);
  if (known && current !== version) await deps.passwords.promote(accountId, { version, from: current });
  await amend(deps, accountId, { to: to.promoted(version) });
}

/** Read anew for every login, so that a rotation reaches every warm worker before it. */
async function passwordToTry(deps: LogInDeps, account: Account): Promise<SecretVersion> {
  const password =
    account.stagedVersion !== undefined && hasUntriedStagedVersion(account)
      ? await deps.passwords.readVersion(account.accountId, account.stagedVersion)
      : await deps.passwords.readCurrent(account.accountId);
  if (password === undefined) throw new OwnStop('password-missing');
  return password;
}

async function attempt(deps: LogInDeps, job: Job & { freshVersionKey: boolean }): Promise<Session> {
  const { account } = job;
  const password = await passwordToTry(deps, account);
  const fingerprint = await deps.fingerprint(password.value);
  await refuseKnown(deps, { ...job, version: password.version, fingerprint });
  const answeringSinceMillis = await marketplaceAnswers(deps, account, password.version);
  const permission = mayAttempt(account, {
    version: password.version,
    now: deps.clock(),
    answeringSinceMillis,
  });
  if (!permission.allowed) throw new OwnStop(permission.reason, permission);
  const key = await keyMaterial(deps, { keyId: account.webapiKeyId, fresh: job.freshVersionKey });
  const open = await begin(deps, {
    ...job,
    version: password.version,
    fingerprint,
    answeringSinceMillis,
  });
  try {
    const login = await deps.marketplace.logIn(
      { login: account.login, applicationPassword: password.value, ...key },
      { timeoutMillis: LOGIN_TIMEOUT },
    );
    return await succeed(deps, { ...job, open, login });
  } catch (error) {
    if (!(error instanceof MarketplaceFault) || error instanceof OwnStop) throw error;
    await learn(deps, { ...job, open, fault: error, fingerprint });
    // Heard after the lease was lost it says nothing of how the account stands: somebody has gone on.
    const { leaseToken } = await reread(deps, account.accountId);
    throw leaseToken === job.leaseToken ? error : new OwnStop('login-in-progress');
  }
}

/** The same password under a new version is as wrong as it was. */
async function refuseKnown(
  deps: LogInDeps,
  use: Job & { version: string; fingerprint: string },
): Promise<void> {
  const { account, version, fingerprint, leaseToken } = use;
  if (account.verdicts[version]?.outcome === 'refused' || !isKnownAsRefused(account, use)) return;
  const now = deps.clock();
  const stop = new OwnStop('password-refused');
  const attempt = { id: 'untried', version, atMillis: now };
  const refused = to.refused({ attempt, now, leaseToken, fingerprint, fault: nextFault(account, stop, now) });
  await amend(deps, account.accountId, { to: refused });
  throw stop;
}

/**
 * While the marketplace leaves logins unanswered, one elected account tries for all. Gives the time when it
 * was last seen to answer again. Throws OwnStop.
 */
async function marketplaceAnswers(
  deps: LogInDeps,
  account: Account,
  version: string,
): Promise<EpochMillis | undefined> {
  const shared = marketplaceOf(deps.marketplace.settings.id);
  const { trouble, endedAtMillis } = await deps.troubles.read(shared);
  if (trouble === undefined) return endedAtMillis;
  const permitted = mayAttempt(account, {
    version,
    now: deps.clock(),
    answeringSinceMillis: endedAtMillis,
  }).allowed;
  if (!permitted || (await isElected(deps, { ...shared, trouble }))) return endedAtMillis;
  throw new OwnStop(trouble.reason);
}

interface KeyMaterial {
  readonly webapiKey: Secret;
  readonly versionKey: string | undefined;
}

/** The WebAPI key and its version key, the cached one unless `fresh` is asked for. Throws MarketplaceFault. */
async function keyMaterial(deps: LogInDeps, query: { keyId: string; fresh: boolean }): Promise<KeyMaterial> {
  const [key, webapiKey] = await Promise.all([
    deps.keys.read(query.keyId),
    deps.keys.readSecret(query.keyId),
  ]);
  if (key === undefined || webapiKey === undefined) throw new OwnStop('key-missing');
  if (deps.marketplace.fetchVersionKey === undefined) return { webapiKey, versionKey: undefined };
  const cached = query.fresh ? undefined : key.versionKeys[deps.marketplace.settings.id];
  return { webapiKey, versionKey: cached ?? (await fetchVersionKey(deps, { keyId: key.keyId, webapiKey })) };
}

type Begin = Job & { fingerprint: string } & Pick<Attempt, 'version' | 'answeringSinceMillis'>;

/** Written before the call, so that a crash still counts; refused if anything changed that matters. */
async function begin(deps: LogInDeps, job: Begin): Promise<OpenAttempt> {
  const { version, fingerprint, answeringSinceMillis, leaseToken, why, account } = job;
  const { accountId } = account;
  const now = deps.clock();
  const open: OpenAttempt = { id: deps.newId(), version, atMillis: now };
  const entry = {
    attemptId: open.id,
    version,
    atMillis: now,
    why,
    worker: deps.worker,
    egressId: deps.egressId,
  };
  await deps.ledger.open(accountId, entry);
  const begun = await amend(deps, accountId, {
    to: to.beginAttempt({
      attemptId: open.id,
      version,
      fingerprint,
      now,
      leaseToken,
      answeringSinceMillis,
    }),
  });
  // The store may have been slow: send only if the reply and the skew still fit into what we hold.
  const inTime = plus(deps.clock(), LOGIN_TIMEOUT + CLOCK_SKEW) <= plus(now, LEASE);
  if (begun !== undefined && inTime) return open;
  if (begun !== undefined) await amend(deps, accountId, { to: to.forgiven(open.id) });
  await closeEntry(deps, { accountId, open, outcome: 'login-in-progress' });
  throw new OwnStop('login-in-progress');
}

async function closeEntry(
  deps: LogInDeps,
  use: {
    accountId: string;
    open: OpenAttempt;
    outcome: 'accepted' | MarketplaceFault['reason'];
    code?: string | undefined;
  },
): Promise<void> {
  await deps.ledger.close(use.accountId, {
    attemptId: use.open.id,
    atMillis: use.open.atMillis,
    outcome: use.outcome,
    endedAtMillis: deps.clock(),
    ...(use.code !== undefined && { code: use.code }),
  });
}

async function succeed(deps: LogInDeps, use: Job & { open: OpenAttempt; login: Login }): Promise<Session> {
  const { open, login, leaseToken } = use;
  const { accountId, marketplaceId } = use.account;
  const now = deps.clock();
  const answer = { attempt: open, now };
  const owner = await claimSeller(deps, use.account, login.userId);
  const twin = new OwnStop('seller-connected-twice', { code: owner });
  const fault = owner === accountId ? undefined : nextFault(use.account, twin, now);
  const after = await amend(deps, accountId, {
    to: to.succeeded({ ...answer, leaseToken, userId: login.userId, fault }),
  });
  if (after === undefined) {
    await amend(deps, accountId, { to: to.acceptedLate(answer) });
    await closeEntry(deps, { accountId, open, outcome: 'accepted' });
    await leaveNothingBehind(deps, { account: { ...use.account, userId: login.userId } });
    throw new OwnStop('login-in-progress');
  }
  const session = newSession(deps, { open, login, now });
  if (owner === accountId) await deps.sessions.save(accountId, session);
  await leaveNothingBehind(deps, { account: after, session });
  if (after.promoteVersion !== undefined) await promote(deps, after, after.promoteVersion);
  await closeEntry(deps, { accountId, open, outcome: 'accepted' });
  await deps.troubles.end(marketplaceOf(marketplaceId), now);
  if (owner !== accountId) throw twin;
  return session;
}

/** One seller is one account. What an account that is gone still holds, because of a crash, is let go. */
async function claimSeller(deps: LogInDeps, account: Account, userId: string): Promise<string> {
  const { accountId, marketplaceId } = account;
  const owner = await deps.claims.claimSeller(marketplaceId, { userId, accountId });
  if (owner === accountId || (await deps.accounts.read(owner)) !== undefined) return owner;
  await deps.claims.releaseAll({ ...account, accountId: owner, userId });
  return await deps.claims.claimSeller(marketplaceId, { userId, accountId });
}

/** A worker that rested for long may have stored these after the account was removed with all that it knew of. */
async function leaveNothingBehind(
  deps: LogInDeps,
  use: { account: Account; session?: Session },
): Promise<void> {
  const { accountId } = use.account;
  const now = await deps.accounts.read(accountId);
  if (now !== undefined && now.phase !== 'removing') return;
  if (use.session !== undefined) await deps.sessions.drop(accountId, use.session.handle);
  await deps.claims.releaseAll(use.account);
}

function newSession(deps: LogInDeps, use: { open: OpenAttempt; login: Login; now: EpochMillis }): Session {
  // The marketplace counts from its own reply, which may have been long on its way.
  const expiresAtMillis = plus(use.open.atMillis, deps.marketplace.settings.sessionLifeMillis);
  const early = RENEW_LATEST + deps.random() * (RENEW_EARLIEST - RENEW_LATEST);
  return {
    handle: use.login.sessionHandle,
    loggedInAtMillis: use.now,
    renewAtMillis: plus(expiresAtMillis, -Math.round(early)),
    expiresAtMillis,
    egressId: deps.egressId,
  };
}

interface Lesson extends Job {
  readonly open: OpenAttempt;
  readonly fault: MarketplaceFault;
  readonly fingerprint: string;
}

/** What the fault proves, and no more: a refusal, a lock, an innocent failure, or nothing readable. */
async function learn(deps: LogInDeps, use: Lesson): Promise<void> {
  const { open, fault } = use;
  const { accountId, webapiKeyId } = use.account;
  await amend(deps, accountId, { to: lessonOf(deps, use) });
  await closeEntry(deps, { accountId, open, outcome: fault.reason, code: fault.code });
  await noteTrouble(deps, { keyId: webapiKeyId, error: fault });
  if (fault.outcome === 'unclear') await noteUnanswered(deps);
}

function lessonOf(deps: LogInDeps, { open, fault, fingerprint, leaseToken }: Lesson): to.Transition {
  const now = deps.clock();
  const answer = { attempt: open, now, leaseToken };
  return (account) => {
    const noted = nextFault(account, fault, now);
    if (fault.outcome === 'unclear') return to.failed(open)(account);
    if (meaningOf(fault.reason).remedy === 'new-application-password') {
      return to.refused({ ...answer, fingerprint, fault: noted })(account);
    }
    if (fault.reason === 'account-locked') return to.locked({ ...answer, fault: noted })(account);
    return to.forgiven(open.id)(account);
  };
}
