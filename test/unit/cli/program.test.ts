import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { programOf } from '../../../infra/cli/program.ts';
import { Session } from '../../../infra/cli/session.ts';
import { COMMANDS } from '../../../infra/cli/show/phrase.ts';
import { ioOf, klamka } from '../../support/cli.ts';

const program = () => programOf(new Session(ioOf().io));

const leaves = (command: Command): Command[] =>
  command.commands.length === 0
    ? [command]
    : command.commands.filter((one) => !one.name().startsWith('__')).flatMap(leaves);

const pathOf = (command: Command): string =>
  command.parent === null ? '' : `${pathOf(command.parent)} ${command.name()}`.trim();

const helpOf = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (more) => (text += more) });
  command.outputHelp();
  return text;
};

const examplesOf = (command: Command): string[] =>
  [...helpOf(command).matchAll(/^ {2}klamka (.*)$/gm)].map(([, line = '']) => line.split(/ {3}#/)[0] ?? '');

describe('the commands', () => {
  const all = leaves(program());

  it('are there for all that people do', () => {
    const paths = new Set(all.map(pathOf));
    const wanted = [
      ...['add', 'list', 'show', 'pause', 'resume', 'unlocked', 'remove'].map((name) => `accounts ${name}`),
      ...[
        'password set',
        'keys list',
        'clients list',
        'logins',
        'sync now',
        'import start',
        'orders list',
        'repair',
      ],
      ...[
        'changes',
        'resend',
        'consumers list',
        'webhooks list',
        'completeness show',
        'logs',
        'listen',
        'trigger',
      ],
    ];
    expect(wanted.filter((path) => !paths.has(path))).toEqual([]);
  });

  it('are those that texts of the API are turned into', () => {
    const paths = all.map(pathOf);
    const named = Object.values(COMMANDS).map((line) => line.split(/ [{-]/)[0] ?? '');
    expect(named.filter((path) => !paths.includes(path))).toEqual([]);
  });

  it.each(all.map((command) => [pathOf(command), command] as const))(
    '%s explains itself with examples that can be typed',
    async (path, command) => {
      const examples = examplesOf(command);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) {
        const tried = program();
        let ran = '';
        for (const leaf of leaves(tried))
          leaf.action(() => {
            ran = pathOf(leaf);
          });
        const words = example.replace(/ [<|].*$/, '').split(' ');
        await tried.parseAsync(words, { from: 'user' });
        expect(ran, example).toBe(path);
      }
      for (const { description, name } of command.registeredArguments.map((one) => ({
        description: one.description,
        name: one.name(),
      })))
        expect(description, `${path} ${name}`).not.toBe('');
    },
  );

  it('have no argument or option for a secret', () => {
    const names = all.flatMap((command) => [
      ...command.registeredArguments.map((one) => one.name()),
      ...command.options.filter((one) => one.required).map((one) => one.long ?? ''),
    ]);
    expect(names.filter((name) => /password|secret|token(?!-url)|integration-key/i.test(name))).toEqual([]);
  });
});

describe('wrong usage', () => {
  it.each([
    [['bogus'], /unknown command 'bogus'/],
    [['accounts', 'show'], /missing required argument 'account'/],
    [['accounts', 'add', '--login', 'x'], /--marketplace/],
    [['accounts', 'list', '--bogus'], /unknown option '--bogus'/],
    [['orders', 'list', 'x', '--limit', 'many'], /whole number from 1/],
    [['trigger', 'order.eaten'], /order\.paid/],
    [['changes', '--after', 'a', '--from-start'], /either --after or --from-start/],
    [['consumers', 'acknowledge', 'x', 'erp'], /either --position or --from-start/],
    [['listen', '--forward', 'http://example.org/hook'], /on this machine/],
    [['listen', '--forward', 'https://localhost/hook'], /on this machine/],
    [['resend', '5f6c5f6c5f6c5f6c5f6c'], /ids of orders, or a period/],
  ])('%j ends with 2 and says what is wrong', async (words, message) => {
    const ran = await klamka(words);
    expect(ran).toMatchObject({ exit: 2, out: '' });
    expect(ran.err).toMatch(message);
  });

  it('help is no error', async () => {
    const ran = await klamka(['accounts', 'add', '--help']);
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain('Examples:');
  });

  it('help in front of a command is the help of that command', async () => {
    expect(await klamka(['help', 'accounts', 'add'])).toEqual(await klamka(['accounts', 'add', '--help']));
    expect(await klamka(['help'])).toEqual(await klamka(['--help']));
  });

  it('a stack that does not run is told with the remedy, in both languages', async () => {
    const env = { KLAMKA_DATA: '/nonexistent' };
    const english = await klamka(['accounts', 'list'], { env });
    expect(english).toMatchObject({ exit: 7, out: '' });
    expect(english.err).toContain('npm start');
    const polish = await klamka(['accounts', 'list'], { env: { ...env, LANG: 'pl_PL.UTF-8' } });
    expect(polish.err).toContain('Uruchom je');
  });
});
