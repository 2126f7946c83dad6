import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unzip } from '../../support/unzip.ts';
import { temporaryFolder } from '../stack/project.ts';

const PACKAGED = join(import.meta.dirname, '..', '..', '..', '.serverless');
const TEMPLATE = join(PACKAGED, 'cloudformation-template-update-stack.json');

interface Properties {
  readonly Handler: string;
  readonly Code: { readonly S3Key: string };
}

const { Resources } = JSON.parse(await readFile(TEMPLATE, 'utf8')) as {
  Resources: Record<string, { Type: string; Properties: Properties }>;
};
const functions = Object.values(Resources)
  .filter(({ Type }) => Type === 'AWS::Lambda::Function')
  .map(({ Properties: { Handler, Code } }) => ({ handler: Handler, zip: basename(Code.S3Key) }));

/** The files of a zip in a folder where nothing else of this project is found, as on Lambda. */
async function unpacked(zip: string): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, content] of unzip(await readFile(join(PACKAGED, zip)))) {
    await mkdir(join(root, dirname(name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

/** Runs a script as Lambda runs a function: without the settings of the machine, with source maps. */
function run(root: string, script: string) {
  return spawnSync(process.execPath, ['--input-type=commonjs', '--eval', script], {
    cwd: root,
    env: { NODE_OPTIONS: '--enable-source-maps' },
    encoding: 'utf8',
  });
}

describe('the zips that Lambda gets', () => {
  it('are those of all functions', () => {
    expect(functions.length).toBeGreaterThanOrEqual(12);
  });

  it.each(functions)(
    '$zip holds $handler, its map and the notices, at its root',
    async ({ handler, zip }) => {
      const source = handler.replace(/\.handler$/, '');
      expect(source).toMatch(/^functions\/(http|queue|schedule)\/\w+$/);
      const files = unzip(await readFile(join(PACKAGED, zip)));
      expect([...files.keys()]).toEqual(['THIRD-PARTY-NOTICES.txt', `${source}.js`, `${source}.js.map`]);
      expect(String(files.get(`${source}.js`))).toMatch(
        new RegExp(`//# sourceMappingURL=${basename(source)}\\.js\\.map\n$`),
      );
    },
  );

  it('hold a function that tells the place of a failure in TypeScript', async () => {
    const root = await unpacked('work.zip');
    // Settings are read at the start, and there are none here. Of an error that is not caught, Node would first print the
    // line of the source, which is as long as the bundle.
    const load = "try { require('./functions/queue/work.js') } catch ({ stack }) { console.log(stack) }";
    const { stdout, stderr } = run(root, load);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\/functions\/entry\/\w+\.ts:\d+:\d+/);
    expect(stdout).not.toMatch(/at .*work\.js:\d+/);
  });
});
