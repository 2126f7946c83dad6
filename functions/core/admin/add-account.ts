import { completeFromClaims, isOwned, type Owner, recall, takeLogin } from '../access/claims.ts';
import type { SecretVersion } from '../access/password-store.ts';
import { CREATION_TIME } from '../account/account.ts';
import { amend } from '../account/amend.ts';
import { isAmongRefused, keysOfRefused } from '../account/counting.ts';
import { mergedMemory, NO_MEMORY } from '../account/memory.ts';
import { activated } from '../account/requests.ts';
import { operation } from '../base/operation.ts';
import { accountBeingRemoved, beingAdded, Problem } from '../base/problem.ts';
import type { Secret } from '../base/secret.ts';
import { type EpochMillis, MINUTE, plus } from '../base/time.ts';
import type { MarketplaceSettings } from '../marketplace/settings.ts';
import { type AccountDeps, creationUnderWay, type NewAccount, type Pending, syncNow } from './accounts.ts';
import type { Proof } from './await-verdict.ts';
import { checkedLogin, checkedPassword } from './input.ts';
import { unusableKey } from './keys.ts';

/** The added account, and the facts that it took over from an earlier account of the same seller. */
export interface Added extends Pending {
  readonly inherited: {
    readonly possibleFailures: number;
    readonly lockedAtMillis: EpochMillis | undefined;
  };
}

/**
 * Adds an account: claims its login, stores the row with the facts known about the login, then the secret,
 * then activates the account. In this order a crash leaves nothing that the row's due time does not find and
 * undo. Throws Problem.
 */
export async function addAccount(deps: AccountDeps, input: NewAccount): Promise<Added> {
  const { marketplace } = input;
  const password = checkedPassword(input.applicationPassword, marketplace);
  const login = checkedLogin(input.login);
  await refuseKnown(deps, { marketplace, login, password });
  const accountId = input.accountId ?? deps.newId();
  const claimant = { accountId, identity: marketplace.identity, login };
  const taken = await takeLogin(deps, claimant);
  if (isOwned(taken)) throw await takenBy(deps, taken);
  await input.bind?.(accountId);
  const memory = taken.memories.reduce(mergedMemory, NO_MEMORY);
  const wanted: SecretVersion = { version: deps.newVersion(), value: password };
  const now = deps.clock();
  await deps.accounts.create({
    ...memory,
    userId: taken.userId,
    inherited: taken.memories.map(({ id }) => id),
    accountId,
    marketplaceId: marketplace.id,
    login,
    integrationKeyId: input.integrationKeyId,
    phase: 'creating',
    createdAtMillis: now,
    currentVersion: wanted.version,
    typedVersion: wanted.version,
    verdicts: {},
    revision: 0,
    dueAtMillis: plus(now, CREATION_TIME),
  });
  // A removal of the key marks the key before it looks for accounts, so one of the two sees the other.
  // Without the key this row is undone at its due time.
  if (!(await deps.sharedKeys.isUsable(input.integrationKeyId))) throw unusableKey();
  const version = await deps.passwords.create(accountId, wanted);
  if (!(await completeFromClaims(deps, claimant))) throw unavailable();
  const dueAtMillis = plus(deps.clock(), MINUTE);
  const active = await amend(deps, accountId, { to: activated({ version, dueAtMillis }) });
  if (active === undefined) throw unavailable();
  const askedAtMillis = deps.clock();
  await syncNow(deps, accountId);
  const { possibleFailures, lockedAtMillis } = memory;
  return {
    accountId,
    version,
    askedAtMillis,
    inherited: { possibleFailures, lockedAtMillis },
  };
}

/**
 * The account that an interrupted request has added under this id. A half-done addition is undone within minutes; until
 * then its login is taken.
 */
export async function earlierAdded(
  { accounts }: Pick<AccountDeps, 'accounts'>,
  accountId: string,
): Promise<Pick<Proof, 'verdict'> | undefined> {
  const account = await accounts.read(accountId);
  if (account === undefined || account.phase === 'creating') return undefined;
  return { verdict: account.verdicts[account.currentVersion]?.outcome ?? 'pending' };
}

/** Refuses a password that the marketplace refused for an earlier account of this login. Throws Problem. */
async function refuseKnown(
  deps: AccountDeps,
  { marketplace, login, password }: { marketplace: MarketplaceSettings; login: string; password: Secret },
): Promise<void> {
  const memories = await recall(deps, { identity: marketplace.identity, login });
  const memory = memories.reduce(mergedMemory, NO_MEMORY);
  if ((memory.refused ?? []).length === 0) return;
  const prints = await deps.fingerprint(password, keysOfRefused(memory));
  if (isAmongRefused(memory, prints)) throw refusedBefore();
}

/** The problem for a login that is taken; its text names the remedy for the state of the other account. */
async function takenBy(deps: AccountDeps, { owner, sinceMillis }: Owner): Promise<Problem> {
  const account = await deps.accounts.read(owner);
  if (account?.phase === 'removing') return accountBeingRemoved(owner);
  if (account === undefined) return beingAdded(plus(sinceMillis, CREATION_TIME) - deps.clock());
  if (account.phase === 'creating') return creationUnderWay(account, deps.clock());
  return new Problem({
    code: 'already-exists',
    text: {
      pl: `Ten sprzedawca jest już dodany (${owner}). Aby zmienić hasło aplikacji, użyj ${operation('accounts.replacePassword', { accountId: owner })}.`,
      en: `This seller has been added already (${owner}). To change the application password use ${operation('accounts.replacePassword', { accountId: owner })}.`,
    },
    fields: [{ field: 'login', message: { pl: 'Login jest już zajęty.', en: 'The login is taken.' } }],
    extra: { accountId: owner },
  });
}

const refusedBefore = (): Problem => {
  const message = {
    pl: 'Serwis odrzucił już to hasło aplikacji na tym koncie, więc nie próbujemy go ponownie. Wygeneruj na stronie serwisu nowe i dodaj konto z nowym hasłem.',
    en: 'The marketplace has refused this application password for this login before, so it is not tried again. Generate a new one on the website and add the account with it.',
  };
  return new Problem({
    code: 'password-refused',
    text: message,
    fields: [{ field: 'applicationPassword', message }],
    extra: { verdict: 'refused' },
  });
};

const unavailable = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: 'Nie udało się dokończyć dodawania konta. Spróbuj ponownie za trzy minuty.',
      en: 'The account could not be added completely. Try again in three minutes.',
    },
  });
