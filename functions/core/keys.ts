import type { KeyAdmin, KeySweep, WebapiKey } from './ports/keys.ts';
import { badField, Problem } from './problems.ts';
import { Secret } from './secret.ts';
import { type Clock, MINUTE, plus } from './time.ts';

const KEY_LENGTH = 128;
/** Longer than any request lives. */
const REGISTRATION_TIME = 2 * MINUTE;

export interface KeyDeps {
  readonly keys: KeyAdmin;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** Registers a WebAPI key that accounts can share; the key itself goes to the secret store only. Throws Problem. */
export async function registerKey(
  deps: KeyDeps,
  input: { label: string; webapiKey: string },
): Promise<WebapiKey> {
  const secret = checkedKey(input.webapiKey);
  const key: WebapiKey = {
    keyId: deps.newId(),
    label: input.label,
    createdAtMillis: deps.clock(),
    versionKeys: {},
  };
  // The row first, not usable yet: a secret without one would be paid for and found by nobody.
  await deps.keys.create({ ...key, incomplete: true });
  await deps.keys.createSecret(key.keyId, secret);
  if (!(await deps.keys.complete(key.keyId))) throw cutOff();
  return key;
}

/** Undoes registrations that were cut off; returns how many. */
export async function sweepKeys(deps: { keys: KeySweep; clock: Clock }): Promise<number> {
  const left = (await deps.keys.incomplete()).filter(
    ({ createdAtMillis }) => deps.clock() >= plus(createdAtMillis, REGISTRATION_TIME),
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

/** Puts another key behind the same id; its version keys and troubles belonged to the old one. Throws Problem. */
export async function replaceKey(
  deps: KeyDeps,
  input: { keyId: string; webapiKey: string },
): Promise<WebapiKey> {
  const secret = checkedKey(input.webapiKey);
  const known = await existingKey(deps, input.keyId);
  await deps.keys.replaceSecret(input.keyId, secret);
  await deps.keys.forget(input.keyId);
  const { trouble: _, ...rest } = known;
  return { ...rest, versionKeys: {} };
}

async function existingKey(deps: Pick<KeyDeps, 'keys'>, keyId: string): Promise<WebapiKey> {
  const key = await deps.keys.read(keyId);
  if (key !== undefined && key.incomplete !== true) return key;
  throw new Problem({
    code: 'not-found',
    text: {
      pl: 'Nie ma takiego klucza WebAPI. Zarejestruj go (POST /webapi-keys).',
      en: 'There is no such WebAPI key. Register it (POST /webapi-keys).',
    },
  });
}

function checkedKey(key: string): Secret {
  if (key.length >= 1 && key.length <= KEY_LENGTH && key === key.trim() && /^[\x21-\x7e]+$/.test(key))
    return new Secret(key);
  throw badField('webapiKey', {
    pl: `Klucz WebAPI to od 1 do ${KEY_LENGTH} znaków ASCII bez odstępów.`,
    en: `A WebAPI key is 1 to ${KEY_LENGTH} ASCII characters without blanks.`,
  });
}
