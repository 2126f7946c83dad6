import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../../infra/local/simulator/main.ts');

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output.text += data));
  return { child, output, exit: once(child, 'exit').then(([code]) => code) };
}

it('prints where it is, answers there, and ends cleanly on Ctrl-C', async () => {
  const { child, output, exit } = start('--port', '0', '--seed', 'demo');
  await expect.poll(() => output.text, { timeout: 10_000 }).toContain('Ctrl-C');
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(output.text) ?? [];
  const wsdl = await (await fetch(`${url}/service.php?wsdl`)).text();
  expect(wsdl).toContain(`location="${url}/service.php"`);
  child.kill('SIGINT');
  expect(await exit).toBe(0);
});

it.each([
  [['--bad'], /--bad/],
  [['--port', 'eighty'], /--port must be a whole number/],
  [['--port', '65536'], /--port must be a whole number/],
])('%j ends with a message and code 2', async (args, message) => {
  const { output, exit } = start(...args);
  expect(await exit).toBe(2);
  expect(output.text).toMatch(message);
});
