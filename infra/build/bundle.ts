import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { writeNotices } from './notices.ts';

/** Folder of the bundles. */
export const OUTPUT = '.build';

/** The source of a handler, without its ending: `functions/queue/work` of `functions/queue/work.handler`. */
const sourceOf = (handler: string): string => handler.replace(/\.[^./]+$/, '');

/** The folder of a handler's bundle: `.build/work` holds what is at the root of `work.zip`. */
export const folderOf = (handler: string): string => join(OUTPUT, basename(sourceOf(handler)));

/**
 * Bundles each handler (`functions/queue/work.handler`) into one CommonJS file that holds everything it
 * needs, the AWS SDK included, because a bundled SDK starts faster than that of the runtime. Beside each
 * bundle stand the licences of the packages in it. `define` puts values, as JSON, in the place of names.
 */
export async function bundle(
  root: string,
  handlers: readonly string[],
  define: Readonly<Record<string, string>> = {},
): Promise<void> {
  const outdir = join(root, OUTPUT);
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  const entryPoints = handlers.map((handler) => {
    const source = sourceOf(handler);
    return { in: join(root, `${source}.ts`), out: join(basename(source), source) };
  });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    ...AS_DEPLOYED,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
    define,
  });
  await writeNotices(root, metafile);
  // Lambda takes a `.js` without a package.json for CommonJS; here the project's own would make it a module.
  await writeFile(join(outdir, 'package.json'), '{"type":"commonjs"}\n');
}

const UNUSED_BY_US =
  /^(axios|axios-ntlm|debug|follow-redirects|formidable|whatwg-mimetype|xml-crypto|\.\/security|\.\/server)$/;

/**
 * Leaves out parts that `soap` loads at its start and the product never uses: its HTTP client (ours replaces
 * it), its server, its signatures, attachments and debug output. With them a bundle would be seven times as
 * large and start far slower. The stand-in for such a part can be called and returns itself.
 */
const leanSoap: Plugin = {
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

const OTHER_CREDENTIALS =
  /^(@aws-sdk\/(credential-provider-(http|ini|login|process|sso|web-identity)|token-providers)|@smithy\/credential-provider-imds)(\/|$)/;

/**
 * Leaves out the SDK's ways to credentials other than the environment, which is where Lambda puts them. A bundle would
 * carry the clients of three more services for them. The SDK asks them only without credentials in the environment.
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: OTHER_CREDENTIALS }, ({ path }) => ({ path, namespace: 'other-credentials' }));
    onLoad({ filter: /.*/, namespace: 'other-credentials' }, () => ({
      contents: `throw new Error('This bundle takes AWS credentials from the environment only: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.');`,
    }));
  },
};

/** Leaves out the SDK's protocol of event streams, in which no service that we call answers. */
const noEventStreams: Plugin = {
  name: 'no-event-streams',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path }) => ({
      path,
      namespace: 'event-streams',
    }));
    onLoad({ filter: /.*/, namespace: 'event-streams' }, () => ({
      contents: `throw new Error('This bundle reads no event streams.');`,
    }));
  },
};

/** How a function's code is bundled; benches and tests that bundle a part of it do the same. */
export const AS_DEPLOYED = {
  bundle: true,
  plugins: [leanSoap, environmentCredentials, noEventStreams],
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  // Takes the packages' ESM builds, because unused code can be dropped from these only.
  mainFields: ['module', 'main'],
  minify: true,
} as const satisfies BuildOptions;
