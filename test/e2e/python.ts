import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ROOT = join(import.meta.dirname, '..', '..');
/** Everything that these runs leave on disk. */
export const FOLDER = join(ROOT, '.klamka', 'e2e');

/**
 * A virtual environment with the pinned programs of requirements.txt; returns the folder of its commands. Made once,
 * and made anew when the requirements change. Throws when there is no Python.
 */
export async function programs(): Promise<string> {
  const folder = join(ROOT, '.klamka', 'emulator');
  const requirements = join(import.meta.dirname, 'requirements.txt');
  const wanted = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const mark = join(folder, 'made-of');
  const bin = join(folder, 'bin');
  if ((await readFile(mark, 'utf8').catch(() => '')) === wanted) return bin;
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(ROOT, '.klamka'), { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  await run(join(bin, 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  await writeFile(mark, wanted);
  return bin;
}
