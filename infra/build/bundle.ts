import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

/** Where the bundles stand, one folder per function, as Lambda will see it. */
export const OUTPUT = '.build';

/**
 * Bundles each handler (`functions/queue/work.handler`) into one CommonJS file that holds everything it
 * needs, the AWS SDK included, because a bundled SDK starts faster than the one of the runtime.
 */
export async function bundle(root: string, handlers: readonly string[]): Promise<void> {
  const outdir = join(root, OUTPUT);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const entryPoints = handlers.map((handler) => {
    const source = handler.replace(/\.[^./]+$/, '');
    return { in: join(root, `${source}.ts`), out: join(basename(source), source) };
  });
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
  });
}
