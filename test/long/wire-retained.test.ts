import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hashPassword } from '../../functions/webapi/login.ts';
import { encodeFault, encodeReply } from '../support/wire-encode.ts';

const SCRIPT = fileURLToPath(new URL('../support/one-login.ts', import.meta.url));
const MANNER = {
  text: 'entities',
  absent: 'nil',
  strangers: false,
  reversed: false,
  indented: false,
} as const;
const word = () => randomBytes(8).toString('hex');

/** A server that grants the first login and answers every other call with a fault that echoes it. */
async function serve(dialect: 'document-literal' | 'rpc-encoded') {
  const secrets = { password: word(), key: word(), handle: word() };
  const fields = { sessionHandlePart: 'string', userId: 'long', serverTime: 'long' };
  const values = { sessionHandlePart: secrets.handle, userId: '1', serverTime: '1' };
  const granted = encodeReply('doLoginEnc', { fields, values, manner: { ...MANNER, dialect } });
  let logins = 0;
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const login = /dologinenc/i.test(String(message.headers.soapaction));
    if (login) logins += 1;
    const echo = encodeFault('ERR_X', Buffer.concat(chunks).toString().slice(-600));
    const reply = login && logins === 1 ? granted : echo;
    response.end(message.url === '/secrets' ? JSON.stringify(secrets) : reply);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { secrets, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** The secrets that are still in the memory of a process that has used them. */
async function remembered(dialect: 'document-literal' | 'rpc-encoded', ...keep: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-heap-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { secrets, url } = await serve(dialect);
  const file = join(folder, 'used.heapsnapshot');
  const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, url, dialect, file, ...keep]);
  expect(stdout.trim()).toBe(`3 ${keep.length === 0 ? 0 : 2}`);
  const heap = await readFile(file, 'utf8');
  const searched = { ...secrets, hash: hashPassword(secrets.password) };
  return Object.entries(searched).flatMap(([name, text]) => (heap.includes(text) ? [name] : []));
}

describe.each(['document-literal', 'rpc-encoded'] as const)('after calls in %s', (dialect) => {
  it('no object holds a password, its hash, a key or a handle', async () => {
    expect(await remembered(dialect)).toEqual([]);
  });

  it('a secret that is kept would be found', async () => {
    expect(await remembered(dialect, 'keep')).toEqual(expect.arrayContaining(['password', 'key', 'handle']));
  });
});
