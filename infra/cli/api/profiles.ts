import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT, usageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { foldersOf, readObject, writePrivate } from './private-files.ts';

/** How to reach a deployed API. Its client secret is never stored. */
export interface Profile {
  /** Base address with the version. */
  readonly url: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  /** Scopes to ask for; without them the issuer gives all that the client may have. */
  readonly scope?: string;
  /** The registry table of clients, for `clients`. */
  readonly registryTable?: string;
}

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

const profilePath = (env: Io['env'], name: string): string => {
  if (NAME.test(name)) return join(foldersOf(env).config, 'profiles', `${name}.json`);
  throw usageError({
    pl: 'Nazwa profilu ma od 1 do 64 znaków: litery a-z, cyfry, kropki, łączniki i podkreślenia.',
    en: 'The name of a profile has 1 to 64 characters: letters a-z, digits, dots, hyphens and underscores.',
  });
};

export const tokenPath = (env: Io['env'], name: string): string =>
  join(foldersOf(env).cache, 'tokens', `${name}.json`);

/** Throws CliError for a name or an address that cannot be used. */
export async function saveProfile(env: Io['env'], name: string, profile: Profile): Promise<void> {
  const path = profilePath(env, name);
  const url = safeUrl('--url', profile.url);
  await writePrivate(path, {
    ...profile,
    url: url.endsWith('/v1') ? url : `${url}/v1`,
    tokenUrl: safeUrl('--token-url', profile.tokenUrl),
  });
  await rm(tokenPath(env, name), { force: true });
}

/** Throws CliError if there is no such profile, or its file cannot be used. */
export async function readProfile(env: Io['env'], name: string): Promise<Profile> {
  const path = profilePath(env, name);
  const content = await readObject(path).catch(() => ({}));
  if (content === undefined) {
    throw new CliError(EXIT.notFound, {
      pl: `Nie ma profilu „${name}”. Dodaj go: klamka profiles add ${name} --help`,
      en: `There is no profile "${name}". Add it: klamka profiles add ${name} --help`,
    });
  }
  const { url, tokenUrl, clientId, scope, registryTable } = content as Record<string, unknown>;
  if (typeof url !== 'string' || typeof tokenUrl !== 'string' || typeof clientId !== 'string') {
    throw usageError({
      pl: `Plik ${path} nie jest profilem. Dodaj profil jeszcze raz: klamka profiles add ${name} --help`,
      en: `The file ${path} is not a profile. Add the profile again: klamka profiles add ${name} --help`,
    });
  }
  return {
    url: safeUrl('url', url),
    tokenUrl: safeUrl('tokenUrl', tokenUrl),
    clientId,
    ...(typeof scope === 'string' && { scope }),
    ...(typeof registryTable === 'string' && { registryTable }),
  };
}

export async function listProfiles(env: Io['env']): Promise<string[]> {
  const names = await readdir(join(foldersOf(env).config, 'profiles')).catch(() => []);
  return names.flatMap((name) => (name.endsWith('.json') ? name.slice(0, -'.json'.length) : [])).toSorted();
}

/** Removes the profile and its token. */
export async function removeProfile(env: Io['env'], name: string): Promise<void> {
  await readProfile(env, name);
  await rm(profilePath(env, name), { force: true });
  await rm(tokenPath(env, name), { force: true });
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export const isLoopback = ({ hostname }: URL): boolean => LOOPBACK.test(hostname);

/**
 * An address to which secrets may be sent: HTTPS, or HTTP on this machine. Without a slash at the end. Throws CliError.
 */
function safeUrl(name: string, text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (
    url !== null &&
    isSafe &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '' &&
    url.search === ''
  )
    return url.href.replace(/\/+$/, '');
  throw usageError({
    pl: `${name} ma być pełnym adresem https:// (http:// tylko na tym komputerze), bez haseł i parametrów, np. https://api.example.org/v1.`,
    en: `${name} has to be a whole https:// address (http:// on this machine only), without passwords and parameters, e.g. https://api.example.org/v1.`,
  });
}
