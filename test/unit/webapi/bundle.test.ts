import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { AS_DEPLOYED } from '../../../infra/build/bundle.ts';
import { freeRun } from '../../support/free-turns.ts';
import { memoryCache } from '../../support/memory-cache.ts';
import { DIALECTS, fixture, HANDLE, KEY, SOON, serveCanned, settingsFor } from './support.ts';

it('works bundled, without the parts of soap that it does not use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const outfile = join(folder, 'webapi.cjs');
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../../functions/webapi/driver.ts', import.meta.url))],
    ...AS_DEPLOYED,
    outfile,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs).join('\n');
  expect(inputs).toContain('node_modules/soap/lib/client.js');
  expect(inputs).not.toMatch(/node_modules\/(axios|formidable|xml-crypto|mime-db|debug)\//);
  expect(Object.values(metafile.outputs)[0]?.bytes).toBeLessThan(200 * 1024);

  const { webapiDriver }: typeof import('../../../functions/webapi/driver.ts') = createRequire(
    import.meta.url,
  )(outfile);
  for (const dialect of DIALECTS) {
    const key = await serveCanned({
      body: fixture('doQuerySysStatus__gives_the_version_key', dialect).response,
    });
    const cache = memoryCache();
    const webapi = webapiDriver(settingsFor(key.endpoint, dialect)).open(freeRun({ cache }));
    await webapi.access.probeKey(KEY, SOON);
    expect(await cache.get('version-key')).toBe('9007199254740993');
    const journal = await serveCanned({
      body: fixture('doGetSiteJournalDeals__nothing_new', dialect).response,
    });
    const other = webapiDriver(settingsFor(journal.endpoint, dialect)).open(freeRun());
    expect((await other.sales.page(HANDLE, '1', SOON)).events).toEqual([]);
  }
});

it('takes credentials from the environment, as Lambda gives them, and says so without any', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const outfile = join(folder, 'dynamo.cjs');
  const { metafile } = await build({
    ...AS_DEPLOYED,
    stdin: {
      contents: `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
        new DynamoDBClient({ region: 'eu-central-1' }).config.credentials().then(
          ({ accessKeyId }) => console.log(accessKeyId), ({ message }) => console.log(message));`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    outfile,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).join('\n')).not.toContain('node_modules/@aws-sdk/nested-clients/');
  const said = (env: Record<string, string>) =>
    promisify(execFile)(process.execPath, [outfile], { env }).then(({ stdout }) => stdout);
  const key = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };
  expect(await said({ ...key, AWS_SESSION_TOKEN: 'token' })).toContain('AKIDEXAMPLE');
  expect(await said({})).toContain('from the environment only');
});
