import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { untried } from './lacks.ts';
import { FOLDER, ROOT } from './python.ts';

const run = promisify(execFile);
/** The parts of a deployment. */
const PARTS = ['functions', 'infra', 'package.json', 'package-lock.json', 'serverless.yml', 'tsconfig.json'];

/**
 * Makes a folder with the sources of a deployment and the modules of this checkout, so that neither packages nor
 * settings of this checkout change. Returns the folder.
 */
export async function checkout(of: 'this' | { commit: string }): Promise<string> {
  const folder = join(FOLDER, 'checkout');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  if (of === 'this')
    for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  else {
    const archive = `${folder}.tar`;
    await run('git', ['archive', '--output', archive, of.commit, ...PARTS], { cwd: ROOT });
    await run('tar', ['-xf', archive, '-C', folder]);
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/**
 * The commit of the previous release; undefined, and noted as not tried, where this clone does not have it. Throws then
 * where the surroundings say that it must (.ci/run does).
 */
export async function previousRelease(): Promise<string | undefined> {
  const text = await readFile(join(import.meta.dirname, 'previous-release.txt'), 'utf8');
  const commit = text.split('\n').find((line) => /^[0-9a-f]{40}$/.test(line));
  const has = await run('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT }).then(
    () => true,
    () => false,
  );
  if (has) return commit;
  if (process.env.E2E_UPGRADE === 'required')
    throw new Error(`this clone has no commit ${commit}, which test/e2e/previous-release.txt names`);
  untried('an upgrade from the previous release: this clone does not have its commit');
  return undefined;
}
