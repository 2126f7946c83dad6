import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOCK_FILE = 'lock.db';
const FORMAT_FILE = 'format.json';

/** The format of folders of earlier versions, which did not note it. */
const UNNUMBERED = 1;

/**
 * Makes a data folder and locks it for this process, because two processes would ruin the data. The operating
 * system releases the lock after a crash. Throws when another process holds the lock, and for a folder whose data
 * have another format than `format`, which is left as it is.
 */
export async function takeDataFolder(folder: string, format: number): Promise<{ release(): void }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await readdir(folder);
  const lock = new DatabaseSync(join(folder, LOCK_FILE));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(`The data folder ${folder} is in use by another process.`);
  }
  try {
    const isNew = found.every((name) => name === LOCK_FILE);
    const stored = isNew ? format : await storedFormat(folder);
    if (stored !== format) throw new Error(otherFormat(folder, { stored, format }));
    if (isNew) await writeFile(join(folder, FORMAT_FILE), `${JSON.stringify({ format })}\n`, { mode: 0o600 });
  } catch (error) {
    lock.close();
    throw error;
  }
  return { release: () => lock.close() };
}

async function storedFormat(folder: string): Promise<number> {
  const text = await readFile(join(folder, FORMAT_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return UNNUMBERED;
  return (JSON.parse(text) as { format: number }).format;
}

const otherFormat = (folder: string, { stored, format }: { stored: number; format: number }): string =>
  `The data in ${folder} have format ${stored}, and this version of Klamka works with format ${format}. ` +
  'Nothing was changed. Start with another folder (--data DIR), or delete this one if its data are not needed; ' +
  'to go on with these data, use the version of Klamka that made them.';
