import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Asked, fakeServer, klamka } from '../../support/cli.ts';

const ID = '5f6c5f6c5f6c5f6c5f6c';
const tokenUntil = (millis: number, name: string): string =>
  `h.${Buffer.from(JSON.stringify({ exp: millis / 1_000, name })).toString('base64url')}.s`;

/** A data folder whose access file names this server. */
async function dataFor(url: string, token = tokenUntil(Date.now() + 3_600_000, 'first')): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const registry = { table: 't', endpoint: url, region: 'eu-central-1' };
  const access = {
    url: `${url}/v1`,
    token,
    tokenUrl: `${url}/token`,
    clientId: 'local',
    scope: 's',
    registry,
  };
  await writeFile(join(folder, 'access.json'), JSON.stringify(access));
  return folder;
}

const problem = (code: string, status: number, more: object = {}) => ({
  status,
  body: {
    type: `urn:klamka:problem:${code}`,
    status,
    title: 'A title',
    detail: 'detail',
    message: { pl: 'Zrób to.', en: 'Do this: POST /v1/accounts/5f/unlocked.' },
    ...more,
  },
});

describe('problems', () => {
  it.each([
    [400, 2],
    [401, 3],
    [403, 3],
    [404, 4],
    [409, 5],
    [413, 2],
    [422, 6],
    [429, 7],
    [500, 1],
    [503, 7],
  ])('of status %i end with code %i, title, remedy and no stack', async (status, exit) => {
    const { url } = await fakeServer(({ path }) =>
      path === '/token'
        ? { body: { access_token: 'other', expires_in: 3_600 } }
        : problem('x', status, { fields: [{ field: 'login', message: { pl: 'Pole.', en: 'A field.' } }] }),
    );
    const ran = await klamka(['accounts', 'show', ID, '--data', await dataFor(url)]);
    expect(ran).toMatchObject({ exit, out: '' });
    expect(ran.err).toBe(`A title (${status})\nDo this: klamka accounts unlocked 5f.\n  --login: A field.\n`);
  });

  it.each([
    [['changes', '--after', 'x'], 'after', '--after'],
    [['consumers', 'acknowledge', ID, 'ERP', '--from-start'], 'name', 'consumer'],
    [['resend', ID, 'order:5'], 'ids.0', 'orders'],
    [['webhooks', 'register', 'x'], 'url', 'url'],
  ])('of %j name the argument at fault, not the field of the API', async (words, field, argument) => {
    const wrong = { pl: 'To nie pasuje.', en: 'This does not fit.' };
    const { url } = await fakeServer(() =>
      problem('bad-input', 400, { message: wrong, fields: [{ field, message: wrong }] }),
    );
    const ran = await klamka([...words, '--data', await dataFor(url)]);
    expect(ran).toMatchObject({ exit: 2, err: `A title (400)\n${argument}: This does not fit.\n` });
    const two = { pl: 'Popraw pola.', en: 'Correct these fields.' };
    const both = await fakeServer(() =>
      problem('bad-input', 400, { message: two, fields: [{ field, message: wrong }] }),
    );
    const listed = await klamka([...words, '--data', await dataFor(both.url)]);
    expect(listed.err).toBe(`A title (400)\nCorrect these fields.\n  ${argument}: This does not fit.\n`);
  });

  it('are Polish for a Polish person, and JSON for a program', async () => {
    const { url, asked } = await fakeServer(() => problem('not-found', 404));
    const data = await dataFor(url);
    const words = ['accounts', 'show', ID, '--data', data];
    const polish = await klamka(words, { env: { LANG: 'pl_PL.UTF-8' } });
    expect(polish.err).toBe('A title (404)\nZrób to.\n');
    expect(asked.at(-1)?.headers['accept-language']).toBe('pl');
    const json = await klamka([...words, '--json']);
    expect(json.out).toBe('');
    expect(JSON.parse(json.err)).toMatchObject({
      exit: 4,
      status: 404,
      type: 'urn:klamka:problem:not-found',
    });
  });

  it('of the gateway, which have no text of ours, say what to do all the same', async () => {
    for (const [status, exit, remedy] of [
      [404, 4, /address of the profile|Check that of the profile/],
      [429, 7, /Wait some seconds/],
      [502, 1, /gave no reason/],
    ] as const) {
      const { url } = await fakeServer(() => ({ status, body: { message: 'Too Many Requests' } }));
      const ran = await klamka(['accounts', 'show', ID, '--data', await dataFor(url)]);
      expect(ran.exit).toBe(exit);
      expect(ran.err).toMatch(remedy);
    }
  });

  it('of a server that is gone, or answers with nonsense, are no stack either', async () => {
    const { url, server } = await fakeServer(() => ({ status: 500, body: 'nonsense' }));
    const data = await dataFor(url);
    const nonsense = await klamka(['accounts', 'list', '--data', data]);
    expect(nonsense).toMatchObject({ exit: 1 });
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const gone = await klamka(['accounts', 'list', '--data', data]);
    expect(gone).toMatchObject({ exit: 7, out: '' });
    expect(gone.err).toMatch(/embedded stack .* does not answer.*[(]npm start[)]/);
    expect(gone.err + nonsense.err).not.toMatch(/\n\s+at /);
  });
});

describe('a token', () => {
  const answering = (accepted: string) => (asked: Asked) => {
    if (asked.path === '/token') return { body: { access_token: 'second', expires_in: 3_600 } };
    return asked.headers.authorization === `Bearer ${accepted}`
      ? { body: { accounts: [], cursor: null } }
      : problem('unauthenticated', 401);
  };
  const paths = (asked: readonly Asked[]) => asked.map(({ path }) => path.split('?')[0]);

  it('that has expired is replaced before the call', async () => {
    const { url, asked } = await fakeServer(answering('second'));
    const data = await dataFor(url, tokenUntil(Date.now() - 1_000, 'old'));
    expect(await klamka(['accounts', 'list', '--data', data])).toMatchObject({ exit: 0 });
    expect(paths(asked)).toEqual(['/token', '/v1/accounts']);
  });

  it('that is refused is replaced once, not again and again', async () => {
    const good = await fakeServer(answering('second'));
    expect(await klamka(['accounts', 'list', '--data', await dataFor(good.url)])).toMatchObject({ exit: 0 });
    expect(paths(good.asked)).toEqual(['/v1/accounts', '/token', '/v1/accounts']);
    const bad = await fakeServer(answering('third'));
    expect(await klamka(['accounts', 'list', '--data', await dataFor(bad.url)])).toMatchObject({ exit: 3 });
    expect(paths(bad.asked)).toEqual(['/v1/accounts', '/token', '/v1/accounts']);
  });

  it('is not carried to another server by a redirect', async () => {
    const other = await fakeServer(() => ({ body: { accounts: [], cursor: null } }));
    const { url } = await fakeServer(() => ({
      status: 307,
      headers: { location: `${other.url}/v1/accounts` },
    }));
    expect((await klamka(['accounts', 'list', '--data', await dataFor(url)])).exit).toBe(7);
    expect(other.asked).toEqual([]);
  });
});

describe('lists', () => {
  it('are read page by page, and as far as asked', async () => {
    const order = (number: number) => ({
      orderId: `order:${number}`,
      state: 'paid',
      total: { minor: 100 * number, currency: 'PLN' },
      buyer: { login: 'kupiec' },
      changedAt: '2026-11-29T07:00:00.000Z',
    });
    const { url, asked } = await fakeServer(({ path }) => {
      const query = new URL(path, 'http://x').searchParams;
      const begin = Number(query.get('cursor') ?? 1);
      const limit = Number(query.get('limit'));
      const orders = Array.from({ length: Math.min(limit, 120 - begin + 1) }, (_, place) =>
        order(begin + place),
      );
      return { body: { orders, cursor: begin + limit > 120 ? null : String(begin + limit) } };
    });
    const data = ['--data', await dataFor(url)];
    const some = await klamka(['orders', 'list', ID, '--limit', '2', ...data]);
    expect(some.out.split('\n')[1]).toMatch(/^order:1 {2}paid {3}1\.00 PLN {2}kupiec {2}2026-11-29/);
    expect(some.out.split('\n')).toHaveLength(4);
    expect(some.err).toContain('--all');
    const all = await klamka(['orders', 'list', ID, '--all', '--json', ...data]);
    const { orders } = JSON.parse(all.out) as { orders: { orderId: string }[] };
    expect(orders.map(({ orderId }) => orderId)).toEqual(
      Array.from({ length: 120 }, (_, n) => `order:${n + 1}`),
    );
    expect(all.err).toBe('');
    expect(asked).toHaveLength(3);
  });
});

describe('an account', () => {
  const accounts = [
    { accountId: `aaaa${ID}`, login: 'sklep', marketplace: 'allegro' },
    { accountId: `bbbb${ID}`, login: 'sklep', marketplace: 'aukro' },
    { accountId: `cccc${ID}`, login: 'inny', marketplace: 'allegro' },
  ];
  it.each([
    ['inny', `cccc${ID}`],
    ['sklep@aukro', `bbbb${ID}`],
    ['cccc5', `cccc${ID}`],
    [`aaaa${ID}`, `aaaa${ID}`],
  ])('is found by %s', async (given, id) => {
    const { url, asked } = await fakeServer(({ path }) =>
      path.startsWith('/v1/accounts?') ? { body: { accounts, cursor: null } } : problem('x', 404),
    );
    await klamka(['sync', 'show', given, '--data', await dataFor(url)]);
    expect(asked.at(-1)?.path).toBe(`/v1/accounts/${id}/sync`);
  });

  it.each([
    ['sklep', 2, /sklep@allegro.*sklep@aukro/],
    ['nobody', 4, /no account "nobody"/],
  ])('%s is not guessed', async (given, exit, message) => {
    const { url } = await fakeServer(() => ({ body: { accounts, cursor: null } }));
    const ran = await klamka(['sync', 'show', given, '--data', await dataFor(url)]);
    expect(ran.exit).toBe(exit);
    expect(ran.err).toMatch(message);
  });
});

describe('an interruption', () => {
  it('ends a call that hangs with 130, and says nothing', async () => {
    const stop = new AbortController();
    const { url, server } = await fakeServer(() => ({}));
    server.removeAllListeners('request');
    server.on('request', () => stop.abort());
    const ran = await klamka(['accounts', 'list', '--data', await dataFor(url)], { signal: stop.signal });
    expect(ran).toEqual({ exit: 130, out: '', err: '' });
  });
});
