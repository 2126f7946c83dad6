import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { leanSoap } from '../../../infra/build/bundle.ts';
import { freeRun } from '../../support/free-turns.ts';
import { memoryCache } from '../../support/memory-cache.ts';
import { DIALECTS, fixture, HANDLE, KEY, SOON, serveCanned, settingsFor } from './support.ts';

it('works bundled, without the parts of soap that it does not use', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-bundle-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const outfile = join(folder, 'webapi.cjs');
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL('../../../functions/webapi/driver.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    keepNames: true,
    metafile: true,
    plugins: [leanSoap],
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
