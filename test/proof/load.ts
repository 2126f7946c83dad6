import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Mutant } from './mutants/kit.ts';
import { patched, type Sources } from './mutants/places.ts';
import type { Core } from './world.ts';

const ROOT = join(import.meta.dirname, '../..');
/** The folders of the code that the proof runs. */
const FOLDERS = ['functions/core', 'functions/webapi'];

/** The core with a mutant's mistake. Throws RangeError if the mistake does not fit the source any more. */
export async function loadCore({ name, patches = [] }: Pick<Mutant, 'name' | 'patches'>): Promise<Core> {
  const altered = patched(await coreSources(), { name, patches });
  const folder = await mkdtemp(join(tmpdir(), 'klamka-proof-'));
  const outfile = join(folder, 'core.mjs');
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: [join(import.meta.dirname, 'core.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      logLevel: 'silent',
      plugins: [replacing({ name }, altered)],
    });
    return (await import(pathToFileURL(outfile).href)) as Core;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All of functions/core and functions/webapi, by absolute path. */
export async function coreSources(): Promise<Sources> {
  const folders = FOLDERS.map(async (folder) => {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    return names.filter((name) => name.endsWith('.ts')).map((name) => join(ROOT, folder, name));
  });
  const paths = (await Promise.all(folders)).flat();
  return new Map(
    await Promise.all(
      paths.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
    ),
  );
}

const replacing = (mutant: { name: string }, altered: Sources): Plugin => ({
  name: 'replacing',
  setup({ onLoad, onEnd }) {
    const loaded = new Set<string>();
    onLoad({ filter: /functions[\\/](?:core|webapi)[\\/].*\.ts$/ }, ({ path }) => {
      loaded.add(path);
      const contents = altered.get(path);
      return contents === undefined ? undefined : { contents, loader: 'ts' };
    });
    onEnd(() => {
      const idle = [...altered.keys()].find((path) => !loaded.has(path));
      if (idle === undefined) return;
      throw new RangeError(
        `mutant "${mutant.name}": a change is in a file that the proof does not run: ${idle}`,
      );
    });
  },
});
