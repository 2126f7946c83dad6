import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { commandLineScenario } from '../scenarios/command-line.ts';
import { embeddedScene, type Scene } from '../scenarios/scene.ts';
import { fakeServer, klamka as inProcess, type Ran } from '../support/cli.ts';
import { type Klamka, startKlamka } from '../support/klamka.ts';

/* The command line against the whole product. */

const MAIN = join(import.meta.dirname, '../../infra/cli/main.ts');

let klamka: Klamka;
let scene: Scene;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
  klamka = await startKlamka({ accessFile: join(folder, 'access.json') });
  scene = embeddedScene(klamka);
});
afterAll(async () => {
  await scene.close();
  await rm(folder, { recursive: true });
});

const env = () => ({ HOME: folder, KLAMKA_DATA: folder, LANG: 'C' });
const cli = (words: string, stdin?: string): Promise<Ran> =>
  inProcess(words.split(' '), { env: env(), ...(stdin !== undefined && { stdin }) });
const json = async <T>(words: string): Promise<T> => {
  const { exit, out, err } = await cli(`${words} --json`);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  return JSON.parse(out) as T;
};

/** Number of calls of an operation so far, by the log. */
const calls = async (operation: string): Promise<number> =>
  (await cli('logs --lines 100000')).out
    .split('\n')
    .filter((line) => line.includes(`operation=${operation}  `)).length;

interface Running {
  readonly child: ChildProcess;
  readonly output: { out: string; err: string };
  readonly exit: Promise<number | null>;
}

/** Runs the program as a person does, in a process of its own. */
function start(words: string, more: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...words.split(' ')], {
    env: { PATH: process.env.PATH ?? '', ...env(), ...more },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (data) => {
    output.out += data;
  });
  child.stderr.on('data', (data) => {
    output.err += data;
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output, exit };
}

describe('a seller', () => {
  it('is added with a wrong password and then given the right one, neither of which appears anywhere', async () => {
    const { login, applicationPassword } = await klamka.seller();
    const wrong = 'wRong1234wRong12';
    await klamka.sim('POST', '/keys', { key: 'klucz-cli' });
    expect(await cli('keys register --label ERP', 'klucz-cli\n')).toMatchObject({ exit: 0, err: '' });

    const added = start(`accounts add --marketplace allegro --login ${login}`);
    added.child.stdin?.write(wrong);
    // As other users of the machine see it.
    const seen = spawnSync('ps', ['-o', 'args=', '-p', String(added.child.pid)], { encoding: 'utf8' }).stdout;
    expect(seen).toContain('accounts add');
    added.child.stdin?.end('\n');
    expect(await added.exit).toBe(6);
    expect(added.output.out).toContain('The marketplace has refused the password.');
    expect(added.output.out).toContain(`klamka password set ${login}`);
    expect(await klamka.attempts(login)).toBe(1);

    const again = await cli(`password set ${login}`, `${wrong}\n`);
    expect(again).toMatchObject({ exit: 6, out: '' });
    expect(again.err).toContain('Password refused (422)');
    expect(await klamka.attempts(login)).toBe(1);

    const right = await cli(`password set ${login}`, `${applicationPassword}\n`);
    expect(right).toMatchObject({ exit: 0, err: '' });
    expect(right.out).toContain('The marketplace has accepted the password.');
    const shown = await json<{ connection: { state: string } }>(`accounts show ${login}`);
    expect(shown.connection.state).toBe('connected');

    await expect
      .poll(async () => (await cli(`audit --account ${login}`)).out, { timeout: 20_000 })
      .toMatch(/accounts\.replacePassword .* refused, password-refused/);
    // The account was added, although the marketplace then refused its password: the log tells both.
    const audit = (await cli(`audit --account ${login}`)).out;
    expect(audit).toMatch(/accounts\.add .* done, password refused/);
    expect(audit).toMatch(/accounts\.replacePassword .* done, password accepted/);
    const logins = await cli(`logins ${login}`);
    expect(logins.out.trim().split('\n')).toHaveLength(3);
    const logs = await cli('logs --lines 1000');
    expect(logs.out).toContain('operation=accounts.add');
    const everything = [
      seen,
      ...[added.output, again, right, logins, logs].flatMap(({ out, err }) => [out, err]),
    ];
    for (const secret of [wrong, applicationPassword, 'klucz-cli'])
      for (const text of everything) expect(text).not.toContain(secret);
  });

  it('is paused, resumed, synchronised and looked at in all ways', async () => {
    const [account] = (await json<{ accounts: { accountId: string; login: string }[] }>('accounts list'))
      .accounts;
    const { login = '', accountId = '' } = account ?? {};
    await klamka.sim('POST', '/buyers', { orders: 3, seller: login });
    await klamka.settle();
    expect((await json<{ connection: { state: string } }>(`accounts pause ${login}`)).connection.state).toBe(
      'paused',
    );
    expect((await cli(`accounts resume ${login}`)).exit).toBe(0);
    expect((await cli(`sync now ${login}`)).exit).toBe(0);
    await klamka.settle();
    await expect
      .poll(async () => (await json<{ entries: object[] }>(`audit --account ${login}`)).entries, {
        timeout: 20_000,
      })
      .toContainEqual(
        expect.objectContaining({ operation: 'accounts.pause', target: null, outcome: 'done' }),
      );
    const { orders } = await json<{ orders: { orderId: string }[] }>(`orders list ${login}`);
    expect(orders.length).toBeGreaterThanOrEqual(3);
    const orderId = orders[0]?.orderId ?? '';
    expect((await cli(`orders show ${login} ${orderId}`)).out).toMatch(/\d\.\d\d PLN/);
    expect((await cli(`sync show ${login}`)).out).toContain('fresh');
    expect(await cli(`buyers erase ${login} --order ${orderId}`)).toMatchObject({ exit: 2, out: '' });
    expect(await cli(`buyers erase ${login} --order ${orderId} --yes`)).toMatchObject({ exit: 0, err: '' });
    await klamka.settle();
    expect((await cli(`orders show ${login} ${orderId}`)).out).toContain('buyer erased');
    for (const words of [
      ...[
        `repair ${login} ${orderId}`,
        `resend ${login} ${orderId}`,
        `offers list ${login}`,
        'webhooks list',
      ],
      ...[`completeness check ${login}`, `import list ${login}`, `consumers list ${login}`, 'keys list'],
      `consumers acknowledge ${login} erp --from-start`,
    ])
      expect(await cli(words), words).toMatchObject({ exit: 0 });
    expect((await cli(`consumers show ${login} erp`)).out).toMatch(/^CONSUMER .*\nerp +0 +\d+/);
    await klamka.settle();
    const feed = await json<{ changes: { number: number }[]; position: string }>(
      `changes --account ${accountId}`,
    );
    expect(feed.changes.map(({ number }) => number)).toEqual(feed.changes.map((_, place) => place + 1));
    expect((await json<{ changes: unknown[] }>(`changes --after ${feed.position}`)).changes).toEqual([]);
    expect(await cli(`accounts unlocked ${login} --logged-in-on-website`)).toMatchObject({
      exit: 5,
      out: '',
    });
    expect(await cli(`accounts unlocked ${login}`)).toMatchObject({ exit: 2, out: '' });
    expect(await cli(`completeness show ${login} --day 2020-01-01`)).toMatchObject({ exit: 4, out: '' });
    const completed = await cli(`__complete -- orders show ${login} ${orderId.slice(0, 8)}`);
    expect(completed.out.split('\n')).toContain(orderId);
  });
});

describe('listen', () => {
  it('posts what trigger brings, signed, and ends on Ctrl-C with 130', async () => {
    const { url, asked } = await fakeServer(() => ({ status: 204 }));
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    const before = await calls('changes.list');
    const listening = start(`listen --json --forward ${url}/hook`, { KLAMKA_SIGNING_SECRET: secret });
    await expect.poll(() => listening.output.out, { timeout: 20_000 }).toContain('"listening"');
    // The first call to the feed fixes where "from now on" begins.
    await expect.poll(() => calls('changes.list'), { timeout: 20_000 }).toBeGreaterThan(before);

    const triggered = await cli('trigger order.paid --json');
    expect(triggered.exit).toBe(0);
    const { orderId, accountId } = JSON.parse(triggered.out) as { orderId: string; accountId: string };
    const typesOf = () =>
      asked.map(({ body }) => JSON.parse(body) as { type: string; data: { orderId: string } });
    const ofOrder = () => typesOf().flatMap(({ type, data }) => (data.orderId === orderId ? [type] : []));
    await expect.poll(ofOrder, { timeout: 30_000 }).toEqual(['order.created', 'order.paid']);
    expect(typesOf()[0]?.type).toBe('order.created');

    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    for (const { headers, body } of asked) {
      const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
      expect(headers['webhook-signature']).toBe(
        `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
      );
    }
    // The message has the order as the feed shows it.
    const { changes } = await json<{ changes: { number: number }[] }>(`changes --account ${accountId}`);
    const { data } = JSON.parse(asked.at(-1)?.body ?? '{}') as { data: { number: number } };
    expect(data).toEqual(changes.find(({ number }) => number === data.number));

    listening.child.kill('SIGINT');
    expect(await listening.exit).toBe(130);
    expect(listening.output.err).toContain('--after');
    expect(listening.output.out + listening.output.err).not.toContain(secret);
    const lines = listening.output.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { delivered?: boolean });
    expect(lines.slice(1).every(({ delivered }) => delivered === true)).toBe(true);
    expect(lines).toHaveLength(asked.length + 1);
  });

  it.each(['order.created', 'order.details-filled', 'order.cancelled', 'order.changed'])(
    'hears %s, which trigger has brought',
    async (event) => {
      const from = (await json<{ position: string }>('changes')).position;
      const { orderId } = await json2<{ orderId: string }>(`trigger ${event}`);
      const { changes } = await json<{ changes: { orderId: string; changes: string[] }[] }>(
        `changes --after ${from}`,
      );
      const brought = changes
        .filter((change) => change.orderId === orderId)
        .flatMap((change) => change.changes);
      expect(brought).toContain(event.slice('order.'.length));
    },
  );
  /** As `json`; the steps of a story are told beside it. */
  const json2 = async <T>(words: string): Promise<T> => {
    const { exit, out } = await cli(`${words} --json`);
    expect(exit).toBe(0);
    return JSON.parse(out) as T;
  };
});

describe('a seller to try things with', () => {
  it('is made at the simulated marketplace, with a password that works', async () => {
    const { applicationPassword } = await json<{ applicationPassword: string }>(
      'simulator seller sklep_na_probe',
    );
    const added = await cli('accounts add --marketplace allegro --login sklep_na_probe', applicationPassword);
    expect(added).toMatchObject({ exit: 0, err: '' });
    // A second password of the same seller works, too.
    const again = await json<{ applicationPassword: string }>('simulator seller SKLEP_NA_PROBE');
    expect(again.applicationPassword).not.toBe(applicationPassword);
    expect((await cli('password set sklep_na_probe', again.applicationPassword)).exit).toBe(0);
  });
});

describe('other ways in', () => {
  describe('a profile', () => {
    let integrationKeyId: string;
    beforeAll(async () => {
      integrationKeyId = await klamka.registerKey();
    });
    commandLineScenario(() => ({ scene, home: folder, integrationKeyId }));
  });

  it('a follower ends on Ctrl-C with 130 and without a word, also while it waits for changes', async () => {
    const before = await calls('changes.listOfAccount');
    const following = start('changes --follow --account sprzedawca_1');
    await expect.poll(() => calls('changes.listOfAccount'), { timeout: 30_000 }).toBeGreaterThan(before);
    following.child.kill('SIGINT');
    expect(await following.exit).toBe(130);
    expect(following.output).toEqual({ out: '', err: '' });
    const reading = start('logs --follow --lines 1');
    await expect.poll(() => reading.output.out, { timeout: 30_000 }).toContain('\n');
    reading.child.kill('SIGINT');
    expect(await reading.exit).toBe(130);
    expect(reading.output.err).toBe('');
  });

  it('a command that is interrupted while it starts ends as later', async () => {
    const listing = start('accounts list');
    await sleep(50);
    listing.child.kill('SIGINT');
    // Before the program hears signals, the signal itself ends it, which a shell shows as 130 too.
    expect([130, null]).toContain(await listing.exit);
    expect(listing.output).toEqual({ out: '', err: '' });
  });

  it('a reader that has enough, such as head, ends a command quietly', async () => {
    const listing = start('orders list sprzedawca_1 --all --json');
    listing.child.stdout?.destroy();
    expect(await listing.exit).toBe(0);
    expect(listing.output.err).toBe('');
  });
});
