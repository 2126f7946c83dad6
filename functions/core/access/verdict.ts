import type { Account, Fingerprint, OpenAttempt } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import { nextFault, provesNoJudgement } from '../account/fault.ts';
import * as to from '../account/transitions.ts';
import { type EpochMillis, MINUTE, plus } from '../base/time.ts';
import { type MarketplaceFault, meaningOf } from '../faults/fault.ts';
import { OwnStop } from '../faults/own-stop.ts';
import type { Login, PreparedLogin } from '../marketplace/access.ts';
import { amendLeft } from './claims.ts';
import { promote } from './credentials.ts';
import type { Job, LogInDeps } from './job.ts';
import { persisting } from './persist.ts';
import { claimSeller } from './seller.ts';
import type { Session } from './session-store.ts';
import { marketplaceOf, noteDoubt, noteLoginOutage, noteTrouble } from './troubles.ts';

/**
 * A handle is renewed this long before its end, at most and at least: jitter, so that accounts do not come in waves.
 */
const RENEW_EARLIEST = 10 * MINUTE;
const RENEW_LATEST = 5 * MINUTE;

/** Notes in the login log how an attempt ended. */
export async function closeEntry(
  deps: LogInDeps,
  {
    accountId,
    open,
    outcome,
    code,
  }: {
    accountId: string;
    open: OpenAttempt;
    outcome: 'accepted' | MarketplaceFault['reason'];
    code?: string | undefined;
  },
): Promise<void> {
  await deps.ledger.close(accountId, {
    attemptId: open.id,
    atMillis: open.atMillis,
    ...(open.placeMillis !== undefined && { placeMillis: open.placeMillis }),
    outcome,
    endedAtMillis: deps.clock(),
    ...(code !== undefined && { code }),
  });
}

/**
 * Records a success: clears the counters, keeps the session, promotes the version. The success is
 * written before anything else, and again until its store takes it. Throws OwnStop.
 */
export async function succeed(
  deps: LogInDeps,
  {
    open,
    login,
    leaseToken,
    prints,
    account,
  }: Job & { open: OpenAttempt; login: Login; prints: readonly Fingerprint[] },
): Promise<Session> {
  const { accountId } = account;
  const now = deps.clock();
  const answer = { attempt: open, now, prints };
  const persist = persisting(deps, open);
  const success = to.succeeded({ ...answer, leaseToken, userId: login.userId });
  const after = await persist(() => amend(deps, accountId, { to: success }));
  if (after === undefined) {
    await persist(() => noteLate(deps, account, to.acceptedLate(answer)));
    await persist(() => closeEntry(deps, { accountId, open, outcome: 'accepted' }));
    throw new OwnStop('login-in-progress');
  }
  const stop = await persist(() => stopOf(claimSeller(deps, after, login.userId)));
  const session = newSession(deps, { open, login, now });
  if (stop === undefined) {
    await persist(() => deps.sessions.save(accountId, session));
    await persist(() => dropIfRemoved(deps, { accountId, session }));
  }
  const { promoteVersion } = after;
  if (promoteVersion !== undefined) await persist(() => promote(deps, after, promoteVersion));
  await persist(() => closeEntry(deps, { accountId, open, outcome: 'accepted' }));
  const shared = marketplaceOf(deps.marketplace.settings);
  await persist(() => deps.troubles.end(shared, { atMillis: now, nowMillis: deps.clock() }));
  if (stop !== undefined) throw stop;
  return session;
}

/** A login can be accepted and still not be wanted: the seller is another account's. */
async function stopOf(claiming: Promise<unknown>): Promise<OwnStop | undefined> {
  try {
    await claiming;
    return undefined;
  } catch (error) {
    if (error instanceof OwnStop) return error;
    throw error;
  }
}

/** An answer that may have come after its account was removed: then it goes to what the account left behind. */
async function noteLate(deps: LogInDeps, account: Account, change: to.Transition): Promise<void> {
  const { accountId } = account;
  await amend(deps, accountId, { to: change });
  const now = await deps.accounts.read(accountId);
  if (now !== undefined && now.phase !== 'removing') return;
  await amendLeft(deps, { account, identity: deps.marketplace.settings.identity, to: change });
}

/** A worker that rested for long may have saved a session after the account was removed. */
async function dropIfRemoved(
  deps: LogInDeps,
  { accountId, session }: { accountId: string; session: Session },
): Promise<void> {
  const now = await deps.accounts.read(accountId);
  if (now !== undefined && now.phase !== 'removing') return;
  await deps.sessions.drop(accountId, session.handle);
}

function newSession(
  deps: LogInDeps,
  { open, login, now }: { open: OpenAttempt; login: Login; now: EpochMillis },
): Session {
  // The marketplace counts from its own reply, which may have been long on its way.
  const expiresAtMillis = plus(open.atMillis, deps.marketplace.settings.sessionLifeMillis);
  const early = RENEW_LATEST + deps.random() * (RENEW_EARLIEST - RENEW_LATEST);
  return {
    handle: login.session,
    loggedInAtMillis: now,
    renewAtMillis: plus(expiresAtMillis, -Math.round(early)),
    expiresAtMillis,
    egressId: deps.egressId,
  };
}

interface Lesson extends Job {
  readonly open: OpenAttempt;
  readonly fault: MarketplaceFault;
  readonly prints: readonly Fingerprint[];
  readonly prepared: Pick<PreparedLogin, 'discard'>;
}

/** Records what the fault proves: a refusal, a lock, that the password was not judged, or nothing. */
export async function learn(deps: LogInDeps, learnt: Lesson): Promise<void> {
  const { open, fault } = learnt;
  const { accountId, integrationKeyId } = learnt.account;
  const persist = persisting(deps, open);
  const lesson = lessonOf(deps, learnt);
  await persist(() => noteLate(deps, learnt.account, lesson));
  await persist(() => closeEntry(deps, { accountId, open, outcome: fault.reason, code: fault.code }));
  // The next login of any account is prepared anew, however often that fails until then.
  if (fault.reason === 'preparation-stale') await persist(() => learnt.prepared.discard());
  await persist(() => noteTrouble(deps, { keyId: integrationKeyId, error: fault }));
  await persist(() => noteLoginOutage(deps, fault));
  const wasGood = learnt.account.verdicts[open.version]?.outcome === 'accepted';
  if (fault.reason === 'password-refused' && wasGood) await persist(() => noteDoubt(deps, accountId));
}

function lessonOf(deps: LogInDeps, { open, fault, prints, leaseToken }: Lesson): to.Transition {
  const now = deps.clock();
  const answer = { attempt: open, now, leaseToken };
  return (account) => {
    const noted = nextFault(account, fault, now);
    if (fault.outcome === 'not-sent') return to.notSent(open.id)(account);
    if (fault.outcome === 'unclear') return to.leftUnclear(open)(account);
    if (meaningOf(fault.reason).remedy === 'new-application-password') {
      return to.refused({ ...answer, prints, fault: noted })(account);
    }
    if (fault.reason === 'account-locked') return to.locked({ ...answer, fault: noted })(account);
    return provesNoJudgement(fault) ? to.notJudged(open.id)(account) : to.leftUnclear(open)(account);
  };
}
