import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageService } from '../../../infra/local/package.ts';
import { linesOf, temporaryFolder } from './project.ts';

/** A packager that records its runs, and fails if there is a file `broken`. */
const PACKAGER = `
const { appendFileSync, existsSync, mkdirSync, writeFileSync } = require('node:fs');
appendFileSync('runs.txt', process.argv.slice(2).join(' ') + '\\n');
if (existsSync('functions/broken')) { console.log('what went wrong'); process.exit(1); }
for (const folder of ['.serverless', '.build']) mkdirSync(folder, { recursive: true });
writeFileSync('.serverless/cloudformation-template-update-stack.json', '{"Resources":{}}');`;

async function repository(): Promise<string> {
  const root = await temporaryFolder();
  const bin = join(root, 'node_modules', 'serverless', 'bin');
  for (const folder of [bin, join(root, 'functions', 'core'), join(root, 'infra', 'build')]) {
    await mkdir(folder, { recursive: true });
  }
  await writeFile(join(bin, 'serverless.js'), PACKAGER);
  for (const file of [
    'serverless.yml',
    'package-lock.json',
    'infra/data.yml',
    'infra/build/bundle.ts',
    'infra/note.md',
  ]) {
    await writeFile(join(root, file), '');
  }
  await writeFile(join(root, 'functions', 'core', 'time.ts'), '');
  for (const file of ['functions', 'functions/core', 'functions/core/time.ts', 'infra/build'])
    await age(join(root, file));
  return root;
}

const age = (path: string) => utimes(path, 1_000, 1_000);
const touch = (path: string) => utimes(path, new Date(), new Date());

test('the service is packaged once, and again when something that it is made from has changed', async () => {
  const root = await repository();
  expect(await packageService(root)).toEqual({ made: true });
  expect(await packageService(root)).toEqual({ made: false });
  await touch(join(root, 'infra', 'note.md'));
  expect(await packageService(root)).toEqual({ made: false });
  for (const file of [
    'functions/core/time.ts',
    'infra/data.yml',
    'infra/build/bundle.ts',
    'package-lock.json',
  ]) {
    await touch(join(root, file));
    expect([file, await packageService(root)]).toEqual([file, { made: true }]);
  }
  await rm(join(root, 'functions', 'core', 'time.ts'));
  expect(await packageService(root)).toEqual({ made: true });
  await rm(join(root, '.build'), { recursive: true });
  expect(await packageService(root)).toEqual({ made: true });
  expect(new Set(await linesOf(join(root, 'runs.txt')))).toEqual(new Set(['package']));
});

test('a failure tells what the packager said and leaves no old template', async () => {
  const root = await repository();
  await packageService(root);
  await writeFile(join(root, 'functions', 'broken'), '');
  await expect(packageService(root)).rejects.toThrow('what went wrong');
  await rm(join(root, 'functions', 'broken'));
  for (const folder of ['functions', 'functions/core']) await age(join(root, folder));
  expect(await packageService(root)).toEqual({ made: true });
});
