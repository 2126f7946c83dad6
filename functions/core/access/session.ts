import type { Account } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import { hasUntriedStagedVersion } from '../account/connection.ts';
import { nextFault } from '../account/fault.ts';
import { EARLY_DEATH } from '../account/login-limits.ts';
import { diedEarly, foundLocked } from '../account/transitions.ts';
import type { Secret } from '../base/secret.ts';
import { SECOND } from '../base/time.ts';
import { MarketplaceFault, meaningOf } from '../faults/fault.ts';
import { isStop, OwnStop } from '../faults/own-stop.ts';
import type { CallOptions } from '../marketplace/settings.ts';
import type { LogInDeps } from './job.ts';
import { logIn } from './log-in.ts';
import type { LoginReason } from './login-log.ts';
import type { Session } from './session-store.ts';
import { egressOf, integrationKeyOf, noteTrouble, passTroubles } from './troubles.ts';
import { isUsable } from './usable.ts';

const CALL_TIMEOUT = 30 * SECOND;
/** Age below which a refused handle may only not be known on all servers yet. */
const YOUNG = 30 * SECOND;
const YOUNG_WAIT = 3 * SECOND;
/** Time to wait for another worker's login before giving up this run. */
const WAIT_FOR_OTHERS = 10 * SECOND;
const LOOK_EVERY = 500;

export interface SessionDeps extends LogInDeps {
  readonly sleep: (millis: number) => Promise<void>;
}

/** Doors only for opening a session and for ending all access: passwords, handles, and the guards of logins. */
export type AccessDoors = Pick<
  SessionDeps,
  | 'sessions'
  | 'passwords'
  | 'keys'
  | 'claims'
  | 'loginKey'
  | 'troubles'
  | 'ledger'
  | 'fingerprint'
  | 'egressId'
  | 'worker'
>;

export type SessionCall<T> = (handle: Secret, options: CallOptions) => Promise<T>;

/** A session for calls. It is replaced at most once when the marketplace ends it. */
export interface OpenSession {
  /** With `aside`, a fault is not noted as trouble of key or address, because it says nothing of them. */
  readonly call: <T>(operation: SessionCall<T>, options?: { aside: boolean }) => Promise<T>;
}

/**
 * Opens a session for a run: the stored one if it is usable, else by one login. A staged application password
 * is tried first, even while the old session lives; if it is refused, the old session goes on. Throws Stop
 * when none can be had.
 */
export async function openSession(deps: SessionDeps, account: Account): Promise<OpenSession> {
  let session = await firstSession(deps, account);
  let replaced = false;
  const once = async <T>(operation: SessionCall<T>, aside: boolean): Promise<T> => {
    try {
      return await operation(session.handle, { timeoutMillis: CALL_TIMEOUT });
    } catch (error) {
      if (!aside) {
        await noteTrouble(deps, { keyId: account.integrationKeyId, error });
        await noteLock(deps, account.accountId, error);
      }
      throw error;
    }
  };
  return {
    call: async (operation, { aside } = { aside: false }) => {
      try {
        return await once(operation, aside);
      } catch (error) {
        if (!isSessionEnd(error) || replaced) throw error;
        const second = await secondChance(deps, { session, retry: () => once(operation, aside) });
        if (second !== undefined) return second.value;
        replaced = true;
        session = await replacement(deps, { account, dead: session });
        return await once(operation, aside);
      }
    },
  };
}

/** Locks the account if a reading call met a captcha, as a login does. */
async function noteLock(deps: SessionDeps, accountId: string, error: unknown): Promise<void> {
  if (!(error instanceof MarketplaceFault) || error.reason !== 'account-locked') return;
  const now = deps.clock();
  await amend(deps, accountId, {
    to: (account) => foundLocked({ now, fault: nextFault(account, error, now) })(account),
  });
}

export const isSessionEnd = (error: unknown): boolean =>
  error instanceof MarketplaceFault && meaningOf(error.reason).remedy === 'relogin';

async function firstSession(deps: SessionDeps, account: Account): Promise<Session> {
  const { accountId, integrationKeyId } = account;
  const shared = [
    integrationKeyOf(integrationKeyId),
    egressOf({ ...deps.marketplace.settings, egressId: deps.egressId }),
  ];
  const { session, troubles } = await deps.sessions.readWithTroubles(accountId, shared);
  await passTroubles(deps, { keyId: integrationKeyId, troubles });
  const usable = session !== undefined && isUsable(session, deps) ? session : undefined;
  const processed = !hasUntriedStagedVersion(account) && account.promoteVersion === undefined;
  if (usable !== undefined && processed && deps.clock() < usable.renewAtMillis) return usable;
  try {
    return await logInOrWait(deps, { accountId, why: loginReason(account, usable) });
  } catch (error) {
    if (!isStop(error)) throw error;
    // A usable session is used, even if no new one can be had.
    if (usable !== undefined && isUsable(usable, deps)) return usable;
    // Only the new password was refused, so the one in use is tried.
    const refused = meaningOf(error.reason).remedy === 'new-application-password';
    if (refused && hasUntriedStagedVersion(account))
      return await logInOrWait(deps, { accountId, why: 'no-handle' });
    throw error;
  }
}

function loginReason(account: Account, usable: Session | undefined): LoginReason {
  if (hasUntriedStagedVersion(account)) return 'new-password';
  if (usable !== undefined) return 'renewal';
  return account.lastLoginAtMillis === undefined ? 'first' : 'no-handle';
}

/**
 * Logs in, or waits for the session of the worker that holds the lease. A waiting worker never logs in
 * itself.
 */
async function logInOrWait(
  deps: SessionDeps,
  wanted: { accountId: string; why: LoginReason },
): Promise<Session> {
  const started = deps.clock();
  try {
    return await logIn(deps, wanted);
  } catch (error) {
    if (!(error instanceof OwnStop) || error.reason !== 'login-in-progress') throw error;
    while (deps.clock() - started < WAIT_FOR_OTHERS) {
      await deps.sleep(LOOK_EVERY);
      const session = await deps.sessions.read(wanted.accountId);
      if (session !== undefined && session.loggedInAtMillis >= started && isUsable(session, deps))
        return session;
    }
    throw error;
  }
}

/** Tries a young handle again after a moment; undefined if the handle is not young, or refused again. */
async function secondChance<T>(
  deps: SessionDeps,
  { session, retry }: { session: Session; retry: () => Promise<T> },
): Promise<{ value: T } | undefined> {
  if (deps.clock() - session.loggedInAtMillis >= YOUNG) return undefined;
  await deps.sleep(YOUNG_WAIT);
  try {
    return { value: await retry() };
  } catch (error) {
    if (isSessionEnd(error)) return undefined;
    throw error;
  }
}

/**
 * The session to use after one has ended: a newer stored one, else the result of dropping this one and
 * logging in once.
 */
async function replacement(
  deps: SessionDeps,
  { dead, account }: { account: Account; dead: Session },
): Promise<Session> {
  const { accountId } = account;
  const stored = await deps.sessions.read(accountId);
  const newer =
    stored !== undefined && stored.loggedInAtMillis > dead.loggedInAtMillis && isUsable(stored, deps);
  if (newer) return stored;
  await deps.sessions.drop(accountId, dead.handle);
  const now = deps.clock();
  if (now - dead.loggedInAtMillis < EARLY_DEATH.age) await amend(deps, accountId, { to: diedEarly(now) });
  return await logInOrWait(deps, { accountId, why: 'session-ended' });
}
