import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { candidates } from '../../../infra/cli/complete/complete.ts';
import { SHELLS, scriptOf } from '../../../infra/cli/complete/scripts.ts';
import { programOf } from '../../../infra/cli/program.ts';
import { Session } from '../../../infra/cli/session.ts';
import { ioOf, klamka } from '../../support/cli.ts';

const asked: string[] = [];
const complete = (line: string) => {
  asked.length = 0;
  return candidates(programOf(new Session(ioOf().io)), line.split(' '), async (name, given) => {
    asked.push([name, ...given].join(' '));
    return [`${name}-1`, `${name}-2`];
  });
};

describe('completion', () => {
  it.each([
    ['acc', ['accounts']],
    ['accounts re', ['resume', 'remove']],
    ['accounts show ', ['account-1', 'account-2']],
    ['accounts show account-2', ['account-2']],
    ['--profile ', ['profile-1', 'profile-2']],
    ['--json accounts pause ', ['account-1', 'account-2']],
    ['orders list sklep --l', ['--limit']],
    ['orders list sklep --limit ', ['number-1', 'number-2']],
    ['trigger order.c', ['order.created', 'order.cancelled', 'order.changed']],
    ['webhooks register url --event order.paid order.d', ['order.details-filled']],
    ['webhooks register url --event order.paid --account ', ['account-1', 'account-2']],
    ['completion z', ['zsh']],
    ['resend sklep order:1 order', ['order-1', 'order-2']],
    ['accounts show sklep more ', []],
    ['bogus ', []],
    ['_', []],
  ])('of "%s" is %j', async (line, words) => expect(await complete(line)).toEqual(words));

  it('of an order knows its account', async () => {
    await complete('orders show sklep_1 ');
    expect(asked).toEqual(['order sklep_1']);
  });

  it('asks nothing of anybody, and fails silently, where no stack runs and no secret is at hand', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const env = { HOME: folder, KLAMKA_DATA: folder };
    expect(await klamka(['__complete', '--', 'accounts', 'show', ''], { env })).toEqual({
      exit: 0,
      out: '',
      err: '',
    });
    const profile = ['--url', 'https://a.invalid', '--token-url', 'https://b.invalid', '--client-id', 'c'];
    await klamka(['profiles', 'add', 'prod', ...profile], { env });
    const asked = await klamka(['__complete', '--', '--profile', 'prod', 'accounts', 'show', ''], { env });
    expect(asked).toEqual({ exit: 0, out: '', err: '' });
    expect((await klamka(['__complete', '--', '--profile', ''], { env })).out).toBe('prod\n');
  });
});

describe('the script of a shell', () => {
  const program = { node: "/opt/it's/node", main: '/x y/main.ts' };

  it.each(SHELLS)('%s names the program, quoted, and asks it', (shell) => {
    const script = scriptOf(shell, program);
    expect(script).toContain(String.raw`'/opt/it'\''s/node' '/x y/main.ts' __complete --`);
  });

  it('of bash completes words, empty ones and ids with a colon', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'klamka-cli-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    // Stands in for the program: shows what it was given, and offers two ids.
    const main = join(folder, 'main.mjs');
    await writeFile(main, "console.log('order:1\\norder:2\\n' + JSON.stringify(process.argv.slice(2)))");
    const script = scriptOf('bash', { node: process.execPath, main });
    const line = (text: string) =>
      `COMP_LINE='${text}' COMP_POINT=${text.length}; _klamka; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr, error } = spawnSync(
      'bash',
      ['-c', `${script}\n${line('klamka orders show s ')}\n${line('klamka orders show s order:')}`],
      {
        encoding: 'utf8',
      },
    );
    expect({ stderr, error }).toEqual({ stderr: '', error: undefined });
    expect(stdout.split('\n')).toEqual([
      ...['order:1', 'order:2', '["__complete","--","orders","show","s",""]'],
      ...['1', '2', '["__complete","--","orders","show","s","order:"]', ''],
    ]);
  });
});
