import type { Account, OpenAttempt } from '../account.ts';
import { MarketplaceFault, meaningOf } from '../faults.ts';
import type { Login } from '../marketplace.ts';
import type {
  AccountStore,
  ClaimStore,
  Held,
  PasswordStore,
  SecretVersion,
  Session,
  SessionStore,
} from '../ports.ts';
import type { EpochMillis } from '../time.ts';
import { MINUTE, plus, SECOND } from '../time.ts';
import { isOwnStop, nextFault, stopped } from './faults.ts';
import { mayAttempt, recentAttempts } from './guard.ts';
import { isUsable } from './usable.ts';
import { type KeyMaterial, keyMaterial, noteKeyTrouble, type VersionKeyDeps } from './version-key.ts';

const LOGIN_TIMEOUT = 20 * SECOND;
/** Clocks of two workers may differ by this much. */
const CLOCK_SKEW = 30 * SECOND;
/** Covers version key, one login with its retry, and saving. */
const LEASE = 2 * MINUTE;
/** A handle is renewed this long before its end, at most and at least: jitter, so that accounts do not come in waves. */
const RENEW_EARLIEST = 10 * MINUTE;
const RENEW_LATEST = 5 * MINUTE;

export interface LogInDeps extends VersionKeyDeps {
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly passwords: PasswordStore;
  readonly claims: ClaimStore;
  readonly egressId: string;
  readonly newId: () => string;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/**
 * Logs the account in under its login lease, or finds that somebody has done so already. At most two
 * attempts, the second only with a fresh version key. Throws MarketplaceFault when no session can be had.
 */
export async function logIn(deps: LogInDeps, accountId: string): Promise<Session> {
  const now = deps.clock();
  const lease: Held = { token: deps.newId(), untilMillis: plus(now, LEASE) };
  const account = await deps.accounts.takeLease(accountId, {
    ...lease,
    freeBeforeMillis: plus(now, -CLOCK_SKEW),
  });
  if (account === undefined) throw stopped('login-in-progress');
  try {
    return await underLease(deps, account, lease);
  } finally {
    await deps.accounts.releaseLease(accountId, lease.token);
  }
}

async function underLease(deps: LogInDeps, account: Account, lease: Held): Promise<Session> {
  const settled = await finishPromotion(deps, account);
  if (!hasUntriedStagedVersion(settled)) {
    const session = await deps.sessions.read(settled.accountId);
    if (session !== undefined && isUsable(session, deps) && deps.clock() < session.renewAtMillis)
      return session;
  }
  try {
    return await attempt(deps, { account: settled, lease, freshVersionKey: false });
  } catch (error) {
    if (!(error instanceof MarketplaceFault) || error.reason !== 'version-key-stale') throw error;
    const again = await reread(deps, settled.accountId);
    return await attempt(deps, { account: again, lease, freshVersionKey: true });
  }
}

export const hasUntriedStagedVersion = (account: Account): boolean =>
  account.stagedVersion !== undefined && account.verdicts[account.stagedVersion] === undefined;

async function reread(deps: LogInDeps, accountId: string): Promise<Account> {
  const account = await deps.accounts.read(accountId);
  if (account === undefined) throw stopped('login-in-progress');
  return account;
}

/** Whoever finds an accepted version that is not current yet makes it so, before any login. */
async function finishPromotion(deps: LogInDeps, account: Account): Promise<Account> {
  if (account.promoteVersion === undefined) return account;
  await promote(deps, account.accountId, account.promoteVersion);
  return await reread(deps, account.accountId);
}

async function promote(deps: LogInDeps, accountId: string, version: string): Promise<void> {
  const current = await deps.passwords.readCurrent(accountId);
  if (current !== undefined && current.version !== version) {
    await deps.passwords.promote(accountId, { version, from: current.version });
  }
  await deps.accounts.promoted(accountId, version);
}

async function passwordToTry(deps: LogInDeps, account: Account): Promise<SecretVersion> {
  const password =
    account.stagedVersion !== undefined && hasUntriedStagedVersion(account)
      ? await deps.passwords.readVersion(account.accountId, account.stagedVersion)
      : await deps.passwords.readCurrent(account.accountId);
  if (password === undefined) throw stopped('password-missing');
  return password;
}

interface Try {
  readonly account: Account;
  readonly lease: Held;
  readonly freshVersionKey: boolean;
}

async function attempt(deps: LogInDeps, { account, lease, freshVersionKey }: Try): Promise<Session> {
  const password = await passwordToTry(deps, account);
  const permission = mayAttempt(account, password.version, deps.clock());
  if (!permission.allowed) throw stopped(permission.reason);
  const key = await keyMaterial(deps, { keyId: account.webapiKeyId, fresh: freshVersionKey });
  const open = await begin(deps, { account, lease, version: password.version });
  try {
    const login = await send(deps, { account, password, key });
    return await succeed(deps, { account, lease, open, login });
  } catch (error) {
    if (error instanceof MarketplaceFault) await learn(deps, { account, open, fault: error });
    throw error;
  }
}

/** Written before the call, so that a crash still counts; refused if anything changed since `account` was read. */
async function begin(
  deps: LogInDeps,
  use: { account: Account; lease: Held; version: string },
): Promise<OpenAttempt> {
  const now = deps.clock();
  const open: OpenAttempt = { id: deps.newId(), version: use.version, atMillis: now };
  const lease: Held = { token: use.lease.token, untilMillis: plus(now, LEASE) };
  const begun = await deps.accounts.beginAttempt(use.account.accountId, {
    ...open,
    lease,
    loginRevision: use.account.loginRevision,
    recentAttemptsMillis: [...recentAttempts(use.account, now), now],
  });
  if (!begun) throw stopped('login-in-progress');
  // The store may have been slow: send only if the reply and the skew still fit into what we hold.
  if (plus(deps.clock(), LOGIN_TIMEOUT + CLOCK_SKEW) > lease.untilMillis) {
    await deps.accounts.forgiveAttempt(use.account.accountId, open.id);
    throw stopped('login-in-progress');
  }
  return open;
}

async function send(
  deps: LogInDeps,
  use: { account: Account; password: SecretVersion; key: KeyMaterial },
): Promise<Login> {
  return await deps.marketplace.logIn(
    { login: use.account.login, applicationPassword: use.password.value, ...use.key },
    { timeoutMillis: LOGIN_TIMEOUT },
  );
}

async function succeed(
  deps: LogInDeps,
  use: { account: Account; lease: Held; open: OpenAttempt; login: Login },
): Promise<Session> {
  const { account, open, login } = use;
  const { accountId } = account;
  const now = deps.clock();
  const mine = await deps.claims.claimSeller(account.marketplaceId, { userId: login.userId, accountId });
  const success = { version: open.version, attemptId: open.id, atMillis: now, userId: login.userId };
  const promoting = open.version === account.stagedVersion;
  const saved = await deps.accounts.recordSuccess(accountId, {
    ...success,
    promote: promoting,
    leaseToken: use.lease.token,
  });
  if (!saved) {
    await deps.accounts.recordVerdict(accountId, { ...success, outcome: 'accepted', fault: undefined });
    throw stopped('login-in-progress');
  }
  if (!mine) throw stopped('seller-connected-twice');
  const session = newSession(deps, { login, now });
  await deps.sessions.save(accountId, session);
  if (promoting) await promote(deps, accountId, open.version);
  return session;
}

function newSession(deps: LogInDeps, use: { login: Login; now: EpochMillis }): Session {
  const expiresAtMillis = plus(use.now, deps.marketplace.settings.sessionLifeMillis);
  const early = RENEW_LATEST + deps.random() * (RENEW_EARLIEST - RENEW_LATEST);
  return {
    handle: use.login.sessionHandle,
    loggedInAtMillis: use.now,
    renewAtMillis: plus(expiresAtMillis, -Math.round(early)),
    expiresAtMillis,
    egressId: deps.egressId,
  };
}

/** What the fault proves, and no more: a refusal, a lock, an innocent failure, or nothing readable. */
async function learn(
  deps: LogInDeps,
  use: { account: Account; open: OpenAttempt; fault: MarketplaceFault },
): Promise<void> {
  const { account, open, fault } = use;
  const { accountId } = account;
  const now = deps.clock();
  const noted = nextFault(account, fault, now);
  if (isOwnStop(fault)) return;
  if (meaningOf(fault.reason).remedy === 'new-application-password') {
    const onlyStaged = open.version === account.stagedVersion && open.version !== account.currentVersion;
    await deps.accounts.recordVerdict(accountId, {
      version: open.version,
      attemptId: open.id,
      atMillis: now,
      outcome: 'refused',
      fault: onlyStaged ? undefined : noted,
    });
  } else if (fault.reason === 'account-locked') {
    await deps.accounts.recordLock(accountId, { atMillis: now, attemptId: open.id, fault: noted });
  } else if (fault.outcome !== 'unclear') {
    await deps.accounts.forgiveAttempt(accountId, open.id);
    await noteKeyTrouble(deps, { keyId: account.webapiKeyId, reason: fault.reason });
  }
}
