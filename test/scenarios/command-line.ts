import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Ran } from '../support/cli.ts';
import type { Scene } from './scene.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'infra', 'cli', 'main.ts');
const SECRETS = { administrator: 'words-of-the-cli-administrator', reader: 'words-of-the-cli-reader' };

interface Parts {
  readonly scene: Scene;
  /** Where the command line keeps profiles and tokens. */
  readonly home: string;
  readonly integrationKeyId: string;
}

/** The command line in a process of its own, with profiles of an administrator and of a reader. */
export function commandLineScenario(parts: () => Parts): void {
  const cli = async (
    words: string | readonly string[],
    { as, stdin = '' }: { as?: keyof typeof SECRETS; stdin?: string } = {},
  ) => {
    const { scene, home } = parts();
    const { endpoint, region } = scene.registry.aws ?? {};
    const profile = as === undefined ? [] : ['--profile', `cli-${as}`];
    const child = spawn(
      process.execPath,
      [MAIN, ...(typeof words === 'string' ? words.split(' ') : words), ...profile],
      {
        env: {
          PATH: process.env.PATH,
          HOME: home,
          LANG: 'C',
          AWS_ENDPOINT_URL_DYNAMODB: String(endpoint),
          AWS_REGION: String(region),
          AWS_ACCESS_KEY_ID: 'local',
          AWS_SECRET_ACCESS_KEY: 'local',
          ...(as !== undefined && { KLAMKA_CLIENT_SECRET: SECRETS[as] }),
        },
      },
    );
    const output = { out: '', err: '' };
    child.stdout.on('data', (data) => {
      output.out += data;
    });
    child.stderr.on('data', (data) => {
      output.err += data;
    });
    child.stdin.end(stdin);
    const [exit] = (await once(child, 'close')) as [number];
    scene.said.push(output.out, output.err);
    return { exit, ...output } satisfies Ran;
  };
  const json = async <T>(words: string): Promise<T> => {
    const { exit, out, err } = await cli(`${words} --json`, { as: 'administrator' });
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    return JSON.parse(out) as T;
  };

  const profileOf = (role: string, scopes: string) => {
    const { place, issuer } = parts().scene;
    return [
      ...['profiles', 'add', `cli-${role}`, '--url', place.url, '--token-url', issuer.tokenUrl],
      ...['--client-id', `cli-${role}`, '--scope', scopes],
    ];
  };

  it('writes clients with AWS credentials, adds a seller by a profile and shows its orders', async () => {
    const { scene, integrationKeyId } = parts();
    for (const secret of Object.values(SECRETS)) scene.secrets.add(secret);
    const scopes = 'klamka/accounts:read klamka/accounts:write klamka/orders:read klamka/operations';
    const stored = await cli([
      ...profileOf('administrator', scopes),
      ...['--registry-table', scene.registry.table],
    ]);
    expect(stored).toMatchObject({ exit: 0, err: '' });
    for (const role of ['administrator', 'reader'])
      expect(
        await cli(`clients add cli-${role} --role ${role} --name ${role}`, { as: 'administrator' }),
      ).toMatchObject({ exit: 0, err: '' });
    const { clients } = await json<{ clients: object[] }>('clients list');
    expect(clients).toContainEqual(
      expect.objectContaining({ clientId: 'cli-reader', role: 'reader', name: 'reader' }),
    );

    const { login, applicationPassword } = await scene.seller();
    const added = await cli(`accounts add --marketplace allegro --login ${login} --key ${integrationKeyId}`, {
      as: 'administrator',
      stdin: `${applicationPassword}\n`,
    });
    expect(added).toMatchObject({ exit: 0, err: '' });
    const { connection } = await json<{ connection: { state: string } }>(`accounts show ${login}`);
    expect(connection.state).toBe('connected');
    await scene.sim('POST', '/buyers', { orders: 3, seller: login });
    await scene.settle();
    const { orders } = await json<{ orders: { orderId: string }[] }>(`orders list ${login}`);
    expect(orders.length).toBeGreaterThanOrEqual(3);
    const shown = await cli(`orders show ${login} ${orders[0]?.orderId}`, { as: 'administrator' });
    expect(shown.out).toMatch(/\d\.\d\d PLN/);
    expect(await scene.attempts(login)).toBe(1);
  });

  it('a profile may do what the role of its client permits, and nothing once the client is removed', async () => {
    const stored = await cli(profileOf('reader', 'klamka/accounts:read klamka/accounts:write'));
    expect(stored).toMatchObject({ exit: 0, err: '' });
    const listed = await cli('accounts list --json', { as: 'reader' });
    expect(listed).toMatchObject({ exit: 0, err: '' });
    const [account] = (JSON.parse(listed.out) as { accounts: { login: string }[] }).accounts;
    const forbidden = await cli(`accounts pause ${account?.login}`, { as: 'reader' });
    expect(forbidden).toMatchObject({ exit: 3, out: '' });
    expect(forbidden.err).toContain('Not permitted (403)');
    // Only beside an embedded stack is there a marketplace to be triggered.
    expect(await cli('trigger order.paid', { as: 'reader' })).toMatchObject({ exit: 2, out: '' });
    for (const exit of [0, 4])
      expect((await cli('clients remove cli-reader --yes', { as: 'administrator' })).exit).toBe(exit);
    expect((await cli('accounts list', { as: 'reader' })).exit).toBe(3);
  });
}
