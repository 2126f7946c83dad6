import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fakeServer, klamka } from '../../support/cli.ts';

/* Webhooks, keys and imports, named by the beginning of their ids as the help shows them. */

const ACCOUNT = '0b7989e5de8aba2d337e';
const IDS = ['5f6c11112222333344445555', '5f6c99992222333344445555', 'a1b2c3d4e5f60718293a'];

async function world() {
  const { url, asked } = await fakeServer(({ method, path }) => {
    const [plain] = path.split('?');
    if (method === 'GET' && plain === '/v1/webhooks')
      return { body: { webhooks: IDS.map((webhookId) => ({ webhookId })) } };
    if (method === 'GET' && plain === '/v1/integration-keys')
      return { body: { integrationKeys: IDS.map((id) => ({ integrationKeyId: id })), cursor: null } };
    if (method === 'GET' && plain === `/v1/accounts/${ACCOUNT}/imports`)
      return { body: { imports: IDS.map((importId) => ({ importId })) } };
    return { status: 404, body: { status: 404, title: 'Not found' } };
  });
  const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const token = `h.${Buffer.from(JSON.stringify({ exp: Date.now() / 1_000 + 3_600 })).toString('base64url')}.s`;
  const access = { url: `${url}/v1`, token, registry: { table: 't', endpoint: url, region: 'x' } };
  await writeFile(join(folder, 'access.json'), JSON.stringify(access));
  return {
    asked,
    run: (words: string, stdin = '') => klamka([...words.split(' '), '--data', folder], { stdin }),
  };
}

const COMMANDS = [
  ['webhooks show {id}', '/v1/webhooks/{id}'],
  ['webhooks test {id}', '/v1/webhooks/{id}/test'],
  ['webhooks resume {id}', '/v1/webhooks/{id}/resume'],
  ['webhooks rotate-secret {id}', '/v1/webhooks/{id}/secret'],
  ['webhooks dead-letters {id}', '/v1/webhooks/{id}/dead-letters'],
  ['webhooks replay {id}', '/v1/webhooks/{id}/dead-letters/replay'],
  ['webhooks remove {id} --yes', '/v1/webhooks/{id}'],
  ['keys replace {id}', '/v1/integration-keys/{id}'],
  ['keys remove {id} --yes', '/v1/integration-keys/{id}'],
  [`import show ${ACCOUNT} {id}`, `/v1/accounts/${ACCOUNT}/imports/{id}`],
] as const;

describe.each(COMMANDS)('%s', (command, route) => {
  const called = async (given: string) => {
    const { run, asked } = await world();
    const ran = await run(command.replace('{id}', given), 'secret-key\n');
    return { ran, paths: asked.map(({ path }) => path.split('?')[0]) };
  };

  it('takes the beginning of an id, and a whole one without a look', async () => {
    const [id = ''] = IDS.slice(2);
    expect((await called('a1b2')).paths.at(-1)).toBe(route.replace('{id}', id));
    expect((await called(id)).paths).toEqual([route.replace('{id}', id)]);
  });

  it('leaves an unknown id to the API, and does not choose between several', async () => {
    expect((await called('ffff')).paths.at(-1)).toBe(route.replace('{id}', 'ffff'));
    const { ran, paths } = await called('5f6c');
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toContain(`"5f6c": ${IDS[0]}, ${IDS[1]}`);
    expect(paths).toHaveLength(1);
  });
});

it('accounts add takes the beginning of the id of a key', async () => {
  const { run, asked } = await world();
  await run('accounts add --marketplace allegro --login sklep --key a1b2', 'password\n');
  expect(JSON.parse(asked.at(-1)?.body ?? '{}')).toMatchObject({ integrationKeyId: IDS[2] });
});
