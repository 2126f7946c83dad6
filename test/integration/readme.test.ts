import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { connectSellers } from '../../infra/local/sellers.ts';
import { demoEnvironment } from '../../infra/local/watch.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';

/* The command blocks of the READMEs, run as a newcomer pastes them beside npm start. */

const ROOT = join(import.meta.dirname, '..', '..');
const DONE = '--done--';

let klamka: Klamka;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'klamka-readme-'));
  await mkdir(join(folder, '.klamka'));
  // A refused call fails the line that made it.
  await writeFile(join(folder, '.curlrc'), 'fail-with-body\nsilent\nshow-error\n');
  klamka = await startKlamka({
    accessFile: join(folder, '.klamka', 'access.json'),
    environment: demoEnvironment({}),
  });
  await connectSellers({ api: klamka.world.api, simulator: klamka.world.simulator.url }, 2);
  await klamka.settle();
});
afterAll(async () => {
  await klamka.close();
  await rm(folder, { recursive: true });
});

const env = () => ({
  ...{ PATH: process.env.PATH ?? '', HOME: folder, CURL_HOME: folder, LANG: 'C' },
  KLAMKA_DATA: join(folder, '.klamka'),
  npm_config_update_notifier: 'false',
});

/** The command blocks of a page, in its order. */
const blocksOf = async (page: string): Promise<string[]> =>
  [...(await readFile(join(ROOT, page), 'utf8')).matchAll(/^ *```sh\n(.*?)^ *```$/gms)].map(
    ([, block = '']) => block,
  );

/** A shell that lives as long as the test, and its output so far. */
function shell(cwd: string): {
  child: ChildProcess;
  output: () => string;
  run(block: string): Promise<string>;
} {
  const child = spawn('bash', ['-eu', '-o', 'pipefail', '-s'], {
    cwd,
    env: env(),
    detached: true,
    stdio: 'pipe',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
  onTestFinished(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  });
  return {
    child,
    output: () => output,
    async run(block) {
      const from = output.length;
      child.stdin.write(`${block}\nprintf '\\n${DONE}\\n'\n`);
      while (!output.slice(from).includes(DONE)) {
        expect(child.exitCode, `${block}\n${output.slice(from)}`).toBeNull();
        await sleep(20);
      }
      return output.slice(from).replace(DONE, '').trim();
    },
  };
}

it('every block of the page about the API runs as it is', { timeout: 120_000 }, async () => {
  const blocks = await blocksOf('functions/http/README.md');
  const { run } = shell(folder);
  const told: string[] = [];
  for (const block of blocks) {
    told.push(await run(block));
    await klamka.settle();
  }
  const all = told.join('\n');
  expect(blocks.length).toBeGreaterThan(7);
  for (const wanted of [
    ...['"access_token"', '"repeated":true', '"openapi":"3.1', '"dayWasOver"', '"importId"', '"offers"'],
    ...['"secret":"whsec_', '"delivered":false', '"state":"removed"'],
  ])
    expect(all).toContain(wanted);
});

/** Blocks of the first page that do something else than working with npm start, and where they are tried. */
const ELSEWHERE: readonly (readonly [block: RegExp, where: string])[] = [
  [/^npm ci && npm start/, 'starts the stack and the tests'],
  [/^npm start -- --once/, 'test/integration/once.test.ts'],
  [/^npm run package/, 'deploys: test/unit/stack/package.test.ts'],
  [/^npx serverless info/, 'works with a deployed stack: test/integration/clients.test.ts'],
  [/^npm run simulator -- /, 'goes on until it is ended: test/unit/simulator/cli.test.ts'],
];

it('every block of the first page that works with npm start runs as it is', {
  timeout: 180_000,
}, async () => {
  const blocks = await blocksOf('README.md');
  const ours = blocks.filter((block) => !ELSEWHERE.some(([pattern]) => pattern.test(block)));
  for (const [pattern] of ELSEWHERE)
    expect(
      blocks.filter((block) => pattern.test(block)),
      String(pattern),
    ).toHaveLength(1);
  expect(ours).toHaveLength(4);
  const [work = '', seller = '', listen = '', simulator = ''] = ours;

  const { run } = shell(ROOT);
  const shown = await run(work);
  for (const wanted of ['sklep_1', 'orders are', 'order.paid: order:', 'ORDER ', 'Position at the end'])
    expect(shown).toContain(wanted);

  const [make = '', add = ''] = seller.trim().split('\n');
  const made = await run(make);
  const [, password = ''] = /application password +(\S+)/.exec(made) ?? [];
  expect(made).toContain(add.replace('npm run klamka --', 'klamka'));
  expect(await run(`${add} <<< '${password}'`)).toContain('The marketplace has accepted the password.');

  const port = await freePort();
  const listening = shell(ROOT);
  void listening.run(listen.replaceAll('4000', String(port))).catch(() => undefined);
  await expect.poll(listening.output, { timeout: 30_000 }).toContain('The secret of this session signs');
  await expect
    .poll(
      async () => {
        await run('npm run --silent klamka -- trigger order.created');
        return listening.output();
      },
      { timeout: 60_000 },
    )
    .toMatch(/"type":"order\.created"/);

  const { host } = new URL(klamka.world.simulator.url);
  expect(await run(simulator.replaceAll('localhost:8080', host))).toContain('<definitions');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
