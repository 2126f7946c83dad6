import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Makes a data folder and locks it for this process, because two processes would ruin the data. The operating
 * system releases the lock after a crash. Throws when another process holds the lock.
 */
export async function takeDataFolder(folder: string): Promise<{ release(): void }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, 'lock.db'));
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new Error(`The data folder ${folder} is in use by another process.`);
  }
  return { release: () => lock.close() };
}
