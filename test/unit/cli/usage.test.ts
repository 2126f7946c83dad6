import type { Argument, Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { programOf } from '../../../infra/cli/program.ts';
import { Session } from '../../../infra/cli/session.ts';
import { ioOf, klamka } from '../../support/cli.ts';

/* Wrong usage of every command of the tree: it ends with 2 before anything is done, and names argument and remedy. */

const NOBODY = { KLAMKA_DATA: '/nonexistent', HOME: '/nonexistent' };

const leaves = (command: Command): Command[] =>
  command.commands.length === 0
    ? [command]
    : command.commands.filter((one) => !one.name().startsWith('__')).flatMap(leaves);

const pathOf = (command: Command): string[] =>
  command.parent === null ? [] : [...pathOf(command.parent), command.name()];

const all = leaves(programOf(new Session(ioOf().io)));
const takesValue = ({ required, optional }: Option) => required || optional;
const longOf = (option: Option): string => option.long ?? '';

/** A value that an argument or an option takes, by its choices and its name. */
const fittingOf = ({ argChoices }: Argument | Option, kind: string): string =>
  argChoices?.[0] ?? { number: '5', day: '2026-11-22', time: '2026-11-22T10:00:00+01:00' }[kind] ?? 'x';
const kindOf = ({ flags }: Option): string => /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';

/** A line that the parser takes, without the optional parts. */
const lineOf = (command: Command, { without }: { without?: Option | Argument } = {}): string[] => [
  ...pathOf(command),
  ...command.registeredArguments
    .filter((one) => one.required && one !== without)
    .map((one) => fittingOf(one, one.name())),
  ...command.options
    .filter((one) => one.mandatory && one !== without)
    .flatMap((one) => [longOf(one), fittingOf(one, kindOf(one))]),
];

/** Runs the line in both languages and as JSON. All of them have to name these words, usage and help. */
async function complaint(
  command: Command,
  line: readonly string[],
  words: readonly string[],
): Promise<string> {
  const path = pathOf(command).join(' ');
  const english = await klamka(line, { env: NOBODY });
  const polish = await klamka(line, { env: { ...NOBODY, LANG: 'pl_PL.UTF-8' } });
  const json = await klamka(['--json', ...line], { env: NOBODY });
  for (const ran of [english, polish, json]) expect(ran, line.join(' ')).toMatchObject({ exit: 2, out: '' });
  for (const word of [...words, `klamka ${path}`, `klamka ${path} --help`]) {
    expect(english.err, line.join(' ')).toContain(word);
    expect(polish.err, line.join(' ')).toContain(word);
  }
  expect(english.err).toMatch(/^Usage: klamka .*\nExample: klamka /m);
  expect(polish.err).toMatch(/^Składnia: klamka .*\nPrzykład: klamka /m);
  expect(polish.err).not.toMatch(/invalid|missing|It takes|Allowed|too many|required|unknown|Did you/);
  expect(json.err.trimEnd()).not.toContain('\n');
  expect(JSON.parse(json.err)).toEqual({ exit: 2, detail: english.err.trimEnd() });
  return english.err;
}

describe.each(all.map((command) => [pathOf(command).join(' '), command] as const))('%s', (_, command) => {
  const ofValue = command.options.filter(takesValue);

  it('refuses an unknown option, and one without a value that is given one', async () => {
    const known = command.options.map(({ flags }) => flags);
    await complaint(command, [...lineOf(command), '--bogus'], ['--bogus', ...known]);
    for (const flag of command.options.filter((one) => !takesValue(one)))
      await complaint(command, [...lineOf(command), `${flag.long}=yes`], [`${flag.long}=yes`]);
  });

  it('refuses an argument too many, also behind an option without a value', async () => {
    const { registeredArguments: expected } = command;
    if (expected.some(({ variadic }) => variadic)) return;
    const optional = expected.filter((one) => !one.required).map((one) => fittingOf(one, one.name()));
    const line = [...lineOf(command), ...optional];
    const places = ofValue.map(({ flags }) => flags);
    const text = await complaint(command, [...line, 'superfluous'], ["'superfluous'", ...places]);
    if (expected.length > 0) expect(text).toContain(`<${expected[0]?.name()}>`);
    for (const flag of command.options.filter((one) => !takesValue(one)))
      expect(await complaint(command, [...line, longOf(flag), '5'], ["'5'"])).toContain(
        `${flag.long} has no value`,
      );
  });

  it('names a required argument or option that is missing', async () => {
    for (const argument of command.registeredArguments.filter((one) => one.required)) {
      const last = command.registeredArguments.filter((one) => one.required).at(-1);
      await complaint(command, lineOf(command, { without: argument }), [last?.name() ?? '']);
    }
    for (const option of command.options.filter((one) => one.mandatory))
      await complaint(command, lineOf(command, { without: option }), [option.flags]);
  });

  it('names an option whose value is missing, at the end and before another option', async () => {
    for (const option of ofValue) {
      const line = [...lineOf(command, { without: option }), longOf(option)];
      await complaint(command, line, [option.flags]);
      await complaint(command, [...line, '--profile', 'p'], [option.flags]);
      const other = command.options.find((one) => one !== option && !one.mandatory);
      if (other === undefined || option.argChoices !== undefined || option.parseArg !== undefined) continue;
      const rest = takesValue(other) ? [fittingOf(other, kindOf(other))] : [];
      // A variadic option ends where another option begins.
      if (option.variadic || rest.length === 0)
        await complaint(command, [...line, longOf(other), ...rest], [option.flags]);
    }
  });

  it('says what an option or an argument takes, with an example, if its value does not fit', async () => {
    for (const option of ofValue) {
      if (option.argChoices === undefined && option.parseArg === undefined) continue;
      const line = [...lineOf(command, { without: option }), longOf(option), 'sometime'];
      const examples = option.argChoices ?? [fittingOf(option, kindOf(option)).slice(0, 2)];
      await complaint(command, line, [option.flags, 'sometime', ...examples]);
    }
    for (const argument of command.registeredArguments.filter(({ argChoices }) => argChoices !== undefined))
      await complaint(
        command,
        [...pathOf(command), 'sometime'],
        [argument.name(), ...(argument.argChoices ?? [])],
      );
  });
});

it('every option that takes a number, a day or a time is checked before anything is asked', () => {
  const unchecked = all.flatMap((command) =>
    command.options
      .filter((option) => ['number', 'day', 'time'].includes(kindOf(option)) && option.parseArg === undefined)
      .map(({ flags }) => `${pathOf(command).join(' ')} ${flags}`),
  );
  expect(unchecked).toEqual([]);
});

it.each([
  [
    ['changes', '--follow', 'sklep_1'],
    ["'sklep_1'", '--follow has no value', '--account <account>', 'changes --account sklep_1'],
  ],
  [
    ['completeness', 'show', 'sklep_1', '2026-11-22'],
    ["'2026-11-22'", '--day <day>', 'show sklep_1 --day 2026-11-22'],
  ],
  [
    ['completeness', 'show', 'x', '--day', '2026-02-30'],
    ["'2026-02-30'", 'It takes a day, e.g. 2026-11-22'],
  ],
  [
    ['audit', '--from', '2026-11-20'],
    ["'2026-11-20'", 'with offset, e.g. 2026-11-20T00:00:00+01:00'],
  ],
  [
    ['orders', 'list', 'x', '--limit', '0'],
    ["'0'", 'from 1 to 1000000, e.g. 50'],
  ],
  [
    ['webhooks', 'register', '--account', 'a', 'https://erp.example'],
    ["'url'", '--account takes all words behind it'],
  ],
  [
    ['acounts', 'list'],
    ["'acounts'", 'Did you mean accounts?', 'Commands: accounts,'],
  ],
  [
    ['accounts', 'lst'],
    ["'lst'", 'Did you mean list?', 'Commands: add, list,'],
  ],
])('%j is answered with %j', async (line, words) => {
  const { exit, err } = await klamka(line, { env: NOBODY });
  expect(exit).toBe(2);
  for (const word of words) expect(err).toContain(word);
});
