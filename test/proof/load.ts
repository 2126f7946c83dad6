import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { Core } from './world.ts';

const ROOT = join(import.meta.dirname, '../..');

/** One change of the product's source, in the copy under proof only. */
export interface Patch {
  /** Below functions/core. */
  readonly file: string;
  /** Must be there exactly once, so that a change of the product cannot make a mutant harmless unnoticed. */
  readonly from: string;
  readonly to: string;
}

/** The core with these changes. Throws RangeError if one does not fit the source any more. */
export async function loadCore(patches: readonly Patch[]): Promise<Core> {
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
      plugins: [patching(patches)],
    });
    return (await import(pathToFileURL(outfile).href)) as Core;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const patching = (patches: readonly Patch[]): Plugin => ({
  name: 'patching',
  setup({ onLoad, onEnd }) {
    const applied = new Set<Patch>();
    onLoad({ filter: /functions[\\/]core[\\/].*\.ts$/ }, async ({ path }) => {
      const file = relative(join(ROOT, 'functions/core'), path).split(sep).join('/');
      let contents = await readFile(path, 'utf8');
      for (const patch of patches.filter((one) => one.file === file)) {
        contents = applyPatch(contents, patch);
        applied.add(patch);
      }
      return { contents, loader: 'ts' };
    });
    onEnd(() => {
      const lost = patches.find((patch) => !applied.has(patch));
      if (lost !== undefined) throw new RangeError(`${lost.file} is no part of the core`);
    });
  },
});

/** Throws RangeError unless the text is there exactly once. */
export function applyPatch(source: string, { file, from, to }: Patch): string {
  const parts = source.split(from);
  if (parts.length !== 2) throw new RangeError(`${file} has ${parts.length - 1} times, not once: ${from}`);
  return parts.join(to);
}
