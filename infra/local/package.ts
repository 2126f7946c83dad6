import { spawn } from 'node:child_process';
import { access, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPLATE_FILE } from './stack/template.ts';

/** What the packaged service is made from, besides the templates in `infra`. */
const SOURCES = ['functions', 'serverless.yml', 'package-lock.json', join('infra', 'build')];
const FRAMEWORK = join('node_modules', 'serverless', 'bin', 'serverless.js');

/**
 * Makes the deployment template and the bundles, unless nothing that they are made from has changed since. Works
 * without credentials and without a network. Throws with the packager's own output when it fails. Gives whether
 * it had to be made. Two processes must not do this at the same time.
 */
export async function packageService(root: string): Promise<{ made: boolean }> {
  const template = join(root, TEMPLATE_FILE);
  if (await isCurrent(root, template)) return { made: false };
  const begun = new Date();
  // A run that is broken off must not leave an old template that looks new.
  await rm(template, { force: true });
  await runFramework(root);
  // What was edited while the packager ran may have come too late for it.
  await utimes(template, begun, begun);
  return { made: true };
}

async function isCurrent(root: string, template: string): Promise<boolean> {
  const made = await changedMillis(template);
  if (made === undefined || !(await exists(join(root, '.build')))) return false;
  const infra = await readdir(join(root, 'infra'));
  const sources = [
    ...SOURCES,
    ...infra.filter((name) => name.endsWith('.yml')).map((name) => join('infra', name)),
  ];
  const changes = await Promise.all(sources.map((source) => newestMillis(join(root, source))));
  return Math.max(...changes) < made;
}

/** Of a file, or of a folder and all in it: a folder's own time tells of removed files. */
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
