import { mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { writeNotices } from './notices.ts';

/** Where the bundles stand, one folder per function, as Lambda will see it. */
export const OUTPUT = '.build';

/**
 * Bundles each handler (`functions/queue/work.handler`) into one CommonJS file that holds everything it
 * needs, the AWS SDK included, because a bundled SDK starts faster than the one of the runtime. Beside each bundle
 * stand the licences of what is in it.
 */
export async function bundle(root: string, handlers: readonly string[]): Promise<void> {
  const outdir = join(root, OUTPUT);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const entryPoints = handlers.map((handler) => {
    const source = handler.replace(/\.[^./]+$/, '');
    return { in: join(root, `${source}.ts`), out: join(basename(source), source) };
  });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    plugins: [leanSoap],
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    // The packages' ESM builds: only these can be shaken.
    mainFields: ['module', 'main'],
    outExtension: { '.js': '.cjs' },
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  });
  await writeNotices(root, metafile);
}

const UNUSED_BY_US =
  /^(axios|axios-ntlm|debug|follow-redirects|formidable|whatwg-mimetype|xml-crypto|\.\/security|\.\/server)$/;

/**
 * Leaves out what `soap` loads at its start and we never reach: its HTTP client (ours replaces it), its
 * server, its signatures, attachments and debug output. They would be six times what remains, and most of
 * its start-up time. What stands in for them can be called and gives back itself.
 */
export const leanSoap: Plugin = {
  name: 'lean-soap',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED_BY_US }, ({ importer, path }) =>
      /[\\/]node_modules[\\/]soap[\\/]/.test(importer) ? { path, namespace: 'unused' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'const nothing = () => nothing; module.exports = nothing;',
    }));
  },
};
