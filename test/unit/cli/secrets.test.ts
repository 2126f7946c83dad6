import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askSecret, pipedSecret } from '../../../infra/cli/ask.ts';
import { Interrupted } from '../../../infra/cli/exit.ts';
import { fakeServer, ioOf, klamka } from '../../support/cli.ts';

const NAME = { pl: 'Hasło', en: 'Password' };
const read = (stdin: string) => askSecret(ioOf({ stdin }).io, NAME, 'en');

describe('a secret on standard input', () => {
  it.each([
    ['aB3dE5fG7hJ9', 'aB3dE5fG7hJ9'],
    ['aB3dE5fG7hJ9\n', 'aB3dE5fG7hJ9'],
    ['aB3dE5fG7hJ9\r\n', 'aB3dE5fG7hJ9'],
    [' zażółć ', ' zażółć '],
  ])('%j is read as it is, without the line end', async (stdin, secret) =>
    expect(await read(stdin)).toBe(secret),
  );

  it.each([
    ['nothing', ''],
    ['an empty line', '\n'],
    ['two lines', 'pierwszy\ndrugi\n'],
    ['more than any password has', 'zz'.repeat(2_500)],
  ])('%s is refused, and not shown', async (_, stdin) => {
    const error = await read(stdin).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ exit: 2 });
    expect(String(error)).toContain('standard input');
    expect(String(error)).not.toMatch(/pierwszy|zz/);
  });
});

describe('standard input that does not end', () => {
  it('is not waited for for ever, and Ctrl-C ends the wait', async () => {
    const { io } = ioOf();
    const stdin = new PassThrough();
    stdin.write('half');
    await expect(pipedSecret({ ...io, stdin }, NAME, 50)).rejects.toMatchObject({ exit: 2 });
    const stop = new AbortController();
    const waiting = pipedSecret({ ...io, stdin: new PassThrough(), signal: stop.signal }, NAME, 60_000);
    stop.abort();
    await expect(waiting).rejects.toBeInstanceOf(Interrupted);
  });
});

describe('a refused password', () => {
  it('is told with code 6, and appears in no output', async () => {
    const password = 'hunter2hunter2';
    const account = {
      ...{
        accountId: 'a'.repeat(20),
        marketplace: 'allegro',
        login: 'sklep',
        integrationKeyId: 'k',
        userId: null,
      },
      ...{ createdAt: '2026-11-29T07:00:00.000Z', pendingPassword: null, session: null, lastLoginAt: null },
      ...{ ordersSince: null, lastRun: null, nextRunAt: null },
      connection: {
        ...{ state: 'needs-app-password', reason: 'password-refused', code: 'ERR_USER_PASSWD', since: null },
        message: { pl: 'Wygeneruj nowe.', en: 'Generate a new one.' },
      },
    };
    const { url, asked } = await fakeServer(({ method }) =>
      method === 'GET'
        ? { body: { integrationKeys: [{ integrationKeyId: 'k', label: 'ERP' }], cursor: null } }
        : { status: 201, body: { verdict: 'refused', ...account } },
    );
    const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const token = `h.${Buffer.from(JSON.stringify({ exp: Date.now() })).toString('base64url')}.s`;
    const registry = { table: 't', endpoint: url, region: 'r' };
    await writeFile(join(folder, 'access.json'), JSON.stringify({ url: `${url}/v1`, token, registry }));
    const words = ['accounts', 'add', '--marketplace', 'allegro', '--login', 'sklep', '--data', folder];
    const ran = await klamka(words, { stdin: `${password}\n`, env: { LANG: 'pl_PL.UTF-8' } });
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual({
      marketplace: 'allegro',
      login: 'sklep',
      integrationKeyId: 'k',
      applicationPassword: password,
    });
    expect(ran.exit).toBe(6);
    expect(ran.out).toContain('Serwis odrzucił hasło.');
    expect(ran.out).toContain('Wygeneruj nowe.');
    expect(ran.out).toContain('klamka password set sklep');
    expect(ran.out + ran.err).not.toContain(password);
  });
});
