import type { ClaimDeps } from '../access/claims.ts';
import type { SharedKeys } from '../access/key-store.ts';
import type { PasswordWriter, TakeFingerprints } from '../access/password-store.ts';
import { type Account, CREATION_TIME } from '../account/account.ts';
import { type AmendDeps, amend } from '../account/amend.ts';
import { isUnlockable } from '../account/connection.ts';
import { mayUnlockAgain, unlockWaitsUntil } from '../account/guard.ts';
import {
  paused,
  removing,
  resendPermitted,
  resumed,
  staged,
  timesCorrected,
  unlocked,
} from '../account/requests.ts';
import type { AccountAdmin } from '../account/store.ts';
import type { Transition } from '../account/transitions.ts';
import { lastRefused } from '../account/verdicts.ts';
import type { WorkQueue } from '../account/work-queue.ts';
import { operation } from '../base/operation.ts';
import { accountBeingRemoved, beingAdded, Problem, unknownAccount } from '../base/problem.ts';
import type { Secret } from '../base/secret.ts';
import { type EpochMillis, MINUTE, plus, toIso } from '../base/time.ts';
import type { MarketplaceSettings } from '../marketplace/settings.ts';
import { checkedPassword } from './input.ts';
import { checkVersion, type MeantFor, requested } from './version.ts';

export interface AccountDeps extends AmendDeps, Pick<ClaimDeps, 'claims' | 'loginKey'> {
  readonly accounts: AccountAdmin;
  readonly passwords: PasswordWriter;
  readonly sharedKeys: SharedKeys;
  readonly fingerprint: TakeFingerprints;
  readonly queue: WorkQueue;
  /** Makes the id of a secret version. The secret store requires a UUID. */
  readonly newVersion: () => string;
  readonly sleep: (millis: number) => Promise<void>;
}

export interface NewAccount {
  readonly marketplace: MarketplaceSettings;
  readonly login: string;
  readonly integrationKeyId: string;
  readonly applicationPassword: Secret;
  /** Id of the new account; a fresh one by default. */
  readonly accountId?: string;
  /** Binds the account to the client that adds it, before it is stored, so that no crash leaves it to nobody. */
  readonly bind?: (accountId: string) => Promise<void>;
}

/** A request whose result will be the verdict of this version. */
export interface Pending {
  readonly accountId: string;
  readonly version: string;
  /** Time of the request: a run that ended later has taken it into account. */
  readonly askedAtMillis: EpochMillis;
}

/** Stages a new application password; `work` tries it once, and only success makes it current. Throws Problem. */
export async function replacePassword(
  deps: AccountDeps,
  request: MeantFor & { account: Account; applicationPassword: Secret; marketplace: MarketplaceSettings },
): Promise<Pending> {
  const { accountId } = request.account;
  if (request.account.phase === 'creating') throw creationUnderWay(request.account, deps.clock());
  checkVersion(request.account, request);
  const value = checkedPassword(request.applicationPassword, request.marketplace);
  const version = await deps.passwords.stage(accountId, { version: deps.newVersion(), value });
  const waiting = await amend(deps, accountId, {
    to: requested(staged({ version, dueAtMillis: plus(deps.clock(), MINUTE) }), request),
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

/**
 * Marks the account and leaves the rest to `work`, where no login can be under way at the same time. A
 * creation under way has to end first, because it could still store a secret. Throws Problem.
 */
export async function markForRemoval(deps: Act, accountId: string, meant: MeantFor = {}): Promise<void> {
  const account = await deps.accounts.read(accountId);
  const remove: Transition = (now) => (now.phase === 'creating' ? undefined : removing(deps.clock())(now));
  if ((await amend(deps, accountId, { to: requested(remove, meant), from: account })) === undefined)
    throw account?.phase === 'creating' ? creationUnderWay(account, deps.clock()) : unknownAccount();
  await syncNow(deps, accountId);
}

/**
 * The problem for an account that is being created. A creation that was cut off is undone within a minute
 * after its time.
 */
export const creationUnderWay = (account: Account, now: EpochMillis): Problem =>
  beingAdded(plus(account.createdAtMillis, CREATION_TIME + MINUTE) - now);

/** Stops runs and logins until the account is resumed. Throws Problem. */
export async function pauseAccount(deps: Act, accountId: string, meant: MeantFor = {}): Promise<Account> {
  const account = await existing(deps, accountId);
  return (await amend(deps, accountId, { to: requested(paused, meant), from: account })) ?? account;
}

/**
 * Ends a pause, and has the cause of a stop tried again, trouble of the account's key included. Throws
 * Problem.
 */
export async function resumeAccount(
  deps: Act & Pick<AccountDeps, 'sharedKeys'>,
  accountId: string,
  meant: MeantFor = {},
): Promise<Account> {
  await existing(deps, accountId);
  const account = await amend(deps, accountId, { to: requested(resumed(deps.clock()), meant) });
  if (account === undefined) throw unknownAccount();
  await deps.sharedKeys.lookAgain(account.integrationKeyId);
  await syncNow(deps, accountId);
  return account;
}

/**
 * Confirms "I have logged in on the website". A locked account gets exactly one attempt; an account that our
 * own caution stopped may try a password that is typed afterwards. Accepted only in `locked`, a few times a
 * day. A try that follows one that was cut off (`earlierMillis`) confirms nothing again: the account may have met
 * another captcha meanwhile, and nobody has logged in since. Throws Problem.
 */
export async function confirmUnlocked(
  deps: Act,
  accountId: string,
  request: MeantFor & { atMillis?: EpochMillis; earlierMillis?: readonly EpochMillis[] } = {},
): Promise<{ askedAtMillis: EpochMillis }> {
  const now = request.atMillis ?? deps.clock();
  const found = await existing(deps, accountId);
  const confirmed = found.recentUnlocksMillis?.find((millis) => request.earlierMillis?.includes(millis));
  if (confirmed !== undefined) return { askedAtMillis: confirmed };
  checkVersion(found, request);
  const account = (await amend(deps, accountId, { to: timesCorrected(now), from: found })) ?? found;
  const isStopped = isUnlockable(account);
  if (isStopped && !mayUnlockAgain(account, now)) throw tooOften();
  const waitsUntil = unlockWaitsUntil(account, now);
  if (isStopped && waitsUntil !== undefined) throw tooEarly(waitsUntil);
  if ((await amend(deps, accountId, { to: requested(unlocked(now), request), from: account })) === undefined)
    throw notLocked();
  await syncNow(deps, accountId);
  return { askedAtMillis: now };
}

/** A password that may be sent once more: its version, and the time of the refusal that is known. */
export interface Resent {
  readonly askedAtMillis: EpochMillis;
  readonly version: string | undefined;
  readonly refusedAtMillis: EpochMillis | undefined;
}

/**
 * Permits "this password is good, send it once more", for a password refused while the marketplace erred. The
 * attempt counts like any other, and each version is permitted once. Throws Problem.
 */
export async function permitResend(deps: Act, accountId: string, meant: MeantFor = {}): Promise<Resent> {
  const account = await existing(deps, accountId);
  const askedAtMillis = deps.clock();
  const to = requested(resendPermitted(askedAtMillis), meant);
  const permitted = await amend(deps, accountId, { to, from: account });
  if (permitted === undefined) throw notResent(account);
  await syncNow(deps, accountId);
  const version = lastRefused(permitted);
  return { askedAtMillis, version, refusedAtMillis: permitted.verdicts[version ?? '']?.atMillis };
}

/** The account of a request. Throws Problem for an account that does not exist or is being removed. */
export async function existing<Part extends Pick<Account, 'phase'>>(
  deps: { accounts: { read(accountId: string): Promise<Part | undefined> } },
  accountId: string,
): Promise<Part> {
  const account = await deps.accounts.read(accountId);
  if (account === undefined) throw unknownAccount();
  if (account.phase !== 'removing') return account;
  throw accountBeingRemoved(accountId);
}

const notLocked = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `To konto nie jest zablokowane, więc nie ma czego odblokowywać. Stan i zalecenie pokazuje ${operation('accounts.show')}.`,
      en: `This account is not locked, so there is nothing to unlock. ${operation('accounts.show')} shows its state and what to do.`,
    },
  });

/** The reason why nothing is sent again, as far as the account shows it. */
const notResent = (account: Account): Problem =>
  account.phase === 'paused' ? pausedFirst() : isUnlockable(account) ? unlockFirst() : nothingToResend();

const pausedFirst = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Konto jest wstrzymane i żadne hasło nie jest wysyłane. Najpierw je wznów: ${operation('accounts.resume')}.`,
      en: `The account is paused, and no password is sent. Resume it first: ${operation('accounts.resume')}.`,
    },
  });

const unlockFirst = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Konto jest zablokowane i żadne hasło nie jest wysyłane. Zaloguj się na stronie serwisu, potwierdź to (${operation('accounts.unlocked')}) i wpisz nowe hasło aplikacji.`,
      en: `The account is locked, and no password is sent. Log in on the marketplace's website, confirm it (${operation('accounts.unlocked')}), and enter a new application password.`,
    },
  });

const nothingToResend = (): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Nie ma odrzuconego hasła, które można wysłać jeszcze raz: żadne nie zostało odrzucone, wysłano je już ponownie albo nowe hasło czeka na próbę. Wpisz hasło przez ${operation('accounts.replacePassword')}.`,
      en: `There is no refused password to send once more: none was refused, it was sent once more already, or a new one waits to be tried. Enter one with ${operation('accounts.replacePassword')}.`,
    },
  });

const tooEarly = (untilMillis: EpochMillis): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Serwis może jeszcze ocenić ostatnie próby, na które nie odpowiedział. Zaloguj się na jego stronie i potwierdź to po ${toIso(untilMillis)}.`,
      en: `The marketplace may still judge the last attempts, which it has not answered. Log in on its website and confirm it after ${toIso(untilMillis)}.`,
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
