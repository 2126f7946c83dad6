import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askConfirmed, askSecret } from '../../../infra/cli/ask.ts';
import { Interrupted } from '../../../infra/cli/exit.ts';
import type { Io } from '../../../infra/cli/io.ts';
import { run } from '../../../infra/cli/program.ts';
import { fakeServer, ioOf } from '../../support/cli.ts';

/** A terminal at which a test types. */
function terminalOf(env: Io['env'] = {}) {
  const stop = new AbortController();
  const { io, written } = ioOf({ env, signal: stop.signal });
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  const screen = { text: '' };
  const terminal = new Writable({
    write(chunk, _encoding, done) {
      screen.text += String(chunk);
      done();
    },
  });
  const type = async (text: string) => {
    // Each key of its own, as a terminal sends them.
    for (const key of text) {
      stdin.write(key);
      await sleep(5);
    }
  };
  const given: Io = { ...io, stdin, terminal, interrupt: () => stop.abort() };
  return { io: given, type, screen, written, raw };
}

const NAME = { pl: 'Hasło aplikacji', en: 'Application password' };
const caught = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a secret that is typed', () => {
  it('does not appear, and is asked for in the language of the person', async () => {
    const { io, type, screen } = terminalOf();
    const asked = askSecret(io, NAME, 'pl');
    await type('aB3dE5fG7hJ9\r');
    expect(await asked).toBe('aB3dE5fG7hJ9');
    expect(screen.text).toContain('Hasło aplikacji');
    for (const part of ['aB3', 'dE5', 'fG7', 'hJ9']) expect(screen.text).not.toContain(part);
  });

  it('is not taken if it is empty, and Ctrl-C leaves the question', async () => {
    const empty = terminalOf();
    const asked = caught(askSecret(empty.io, NAME, 'en'));
    await empty.type('\r');
    expect(await asked).toMatchObject({ exit: 2 });
    const left = terminalOf();
    const given = caught(askSecret(left.io, NAME, 'en'));
    await left.type('abc\u0003');
    expect(await given).toBeInstanceOf(Interrupted);
  });
});

describe('a question', () => {
  const ask = ({ io }: ReturnType<typeof terminalOf>) =>
    caught(askConfirmed(io, { text: { pl: 'Usunąć?', en: 'Remove?' }, flag: '--yes', given: false }, 'en'));

  it.each([
    ['y', undefined],
    ['\r', { exit: 5 }],
    ['n', { exit: 5 }],
  ])('answered with %j is a yes only if it says so', async (keys, end) => {
    const terminal = terminalOf();
    const asked = ask(terminal);
    await terminal.type(keys);
    const answered = await asked;
    if (end === undefined) expect(answered).toBeUndefined();
    else expect(answered).toMatchObject(end);
  });

  it('left with Ctrl-C is no answer', async () => {
    const terminal = terminalOf();
    const asked = ask(terminal);
    await terminal.type('\u0003');
    expect(await asked).toBeInstanceOf(Interrupted);
  });
});

describe('the keys of listen', () => {
  /** A feed with one change, and a server that receives it. */
  async function listening(env: Io['env'] = {}) {
    const change = {
      ...{ accountId: '5f6c', number: 7, orderId: 'order:52001', changes: ['paid'] },
      ...{ changedAt: '2026-11-29T07:00:00.123Z', order: null },
    };
    const receiver = await fakeServer(() => ({ status: 200 }));
    const api = await fakeServer(({ path }) => ({
      body: path.includes('after=end')
        ? { changes: [change], position: 'p1', more: false }
        : { changes: [], position: 'p1', more: false },
    }));
    const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const token = `h.${Buffer.from(JSON.stringify({ exp: Date.now() })).toString('base64url')}.s`;
    await writeFile(
      join(folder, 'access.json'),
      JSON.stringify({ url: `${api.url}/v1`, token, registry: {} }),
    );
    const terminal = terminalOf(env);
    const words = ['listen', '--forward', `${receiver.url}/hook`, '--data', folder];
    const ended = run(words, terminal.io);
    await expect.poll(() => terminal.written.out).toMatch(/order\.paid {2}order:52001 {2}200 {2}\d+ ms\n/);
    return { ...terminal, receiver, ended };
  }

  it('send again, show details and end, and give the terminal back', async () => {
    const { type, written, receiver, ended, raw } = await listening();
    const secret = /signs: (whsec_\S+)/.exec(written.err)?.[1] ?? '';
    expect(secret).not.toBe('');
    await type('r');
    await expect.poll(() => receiver.asked.length).toBe(2);
    const [first, second] = receiver.asked.map(({ headers }) => headers['webhook-id']);
    expect(second).toBe(first);
    await type('xd');
    await expect.poll(() => written.out).toContain('HTTP 200');
    expect(written.out).toContain(`webhook-id: ${first}`);
    expect(written.out).toContain('"orderId": "order:52001"');
    expect(written.out).not.toContain(secret);
    await type('q');
    expect(await ended).toBe(0);
    expect(written.err).toContain('--after p1');
    expect(raw).toEqual([true, false]);
  });

  it('end it with 130 on Ctrl-C, for which a terminal in raw mode sends no signal', async () => {
    const { type, ended, raw } = await listening({ LANG: 'pl_PL.UTF-8' });
    await type('\u0003');
    expect(await ended).toBe(130);
    expect(raw.at(-1)).toBe(false);
  });
});
