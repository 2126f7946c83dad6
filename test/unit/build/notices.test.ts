import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const BUILD = join(ROOT, '.build');
const NOTICES = 'THIRD-PARTY-NOTICES.txt';
/** A folder each; the OpenAPI document lies beside them. */
const functions = (await readdir(BUILD, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The packages in a bundle by its source map, which another part of the bundler makes than the notices. */
async function packagesIn(name: string): Promise<string[]> {
  const files = await readdir(join(BUILD, name), { recursive: true });
  const map = join(BUILD, name, files.find((file) => file.endsWith('.js.map')) ?? '');
  const { sources } = JSON.parse(await readFile(map, 'utf8')) as { sources: string[] };
  const folders = sources
    .map((source) => resolve(dirname(map), source))
    .flatMap((source) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(source)?.[0] ?? []);
  return [...new Set(folders)];
}

describe('the packages that Lambda gets', () => {
  it('are those of all functions', () => {
    expect(functions.length).toBeGreaterThanOrEqual(12);
  });

  it.each(functions)('%s names every package in it, with its licence', async (name) => {
    const notices = await readFile(join(BUILD, name, NOTICES), 'utf8');
    const folders = await packagesIn(name);
    expect(folders.length).toBeGreaterThan(name === 'health' ? 3 : 20);
    for (const folder of folders) {
      const { name: title, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      expect(notices.split('\n'), folder).toContain(`${title} ${version}`);
      const licence = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
      if (licence === undefined) continue;
      const text = await readFile(join(folder, licence), 'utf8');
      expect(notices, folder).toContain(text.trim().replaceAll('\r\n', '\n'));
    }
  });
});
