import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CliError, EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { Api } from './client.ts';
import { readObject, writePrivate } from './private-files.ts';
import { type Profile, readProfile, tokenPath } from './profiles.ts';
import { askForToken, expiryOf, isUsable, type Token } from './tokens.ts';

/** The registry table in which clients are written. */
export interface Registry {
  readonly table: string;
  /** The embedded store; without it the AWS settings of this machine count. */
  readonly local?: { readonly endpoint: string; readonly region: string };
}

/** The parts that only an embedded stack has. */
export interface Embedded {
  readonly simulatorUrl: string;
  readonly logDir: string;
}

/** An installation of Klamka. */
export interface Place {
  readonly api: Api;
  readonly registry?: Registry | undefined;
  readonly embedded?: Embedded;
}

interface Terminal {
  readonly io: Io;
  /** Asks the person for the client secret; rejects where there is nobody to ask. */
  readonly askSecret: (profile: string) => Promise<string>;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The embedded stack that runs on this machine: `npm start` leaves its address in its data folder. Throws CliError. */
export async function embeddedPlace(
  { io }: Pick<Terminal, 'io'>,
  dataDir: string | undefined,
): Promise<Place> {
  const folder = dataDir ?? io.env.KLAMKA_DATA ?? join(ROOT, '.klamka');
  const access = await readObject(join(folder, 'access.json')).catch(() => undefined);
  if (access === undefined) {
    throw new CliError(EXIT.later, {
      pl: 'Wbudowane środowisko nie działa. Uruchom je w innym oknie (npm start) albo wskaż wdrożone (--profile NAZWA).',
      en: 'The embedded stack is not running. Start it in another window (npm start), or name a deployed one (--profile NAME).',
    });
  }
  const text = (name: string): string => String(access[name] ?? '');
  const { table, ...local } = access.registry as { table: string; endpoint: string; region: string };
  let held: Token = { token: text('token'), expiresAtMillis: expiryOf(text('token')) };
  return {
    api: {
      url: text('url'),
      gone: {
        pl: `Wbudowane środowisko (${text('url')}) nie odpowiada. Uruchom je ponownie w innym oknie (npm start); zlecona zmiana mogła zostać wykonana.`,
        en: `The embedded stack (${text('url')}) does not answer. Start it again in another window (npm start); a change that was asked for may have been made.`,
      },
      async token({ fresh }) {
        if (!fresh && isUsable(held, io.now())) return held.token;
        const asked = { tokenUrl: text('tokenUrl'), clientId: text('clientId'), scope: text('scope') };
        held = await askForToken(asked, { signal: io.signal, nowMillis: io.now() });
        return held.token;
      },
    },
    registry: { table, local },
    embedded: { simulatorUrl: text('simulatorUrl'), logDir: text('logDir') },
  };
}

/** The installation of a profile. Its tokens are kept until they expire, because an issuer may charge for each. */
export async function profilePlace(terminal: Terminal, name: string): Promise<Place> {
  const { io } = terminal;
  const profile = await readProfile(io.env, name);
  const { url, registryTable } = profile;
  const path = tokenPath(io.env, name);
  let held: Token | undefined;
  return {
    api: {
      url,
      async token({ fresh }) {
        held ??= await keptToken(path, profile);
        if (!fresh && held !== undefined && isUsable(held, io.now())) return held.token;
        await rm(path, { force: true });
        const secret = io.env.KLAMKA_CLIENT_SECRET ?? (await terminal.askSecret(name));
        held = await askForToken({ ...profile, secret }, { signal: io.signal, nowMillis: io.now() });
        await writePrivate(path, { ...held, of: ownerOf(profile) });
        return held.token;
      },
    },
    registry: registryTable === undefined ? undefined : { table: registryTable },
  };
}

/** The client that a kept token belongs to: a profile may have been changed by hand. */
const ownerOf = ({ tokenUrl, clientId, scope = '' }: Profile): string =>
  JSON.stringify([tokenUrl, clientId, scope]);

async function keptToken(path: string, profile: Profile): Promise<Token | undefined> {
  const kept = await readObject(path).catch(() => undefined);
  const { token, expiresAtMillis, of } = kept ?? {};
  return typeof token === 'string' && typeof expiresAtMillis === 'number' && of === ownerOf(profile)
    ? { token, expiresAtMillis }
    : undefined;
}
