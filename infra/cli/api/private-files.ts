import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Io } from '../io.ts';

/** The folders of this person, after the XDG base directory specification. */
export const foldersOf = ({ XDG_CONFIG_HOME, XDG_CACHE_HOME, HOME }: Io['env']) => {
  const home = HOME ?? homedir();
  return {
    config: join(XDG_CONFIG_HOME || join(home, '.config'), 'klamka'),
    cache: join(XDG_CACHE_HOME || join(home, '.cache'), 'klamka'),
  };
};

/** Writes a file that only its owner can read, whole or not at all. */
export async function writePrivate(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  await rm(draft, { force: true });
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  // The mode above is cut by the umask only; a file system may have given more.
  await chmod(draft, 0o600);
  await rename(draft, path);
}

/**
 * The object in a JSON file; undefined if there is no such file. Throws SyntaxError for a file that holds no object.
 */
export async function readObject(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null) throw new SyntaxError('not an object');
  return content as Record<string, unknown>;
}
