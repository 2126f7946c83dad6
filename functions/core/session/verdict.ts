import type { Account, Fingerprint, OpenAttempt } from '../account.ts';
import { type MarketplaceFault, meaningOf } from '../faults.ts';
import type { Login } from '../marketplace.ts';
import type { Session } from '../ports/sessions.ts';
import { type EpochMillis, MINUTE, plus } from '../time.ts';
import { amend } from './amend.ts';
import { nextFault, OwnStop, provesNoJudgement } from './faults.ts';
import type { Job, LogInDeps } from './log-in.ts';
import { promote } from './material.ts';
import * as to from './transitions.ts';
import { marketplaceOf, noteLoginOutage, noteTrouble } from './troubles.ts';

/** A handle is renewed this long before its end, at most and at least: jitter, so that accounts do not come in waves. */
const RENEW_EARLIEST = 10 * MINUTE;
const RENEW_LATEST = 5 * MINUTE;

/** Notes in the ledger how an attempt ended. */
export async function closeEntry(
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

/** What a success proves and allows: counters cleared, the session kept, the version promoted. Throws OwnStop. */
export async function succeed(
  deps: LogInDeps,
  use: Job & { open: OpenAttempt; login: Login; prints: readonly Fingerprint[] },
): Promise<Session> {
  const { open, login, leaseToken, prints } = use;
  const { accountId } = use.account;
  const now = deps.clock();
  const answer = { attempt: open, now };
  const owner = await claimSeller(deps, use.account, login.userId);
  const twin = new OwnStop('seller-connected-twice', { code: owner });
  const fault = owner === accountId ? undefined : nextFault(use.account, twin, now);
  const after = await amend(deps, accountId, {
    to: to.succeeded({ ...answer, leaseToken, userId: login.userId, prints, fault }),
  });
  if (after === undefined) {
    await amend(deps, accountId, { to: to.acceptedLate({ ...answer, prints }) });
    await closeEntry(deps, { accountId, open, outcome: 'accepted' });
    await leaveNothingBehind(deps, { account: { ...use.account, userId: login.userId } });
    throw new OwnStop('login-in-progress');
  }
  const session = newSession(deps, { open, login, now });
  if (owner === accountId) await deps.sessions.save(accountId, session);
  await leaveNothingBehind(deps, { account: after, session });
  if (after.promoteVersion !== undefined) await promote(deps, after, after.promoteVersion);
  await closeEntry(deps, { accountId, open, outcome: 'accepted' });
  await deps.troubles.end(marketplaceOf(deps.marketplace.settings), now);
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
  readonly prints: readonly Fingerprint[];
}

/** What the fault proves, and no more: a refusal, a lock, that the password was not judged, or nothing. */
export async function learn(deps: LogInDeps, use: Lesson): Promise<void> {
  const { open, fault } = use;
  const { accountId, webapiKeyId } = use.account;
  await amend(deps, accountId, { to: lessonOf(deps, use) });
  await closeEntry(deps, { accountId, open, outcome: fault.reason, code: fault.code });
  await noteTrouble(deps, { keyId: webapiKeyId, error: fault });
  await noteLoginOutage(deps, fault);
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
