import type { IntegrationKey, KeyAdmin, KeySweep, KeyUsers } from '../access/key-store.ts';
import { operation } from '../base/operation.ts';
import { badField, Problem } from '../base/problem.ts';
import type { Secret } from '../base/secret.ts';
import { type Clock, epochMillis, MINUTE, plus } from '../base/time.ts';

const KEY_LENGTH = 128;
/** Milliseconds beyond the life of any request. */
const REQUEST_TIME = 2 * MINUTE;

export interface KeyDeps {
  readonly keys: Omit<KeyAdmin, 'beginRemoval' | 'endRemoval' | 'remove'>;
  readonly clock: Clock;
  readonly newId: () => string;
}

export interface RemovalDeps {
  readonly keys: Pick<KeyAdmin, 'read' | 'beginRemoval' | 'endRemoval' | 'remove'>;
  readonly users: KeyUsers;
  readonly clock: Clock;
}

/**
 * Registers an integration key that accounts can share; the key itself goes to the secret store only. Throws Problem.
 */
export async function registerKey(
  deps: KeyDeps,
  input: { label: string; integrationKey: Secret; clientId: string },
): Promise<IntegrationKey> {
  const secret = checkedKey(input.integrationKey);
  const key: IntegrationKey = {
    keyId: deps.newId(),
    label: input.label,
    clientId: input.clientId,
    createdAtMillis: deps.clock(),
  };
  // The row comes first, marked as incomplete: a secret without a row would cost money and never be found.
  await deps.keys.create({ ...key, incomplete: true });
  await deps.keys.createSecret(key.keyId, secret);
  if (!(await deps.keys.complete(key.keyId))) throw cutOff();
  return key;
}

/** Whether an interrupted request has registered a key under this id. A half-done registration is swept away. */
export async function wasKeyRegistered(
  deps: { keys: Pick<KeyAdmin, 'read'> },
  keyId: string,
): Promise<boolean> {
  const key = await deps.keys.read(keyId);
  return key !== undefined && key.incomplete !== true;
}

/** Undoes registrations that were cut off; returns their number. */
export async function sweepKeys(deps: { keys: KeySweep; clock: Clock }): Promise<number> {
  const left = (await deps.keys.incomplete()).filter(
    ({ createdAtMillis }) => deps.clock() >= plus(createdAtMillis, REQUEST_TIME),
  );
  for (const { keyId } of left) await deps.keys.remove(keyId);
  return left.length;
}

const cutOff = (): Problem =>
  new Problem({
    code: 'unavailable',
    text: {
      pl: 'Nie udało się dokończyć rejestracji klucza. Spróbuj ponownie.',
      en: 'The key could not be registered completely. Try again.',
    },
  });

/**
 * Replaces the key behind an id. Its troubles and the texts that drivers keep for it are forgotten, because they
 * belonged to the old key. Throws Problem.
 */
export async function replaceKey(
  deps: { keys: Pick<KeyAdmin, 'read' | 'replaceSecret' | 'forget'> },
  input: { keyId: string; integrationKey: Secret },
): Promise<IntegrationKey> {
  const secret = checkedKey(input.integrationKey);
  const known = await existingKey(deps, input.keyId);
  if (known.removingSinceMillis !== undefined) throw keyBeingRemoved(input.keyId);
  await deps.keys.replaceSecret(input.keyId, secret);
  await deps.keys.forget(input.keyId);
  const { trouble: _, ...rest } = known;
  return rest;
}

/**
 * Removes a key that no account uses, with its secret. The key is marked first, and a request that adds an
 * account looks for the mark after storing it, so that either the removal or the addition sees the other.
 * Throws Problem.
 */
export async function removeKey(deps: RemovalDeps, keyId: string): Promise<void> {
  const key = await existingKey(deps, keyId);
  // Checked before the mark too: a removal that is refused must not keep accounts from being added meanwhile.
  if (key.removingSinceMillis === undefined) await refuseUsed(deps, keyId);
  const nowMillis = deps.clock();
  // An older mark was left by a request that was cut off.
  const staleMillis = epochMillis(nowMillis - REQUEST_TIME);
  if (!(await deps.keys.beginRemoval(keyId, { nowMillis, staleMillis }))) throw keyBeingRemoved(keyId);
  try {
    await refuseUsed(deps, keyId);
  } catch (error) {
    await deps.keys.endRemoval(keyId, nowMillis);
    throw error;
  }
  await deps.keys.remove(keyId, nowMillis);
}

async function refuseUsed({ users }: { users: KeyUsers }, keyId: string): Promise<void> {
  const accountIds = await users.of(keyId);
  if (accountIds.length > 0) throw keyInUse(accountIds);
}

const keyInUse = (accountIds: readonly string[]): Problem =>
  new Problem({
    code: 'wrong-state',
    text: {
      pl: `Tego klucza używają konta: ${named(accountIds)}. Usuń najpierw te konta albo podmień klucz (${operation('keys.replace')}).`,
      en: `Accounts use this key: ${named(accountIds)}. Remove them first, or put another key behind the same id (${operation('keys.replace')}).`,
    },
    extra: { accounts: accountIds.length },
  });

const NAMED = 5;
const named = (ids: readonly string[]): string =>
  [...ids.slice(0, NAMED), ...(ids.length > NAMED ? ['…'] : [])].join(', ');

const keyBeingRemoved = (keyId: string): Problem =>
  new Problem({
    code: 'being-removed',
    text: {
      pl: `Ten klucz jest właśnie usuwany. Jeśli za dwie minuty nadal istnieje, powtórz ${operation('keys.remove', { keyId })}.`,
      en: `This key is being removed. If it is still there in two minutes, repeat ${operation('keys.remove', { keyId })}.`,
    },
  });

async function existingKey(deps: { keys: Pick<KeyAdmin, 'read'> }, keyId: string): Promise<IntegrationKey> {
  const key = await deps.keys.read(keyId);
  if (key !== undefined && key.incomplete !== true) return key;
  throw unknownKey();
}

const unknownKey = (): Problem =>
  new Problem({
    code: 'not-found',
    text: {
      pl: `Nie ma takiego klucza integracji. Zarejestruj go (${operation('keys.register')}).`,
      en: `There is no such integration key. Register it (${operation('keys.register')}).`,
    },
  });

/** Whether accounts may be added with the key. */
export const mayServeAccounts = (key: IntegrationKey | undefined): boolean =>
  key !== undefined && key.incomplete !== true && key.removingSinceMillis === undefined;

export const unusableKey = (): Problem =>
  badField('integrationKeyId', {
    pl: `Nie ma takiego klucza integracji. Zarejestruj go najpierw (${operation('keys.register')}).`,
    en: `There is no such integration key. Register it first (${operation('keys.register')}).`,
  });

function checkedKey(key: Secret): Secret {
  const text = key.reveal();
  if (text.length <= KEY_LENGTH && /^[\x21-\x7e]+$/.test(text)) return key;
  throw badField('integrationKey', {
    pl: `Klucz integracji ma od 1 do ${KEY_LENGTH} znaków ASCII, bez odstępów.`,
    en: `An integration key has 1 to ${KEY_LENGTH} ASCII characters, without blanks.`,
  });
}
