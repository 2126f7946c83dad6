import { type Account, normaliseLogin } from './account.ts';
import { checkedLogin, checkedPassword } from './credentials.ts';
import type { MarketplaceSettings } from './marketplace.ts';
import type { AccountAdmin } from './ports/accounts.ts';
import type { LoginClaims } from './ports/logins.ts';
import type { WorkQueue } from './ports/messages.ts';
import type { PasswordWriter, SecretVersion } from './ports/passwords.ts';
import { Problem, unknownAccount } from './problems.ts';
import { type AmendDeps, amend } from './session/amend.ts';
import { mayUnlockAgain } from './session/guard.ts';
import { type Connection, connectionOf, needsPerson } from './session/state.ts';
import { activated, paused, removing, resumed, staged, unlocked } from './session/transitions.ts';
import { CREATION_TIME } from './sync/remove.ts';
import { type EpochMillis, MINUTE, plus } from './time.ts';

export interface AccountDeps extends AmendDeps {
  readonly accounts: AccountAdmin;
  readonly claims: LoginClaims;
  readonly passwords: PasswordWriter;
  readonly queue: WorkQueue;
  /** Names a secret version; the secret store asks for a UUID. */
  readonly newVersion: () => string;
  readonly sleep: (millis: number) => Promise<void>;
}

export interface NewAccount {
  readonly marketplace: MarketplaceSettings;
  readonly login: string;
  readonly webapiKeyId: string;
  readonly applicationPassword: string;
}

/** What was asked for, and the version whose verdict tells how it went. */
export interface Pending {
  readonly accountId: string;
  readonly version: string;
  /** A run that ended after this has seen it. */
  readonly askedAtMillis: EpochMillis;
}

/**
 * Adds an account: claims its login, stores the row, then the secret, then activates it, so that whatever
 * a crash leaves is found by its due time and undone. Throws Problem.
 */
export async function addAccount(deps: AccountDeps, input: NewAccount): Promise<Pending> {
  const password = checkedPassword(input.applicationPassword, input.marketplace);
  const login = checkedLogin(input.login);
  const accountId = deps.newId();
  await claimLogin(deps, { accountId, marketplaceId: input.marketplace.id, login });
  const version: SecretVersion = { version: deps.newVersion(), value: password };
  const now = deps.clock();
  await deps.accounts.create({
    accountId,
    marketplaceId: input.marketplace.id,
    login,
    webapiKeyId: input.webapiKeyId,
    phase: 'creating',
    createdAtMillis: now,
    currentVersion: version.version,
    verdicts: {},
    revision: 0,
    possibleFailures: 0,
    recentAttemptsMillis: [],
    dueAtMillis: plus(now, CREATION_TIME),
  });
  await deps.passwords.create(accountId, version);
  const active = await amend(deps, accountId, { to: activated(plus(deps.clock(), MINUTE)) });
  if (active === undefined) throw unavailable();
  const askedAtMillis = deps.clock();
  await syncNow(deps, accountId);
  return { accountId, version: version.version, askedAtMillis };
}

/** A claim whose account was never stored belongs to a creation that was cut off; it may be taken over. */
async function claimLogin(
  deps: AccountDeps,
  use: { accountId: string; marketplaceId: string; login: string },
): Promise<void> {
  const claim = {
    marketplaceId: use.marketplaceId,
    loginKey: normaliseLogin(use.login),
    accountId: use.accountId,
  };
  const now = deps.clock();
  const owner = await deps.claims.claimLogin({ ...claim, atMillis: now });
  if (owner === undefined) return;
  const leftOver =
    now >= plus(owner.atMillis, CREATION_TIME) && (await deps.accounts.read(owner.accountId)) === undefined;
  if (leftOver && (await deps.claims.takeOverLogin({ ...claim, atMillis: now, from: owner.accountId })))
    return;
  throw new Problem({
    code: 'already-exists',
    text: {
      pl: `To konto jest już dodane (${owner.accountId}). Aby zmienić hasło aplikacji, użyj PUT /accounts/${owner.accountId}/application-password.`,
      en: `This account has been added already (${owner.accountId}). To change its application password use PUT /accounts/${owner.accountId}/application-password.`,
    },
    fields: [{ field: 'login', message: { pl: 'Login jest już zajęty.', en: 'The login is taken.' } }],
    extra: { accountId: owner.accountId },
  });
}

/** Stages a new application password; `work` tries it once, and only success makes it current. Throws Problem. */
export async function replacePassword(
  deps: AccountDeps,
  use: { account: Account; applicationPassword: string; marketplace: MarketplaceSettings },
): Promise<Pending> {
  const { accountId } = use.account;
  const value = checkedPassword(use.applicationPassword, use.marketplace);
  const version = deps.newVersion();
  await deps.passwords.stage(accountId, { version, value });
  const waiting = await amend(deps, accountId, {
    to: staged({ version, dueAtMillis: plus(deps.clock(), MINUTE) }),
  });
  if (waiting === undefined) throw unknownAccount();
  const askedAtMillis = deps.clock();
  await syncNow(deps, accountId);
  return { accountId, version, askedAtMillis };
}

export async function syncNow(deps: Pick<AccountDeps, 'queue' | 'clock'>, accountId: string): Promise<void> {
  await deps.queue.send({ accountId, slotMillis: deps.clock(), why: 'now' });
}

type Act = Pick<AccountDeps, 'accounts' | 'queue' | 'clock' | 'newId'>;

/** Marks the account and leaves the rest to `work`, where no login can be under way at the same time. Throws Problem. */
export async function removeAccount(deps: Act, accountId: string): Promise<void> {
  if ((await amend(deps, accountId, { to: removing(deps.clock()) })) === undefined) throw unknownAccount();
  await syncNow(deps, accountId);
}

/** No run and no login until it is resumed. Throws Problem. */
export async function pauseAccount(deps: Act, accountId: string): Promise<Account> {
  const account = await existing(deps, accountId);
  return (await amend(deps, accountId, { to: paused, from: account })) ?? account;
}

/** Ends a pause, and looks again at whatever stopped the account. Throws Problem. */
export async function resumeAccount(deps: Act, accountId: string): Promise<Account> {
  await existing(deps, accountId);
  const account = await amend(deps, accountId, { to: resumed(deps.clock()) });
  if (account === undefined) throw unknownAccount();
  await syncNow(deps, accountId);
  return account;
}

/** "I have logged in on the website": exactly one attempt follows. Only in `locked`, a few times a day. Throws Problem. */
export async function confirmUnlocked(deps: Act, accountId: string): Promise<{ askedAtMillis: EpochMillis }> {
  const account = await existing(deps, accountId);
  const now = deps.clock();
  if (connectionOf(account).state === 'locked' && !mayUnlockAgain(account, now)) throw tooOften();
  if ((await amend(deps, accountId, { to: unlocked(now), from: account })) === undefined) throw notLocked();
  await syncNow(deps, accountId);
  return { askedAtMillis: now };
}

/** The account that a caller means. Throws Problem for one that does not exist or is on its way out. */
export async function existing<Part extends Pick<Account, 'phase'>>(
  deps: { accounts: { read(accountId: string): Promise<Part | undefined> } },
  accountId: string,
): Promise<Part> {
  const account = await deps.accounts.read(accountId);
  if (account === undefined) throw unknownAccount();
  if (account.phase !== 'removing') return account;
  throw new Problem({
    code: 'being-removed',
    text: {
      pl: 'To konto jest właśnie usuwane. Poczekaj chwilę, a potem dodaj je od nowa.',
      en: 'This account is being removed. Wait a moment, then add it anew.',
    },
  });
}

export interface Proof {
  readonly verdict: 'accepted' | 'refused' | 'pending';
  readonly account: Account;
  readonly connection: Connection;
}

/** Waits until the marketplace has judged this version, or a person is needed first, or time is up. Throws Problem. */
export async function awaitVerdict(
  deps: Pick<AccountDeps, 'accounts' | 'clock' | 'sleep'>,
  use: Pending & Patience,
): Promise<Proof> {
  for (;;) {
    const account = await existing(deps, use.accountId);
    const connection = connectionOf(account);
    const verdict = account.verdicts[use.version]?.outcome;
    if (verdict !== undefined) return { verdict, account, connection };
    const hasRun = (account.lastRun?.finishedAtMillis ?? 0) >= use.askedAtMillis;
    // Nothing more will happen while somebody waits: a person is needed, or the next try is later.
    const isOver = needsPerson(connection.state) || (account.dueAtMillis ?? Infinity) > use.untilMillis;
    if ((hasRun && isOver) || deps.clock() >= use.untilMillis)
      return { verdict: 'pending', account, connection };
    await deps.sleep(use.lookEveryMillis);
  }
}

interface Patience {
  readonly untilMillis: EpochMillis;
  readonly lookEveryMillis: number;
}

/** Waits until a run has ended that began after it was asked for, or time is up. Throws Problem. */
export async function awaitRun(
  deps: Pick<AccountDeps, 'accounts' | 'clock' | 'sleep'>,
  use: Patience & { accountId: string; askedAtMillis: EpochMillis },
): Promise<Account> {
  for (;;) {
    const account = await existing(deps, use.accountId);
    const ended = (account.lastRun?.startedAtMillis ?? 0) >= use.askedAtMillis;
    if (ended || deps.clock() >= use.untilMillis) return account;
    await deps.sleep(use.lookEveryMillis);
  }
}

const notLocked = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: 'To konto nie jest zablokowane, więc nie ma czego odblokowywać. Stan i zalecenie pokazuje GET /accounts/{id}.',
      en: 'This account is not locked, so there is nothing to unlock. GET /accounts/{id} shows its state and what to do.',
    },
  });

const tooOften = (): Problem =>
  new Problem({
    code: 'too-often',
    text: {
      pl: 'Odblokowanie zgłoszono już trzy razy w ciągu doby. Sprawdź na stronie serwisu, czy konto i hasło aplikacji działają, i spróbuj jutro.',
      en: 'This account was reported unlocked three times within a day. Check on the website that the account and its application password work, and try again tomorrow.',
    },
  });

const unavailable = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: 'Nie udało się dokończyć dodawania konta. Spróbuj ponownie za dwie minuty.',
      en: 'The account could not be added completely. Try again in two minutes.',
    },
  });
