import type { Account, Fingerprint, OpenAttempt } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import { hasUntriedStagedVersion } from '../account/connection.ts';
import { isAmongRefused, keysOfRefused, loginsSent } from '../account/counting.ts';
import { nextFault } from '../account/fault.ts';
import { type Attempt, mayAttempt } from '../account/guard.ts';
import { AFTER_LOGIN, CLOCK_SKEW, LEASE, LOGIN_TIMEOUT } from '../account/login-limits.ts';
import * as to from '../account/transitions.ts';
import { type EpochMillis, epochMillis } from '../base/time.ts';
import { MarketplaceFault } from '../faults/fault.ts';
import { OwnStop } from '../faults/own-stop.ts';
import { catchUp } from './catch-up.ts';
import { finishPromotion, passwordToTry, preparedLogin } from './credentials.ts';
import { type Job, type LogInDeps, reread } from './job.ts';
import type { LoginReason } from './login-log.ts';
import type { SecretVersion } from './password-store.ts';
import { withSeller } from './seller.ts';
import type { Session } from './session-store.ts';
import { isElected, marketplaceOf } from './troubles.ts';
import { isUsable } from './usable.ts';
import { closeEntry, learn, succeed } from './verdict.ts';

/**
 * Logs the account in under its login lease, or finds that somebody has done so already. At most two
 * attempts, the second only after the marketplace has called the first one
 * badly prepared. Throws Stop when no session can be had.
 */
export async function logIn(
  deps: LogInDeps,
  { accountId, why }: { accountId: string; why: LoginReason },
): Promise<Session> {
  const leaseToken = deps.newId();
  const account = await amend(deps, accountId, {
    to: to.takeLease({ token: leaseToken, now: deps.clock() }),
  });
  if (account?.leaseToken !== leaseToken) throw new OwnStop('login-in-progress');
  try {
    return await underLease(deps, { account, leaseToken, why });
  } finally {
    await amend(deps, accountId, { to: to.releaseLease(leaseToken) });
  }
}

async function underLease(deps: LogInDeps, job: Job): Promise<Session> {
  const account = await finishPromotion(deps, await catchUp(deps, job));
  try {
    return await storedOrNew(deps, { ...job, account });
  } catch (error) {
    if (!(error instanceof MarketplaceFault) || error.reason !== 'preparation-stale') throw error;
    return await storedOrNew(deps, { ...job, account: await reread(deps, account.accountId) });
  }
}

/** The stored session if it lives and proves the password that is wanted, else a session of one login. */
async function storedOrNew(deps: LogInDeps, job: Job): Promise<Session> {
  const session = await deps.sessions.read(job.account.accountId);
  const lives = session !== undefined && isUsable(session, deps) && deps.clock() < session.renewAtMillis;
  if (lives && (!hasUntriedStagedVersion(job.account) || (await isInUse(deps, job)))) return session;
  return await attempt(deps, job);
}

/** Whether the staged password is the one in use, which needs no second proof while its handle lives. */
async function isInUse(deps: LogInDeps, { account, leaseToken }: Job): Promise<boolean> {
  const { accountId, currentVersion, stagedVersion, verdicts } = account;
  if (stagedVersion === undefined || verdicts[currentVersion]?.outcome !== 'accepted') return false;
  const [staged, inUse] = await Promise.all([
    deps.passwords.readVersion(accountId, stagedVersion),
    deps.passwords.readVersion(accountId, currentVersion),
  ]);
  if (staged === undefined || inUse === undefined || !staged.value.equals(inUse.value)) return false;
  const known = to.sameAsInUse({ version: stagedVersion, leaseToken, now: deps.clock() });
  return (await amend(deps, accountId, { to: known })) !== undefined;
}

async function attempt(deps: LogInDeps, given: Job): Promise<Session> {
  const password = await passwordToTry(deps, given.account);
  const { version } = password;
  const known = await printsOf(deps, { ...given, password });
  const { answeringSinceMillis, elected } = await marketplaceAnswers(deps, given.account, version);
  const check = (account: Account): void => {
    const permission = mayAttempt(account, { version, now: deps.clock(), answeringSinceMillis });
    if (!permission.allowed) throw new OwnStop(permission.reason, permission);
  };
  check(given.account);
  const account = await withSeller(deps, given.account);
  const job = { ...given, account };
  // The memory of the seller may forbid the login, too.
  const prints = account === given.account ? known : await printsOf(deps, { ...job, password });
  check(account);
  // Preparing a login anew shows whether the marketplace answers at all, and no password is at stake. After a login
  // that let nobody in, what is kept may be stale, and another login with it would bring the account closer to its end,
  // or use up a person's permission without a judgement.
  const isPermitted = account.permit === true || account.verdicts[version]?.resend === 'permitted';
  const fresh = isPermitted || loginsSent(account) > 0 || elected;
  const prepared = await preparedLogin(deps, { keyId: account.integrationKeyId, fresh });
  const { open, timeoutMillis } = await begin(deps, { ...job, version, prints, answeringSinceMillis });
  try {
    const login = await prepared.send(
      { login: account.login, applicationPassword: password.value },
      { timeoutMillis },
    );
    return await succeed(deps, { ...job, open, login, prints });
  } catch (error) {
    if (!(error instanceof MarketplaceFault)) throw error;
    await learn(deps, { ...job, open, fault: error, prints, prepared });
    // If the lease was lost, another worker has continued: report `login-in-progress`.
    const { leaseToken } = await reread(deps, account.accountId);
    throw leaseToken === job.leaseToken ? error : new OwnStop('login-in-progress');
  }
}

/** The fingerprints of a password. The same password under a new version is as wrong as it was: throws OwnStop. */
async function printsOf(
  deps: LogInDeps,
  { account, leaseToken, password }: Job & { password: SecretVersion },
): Promise<readonly Fingerprint[]> {
  const { version, value } = password;
  const prints = await deps.fingerprint(value, keysOfRefused(account));
  const isNews = account.verdicts[version]?.outcome !== 'refused' && isAmongRefused(account, prints);
  if (!isNews) return prints;
  const now = deps.clock();
  const stop = new OwnStop('password-refused');
  const attempt = { id: 'untried', version, atMillis: now };
  const fault = nextFault(account, stop, now);
  const untried = version === account.stagedVersion ? 'staged' : 'source';
  const refused = to.refused({ attempt, now, leaseToken, prints, fault, untried });
  await amend(deps, account.accountId, { to: refused });
  throw stop;
}

/**
 * While the marketplace leaves logins unanswered or lets nobody in, one elected account tries for all. Gives the
 * time when it was last seen to let somebody in again. Throws OwnStop.
 */
async function marketplaceAnswers(
  deps: LogInDeps,
  account: Account,
  version: string,
): Promise<{ answeringSinceMillis: EpochMillis | undefined; elected: boolean }> {
  const shared = marketplaceOf(deps.marketplace.settings);
  const { trouble, endedAtMillis } = await deps.troubles.read(shared);
  const answeringSinceMillis = endedAtMillis;
  if (trouble === undefined) return { answeringSinceMillis, elected: false };
  const permitted = mayAttempt(account, {
    version,
    now: deps.clock(),
    answeringSinceMillis,
  }).allowed;
  if (!permitted) return { answeringSinceMillis, elected: false };
  if (await isElected(deps, { ...shared, trouble })) return { answeringSinceMillis, elected: true };
  throw new OwnStop(trouble.reason);
}

/**
 * How long a login that began then may take now: its reply and the skew have to fit into the lease and the function.
 */
const timeoutFrom = (deps: LogInDeps, begunAtMillis: EpochMillis): number =>
  Math.min(
    LOGIN_TIMEOUT.most,
    begunAtMillis + LEASE - CLOCK_SKEW - deps.clock(),
    deps.endsAtMillis - AFTER_LOGIN - deps.clock(),
  );

type Begin = Job & { prints: readonly Fingerprint[] } & Pick<Attempt, 'version' | 'answeringSinceMillis'>;

/** Written before the call, so that a crash still counts; refused if anything changed that matters. */
async function begin(deps: LogInDeps, job: Begin): Promise<{ open: OpenAttempt; timeoutMillis: number }> {
  const { version, prints, answeringSinceMillis, leaseToken, why, account } = job;
  const { accountId } = account;
  const now = deps.clock();
  if (timeoutFrom(deps, now) < LOGIN_TIMEOUT.least) throw new OwnStop('login-in-progress');
  const placeMillis = epochMillis(Math.max(now, (account.lastPlaceMillis ?? 0) + 1));
  const place = placeMillis === now ? {} : { placeMillis };
  const open: OpenAttempt = { id: deps.newId(), version, atMillis: now, ...place };
  const [print] = prints;
  const entry = {
    attemptId: open.id,
    version,
    atMillis: now,
    ...place,
    ...(print !== undefined && { print }),
    why,
    worker: deps.worker,
    egressId: deps.egressId,
  };
  await deps.ledger.open(accountId, entry);
  const begun = await amend(deps, accountId, {
    to: to.beginAttempt({
      attemptId: open.id,
      placeMillis,
      version,
      prints,
      now,
      leaseToken,
      answeringSinceMillis,
    }),
  });
  // The store may have been slow.
  const timeoutMillis = timeoutFrom(deps, now);
  if (begun !== undefined && timeoutMillis >= LOGIN_TIMEOUT.least) return { open, timeoutMillis };
  // Another worker may have counted the attempt from the login log, so it is taken back even if it never began.
  await amend(deps, accountId, { to: to.notSent(open.id) });
  await closeEntry(deps, { accountId, open, outcome: 'login-in-progress' });
  throw new OwnStop('login-in-progress');
}
