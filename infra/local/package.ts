import { spawn } from 'node:child_process';
import { access, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { BUNDLES, TEMPLATE_FILE } from './stack/template.ts';

/** Sources of the packaged service, besides the templates in `infra`. */
const SOURCES = ['functions', 'serverless.yml', 'package-lock.json', join('infra', 'build')];
const FRAMEWORK = join('node_modules', 'serverless', 'bin', 'serverless.js');

/**
 * Makes the deployment template and the bundles, unless no source has changed since they were made. Works
 * without credentials and without a network. Returns whether they had to be made. Throws with the packager's
 * output when it fails. Two processes must not run this at the same time.
 */
export async function packageService(root: string): Promise<{ made: boolean }> {
  const template = join(root, TEMPLATE_FILE);
  if (await isCurrent(root, template)) return { made: false };
  const begun = new Date();
  // Removes the old template first: after a run that is cut off it would look new.
  await rm(template, { force: true });
  await runFramework(root);
  // Dates the template at the start of packaging, because a source that was edited during packaging may be
  // missing from it.
  await utimes(template, begun, begun);
  return { made: true };
}

async function isCurrent(root: string, template: string): Promise<boolean> {
  const made = await changedMillis(template);
  if (made === undefined || !(await exists(join(root, BUNDLES)))) return false;
  const infra = await readdir(join(root, 'infra'));
  const sources = [
    ...SOURCES,
    ...infra.filter((name) => name.endsWith('.yml')).map((name) => join('infra', name)),
  ];
  const changes = await Promise.all(sources.map((source) => newestMillis(join(root, source))));
  return Math.max(...changes) < made;
}

/**
 * Time of the newest change to a file, or to a folder and all files in it; the folder's own time shows
 * removed files.
 */
async function newestMillis(path: string): Promise<number> {
  const own = (await changedMillis(path)) ?? 0;
  const inside = await readdir(path, { recursive: true }).catch(() => []);
  const times = await Promise.all(inside.map((name) => changedMillis(join(path, name))));
  return Math.max(own, ...times.map((time) => time ?? 0));
}

const changedMillis = async (path: string) => (await stat(path).catch(() => undefined))?.mtimeMs;

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

async function runFramework(root: string): Promise<void> {
  const child = spawn(process.execPath, [join(root, FRAMEWORK), 'package'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0)
    throw new Error(`serverless package failed (${code}):\n${Buffer.concat(output).toString('utf8')}`);
}
