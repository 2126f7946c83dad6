import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isTaken, runningWith } from '../../../infra/local/running.ts';
import { serve } from '../../../infra/local/stack/loopback.ts';

/* A second npm start beside a running one, whose store and logs it would spoil. */

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'klamka-running-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}

it('a stack that runs with the folder is found, and one that has ended, or was killed, is not', async () => {
  const file = join(await folder(), 'access.json');
  expect(await runningWith(file)).toBeUndefined();
  const server = await serve(
    ({ url }, response) => response.writeHead(url === '/v1/health' ? 200 : 404).end('{}'),
    { port: 0 },
  );
  await writeFile(file, JSON.stringify({ url: `${server.url}/v1` }));
  expect(await runningWith(file)).toBe(`${server.url}/v1`);
  // Another program has taken the port since.
  await writeFile(file, JSON.stringify({ url: `${server.url}/v2` }));
  expect(await runningWith(file)).toBeUndefined();
  await server.close();
  await writeFile(file, JSON.stringify({ url: `${server.url}/v1` }));
  expect(await runningWith(file)).toBeUndefined();
  for (const spoilt of ['', '{', '{"url": 5}']) {
    await writeFile(file, spoilt);
    expect(await runningWith(file)).toBeUndefined();
  }
});

it('a port of another program is noticed before anything is begun', async () => {
  const server = await serve((_, response) => response.end(), { port: 0 });
  const port = Number(new URL(server.url).port);
  expect(await isTaken(port)).toBe(true);
  await server.close();
  expect([await isTaken(port), await isTaken(0)]).toEqual([false, false]);
});
