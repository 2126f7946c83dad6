import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fakeServer, klamka } from '../../support/cli.ts';

const SECRET = 'very-secret-words';
let home: string;
let env: Record<string, string>;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'klamka-home-'));
  onTestFinished(() => rm(home, { recursive: true }));
  env = { HOME: home, KLAMKA_CLIENT_SECRET: SECRET };
});

/** An installation with an issuer, whose tokens live for this long. */
const installation = (lifeSeconds = 3_600) => {
  let issued = 0;
  return fakeServer(({ path, headers }) => {
    if (path === '/oauth2/token') {
      issued += 1;
      const isKnown = headers.authorization === `Basic ${Buffer.from(`erp:${SECRET}`).toString('base64')}`;
      return isKnown
        ? { body: { access_token: `token-${issued}`, expires_in: lifeSeconds } }
        : { status: 400, body: { error: 'invalid_client' } };
    }
    return { body: { accounts: [], cursor: null } };
  });
};

const add = (url: string, more: readonly string[] = []) =>
  klamka(
    [
      'profiles',
      'add',
      'prod',
      '--url',
      url,
      '--token-url',
      `${url}/oauth2/token`,
      '--client-id',
      'erp',
      ...more,
    ],
    {
      env,
    },
  );
const list = (now?: () => number) =>
  klamka(['accounts', 'list', '--profile', 'prod'], { env, ...(now !== undefined && { now }) });

describe('a profile', () => {
  it('is a file of its owner alone, as is the token, and neither has the secret', async () => {
    const { url } = await installation();
    expect(await add(url)).toMatchObject({ exit: 0, err: '' });
    expect(await list()).toMatchObject({ exit: 0 });
    const files = [
      join(home, '.config', 'klamka', 'profiles', 'prod.json'),
      join(home, '.cache', 'klamka', 'tokens', 'prod.json'),
    ];
    for (const file of files) {
      expect((await stat(file)).mode & 0o777, file).toBe(0o600);
      expect((await stat(join(file, '..'))).mode & 0o777, file).toBe(0o700);
      expect(await readFile(file, 'utf8')).not.toContain(SECRET);
      expect(await readdir(join(file, '..'))).toEqual(['prod.json']);
    }
  });

  it('follows XDG_CONFIG_HOME and XDG_CACHE_HOME', async () => {
    const { url } = await installation();
    Object.assign(env, { XDG_CONFIG_HOME: join(home, 'c'), XDG_CACHE_HOME: join(home, 'k') });
    await add(url);
    await list();
    expect(await readdir(join(home, 'c', 'klamka', 'profiles'))).toEqual(['prod.json']);
    expect(await readdir(join(home, 'k', 'klamka', 'tokens'))).toEqual(['prod.json']);
  });

  it.each(['../evil', 'a/b', '.hidden', '', 'x'.repeat(65)])('cannot be named %j', async (name) => {
    const words = [
      'profiles',
      'add',
      name,
      '--url',
      'https://a.example',
      '--token-url',
      'https://b.example',
      '--client-id',
      'c',
    ];
    expect((await klamka(words, { env })).exit).toBe(2);
    expect(await readdir(home)).toEqual([]);
  });

  it.each([
    'http://api.example.org/v1',
    'https://user:pw@api.example.org',
    'ftp://api.example.org',
    'api.example.org',
  ])('does not send secrets to %s', async (url) => {
    const ran = await klamka(
      ['profiles', 'add', 'prod', '--url', url, '--token-url', 'https://b.example', '--client-id', 'c'],
      { env },
    );
    expect(ran.exit).toBe(2);
    expect(ran.err).toContain('--url');
  });

  it('is listed and removed, with its token', async () => {
    const { url } = await installation();
    await add(url, ['--registry-table', 'klamka-prod-registry']);
    await list();
    expect((await klamka(['profiles', 'list'], { env })).out).toMatch(
      /prod +http:\S+\/v1 +erp +klamka-prod-registry/,
    );
    expect((await klamka(['profiles', 'remove', 'prod'], { env })).exit).toBe(0);
    expect(await readdir(join(home, '.cache', 'klamka', 'tokens'))).toEqual([]);
    const gone = await list();
    expect(gone).toMatchObject({ exit: 4, out: '' });
    expect(gone.err).toContain('profiles add prod');
    expect((await klamka(['profiles', 'remove', 'prod'], { env })).exit).toBe(4);
  });
});

describe('a token of a profile', () => {
  const tokensOf = ({ asked }: Awaited<ReturnType<typeof installation>>) =>
    asked.flatMap(({ path, headers }) => (path === '/oauth2/token' ? [] : [headers.authorization]));

  it('is used until it expires, and then fetched anew', async () => {
    const server = await installation(3_600);
    await add(server.url);
    const start = Date.now();
    await list();
    await list(() => start + 3_500_000);
    await list(() => start + 3_600_000);
    await list(() => start + 3_600_001);
    expect(tokensOf(server)).toEqual([
      'Bearer token-1',
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-2',
    ]);
  });

  it('is not used for another client', async () => {
    const server = await installation();
    await add(server.url);
    await list();
    await add(server.url, ['--scope', 'klamka/orders:read']);
    await list();
    expect(tokensOf(server)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(server.asked.findLast(({ path }) => path === '/oauth2/token')?.body).toContain(
      'scope=klamka%2Forders',
    );
  });

  it('is refused with a reason and code 3 for a wrong secret, which is not shown', async () => {
    const { url } = await installation();
    await add(url);
    Object.assign(env, { KLAMKA_CLIENT_SECRET: 'wrong-secret-words' });
    const ran = await list();
    expect(ran).toMatchObject({ exit: 3, out: '' });
    expect(ran.err).toContain('invalid_client');
    expect(ran.err).not.toContain('wrong-secret-words');
  });

  it('can be had with a secret from standard input, and without one there is a remedy', async () => {
    const { url } = await installation();
    await add(url);
    env.KLAMKA_CLIENT_SECRET = '';
    delete env.KLAMKA_CLIENT_SECRET;
    const words = ['accounts', 'list', '--profile', 'prod'];
    const silent = await klamka(words, { env });
    expect(silent).toMatchObject({ exit: 2, out: '' });
    expect(silent.err).toContain('KLAMKA_CLIENT_SECRET');
    expect(await klamka(words, { env, stdin: `${SECRET}\n` })).toMatchObject({ exit: 0 });
  });
});
