import type { Command, CommanderError, Option } from 'commander';
import type { BilingualText } from '../../functions/core/base/text.ts';
import { type CliError, usageError } from './exit.ts';

/* Complaints about a command line: the argument at fault, what is expected, and an example. */

const examples = new WeakMap<Command, readonly string[]>();

/** Keeps command lines that work, without the name of the program; wrong usage is answered with one of them. */
export const setExamples = (command: Command, lines: readonly string[]): void => {
  examples.set(command, lines);
};

/** The command as it is typed, e.g. `klamka accounts add`. */
const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

const rootOf = (command: Command): Command => (command.parent === null ? command : rootOf(command.parent));

const takesValue = ({ required, optional }: Option): boolean => required || optional;

/** All options that a command knows, those of its program too. */
export const optionsOf = (command: Command): Option[] => [
  ...command.options,
  ...(command.parent === null ? [] : optionsOf(command.parent)),
];

/** The error of the parser in words for a person. */
export function usageProblem(command: Command, { code, message }: CommanderError): CliError {
  const en = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const [, named = ''] = /'([^']*)'/.exec(en) ?? [];
  const about = command.options.filter(({ flags }) => flags === named);
  switch (code) {
    case 'commander.excessArguments':
      return wrong(command, excess(command), command.options.filter(takesValue));
    case 'commander.missingArgument': {
      const remark = swallowed(command);
      return wrong(command, { pl: `Brakuje argumentu <${named}>.${remark.pl}`, en: `${en}.${remark.en}` });
    }
    case 'commander.optionMissingArgument':
      return wrong(command, { pl: `Opcja ${named} wymaga wartości.`, en: `${en}: it needs a value.` }, about);
    case 'commander.missingMandatoryOptionValue':
      return wrong(command, { pl: `Brakuje wymaganej opcji ${named}.`, en: `${en}.` }, about);
    case 'commander.unknownOption': {
      const known = optionsOf(command).map(({ flags }) => flags);
      const pl = `Nie ma tu opcji ${named}.${meantIn(en)} Opcje: ${known.join(', ')}.`;
      return wrong(command, { pl, en: `${en}. Options: ${known.join(', ')}.` });
    }
    case 'commander.unknownCommand': {
      const known = command.commands.map((one) => one.name()).filter((name) => !name.startsWith('__'));
      const pl = `Nie ma polecenia „${named}”.${meantIn(en)} Polecenia: ${known.join(', ')}.`;
      return wrong(command, { pl, en: `${en}. Commands: ${known.join(', ')}.` });
    }
    case 'commander.invalidArgument':
      return wrong(command, { pl: invalidInPolish(en), en }, about);
    default:
      return wrong(command, { pl: en, en });
  }
}

/** Throws CliError if an option took another option for its value, because its own was left out. */
export function checkValues(command: Command): void {
  const all = optionsOf(command);
  const isOption = (text: unknown) => all.some(({ long, short }) => text === long || text === short);
  for (let one: Command | null = command; one !== null; one = one.parent)
    for (const option of one.options.filter(takesValue)) {
      const taken = [one.getOptionValue(option.attributeName())].flat().find(isOption);
      if (taken === undefined) continue;
      const pl = `Opcja ${option.flags} wymaga wartości, a ${taken} jest opcją.`;
      throw wrong(command, { pl, en: `option '${option.flags}' needs a value; ${taken} is an option.` }, [
        option,
      ]);
    }
}

/** A complaint with the usage of the command and an example, with one of these options if there is one. */
function wrong(command: Command, { pl, en }: BilingualText, about: readonly Option[] = []): CliError {
  const path = pathOf(command);
  const usage = `${path} ${command.usage()}`;
  const lines = examples.get(command) ?? [];
  const example =
    lines.find((line) => about.some(({ long }) => long !== undefined && line.includes(long))) ?? lines[0];
  const tail = (words: { usage: string; example: string; help: string }) =>
    [
      `${words.usage}: ${usage}`,
      ...(example === undefined ? [] : [`${words.example}: klamka ${example}`]),
      `${words.help}: ${path} --help`,
    ].join('\n');
  return usageError({
    pl: `${pl}\n${tail({ usage: 'Składnia', example: 'Przykład', help: 'Pomoc' })}`,
    en: `${en}\n${tail({ usage: 'Usage', example: 'Example', help: 'Help' })}`,
  });
}

/** Words that the command does not take, and where a word may belong. */
function excess(command: Command): BilingualText {
  const { args, registeredArguments: expected, options } = command;
  const [first = '', ...more] = args.slice(expected.length);
  const words = [first, ...more].map((word) => `'${word}'`).join(', ');
  const taken = expected.map((one) => `<${one.name()}>`).join(' ');
  const { rawArgs } = rootOf(command) as Command & { readonly rawArgs: readonly string[] };
  const before = rawArgs[rawArgs.lastIndexOf(first) - 1];
  const flag = optionsOf(command).find((option) => option.long === before && !takesValue(option))?.long;
  const places = options.filter(takesValue).map(({ flags }) => flags);
  const pl = [
    `${words}: za dużo argumentów; ${pathOf(command)} przyjmuje ${taken === '' ? 'same opcje' : `tylko ${taken}`}.`,
    ...(flag === undefined ? [] : [`${flag} nie ma wartości.`]),
    ...(places.length === 0 ? [] : [`Opcje z wartością: ${places.join(', ')}.`]),
  ];
  const en = [
    `${words}: too many arguments; ${pathOf(command)} takes ${taken === '' ? 'options only' : `${taken} only`}.`,
    ...(flag === undefined ? [] : [`${flag} has no value.`]),
    ...(places.length === 0 ? [] : [`Options with a value: ${places.join(', ')}.`]),
  ];
  return { pl: pl.join(' '), en: en.join(' ') };
}

/** A remark about an option that takes all words behind it, and so may have taken the missing argument. */
function swallowed(command: Command): BilingualText {
  const greedy = command.options.find(
    (one) => one.variadic && command.getOptionValue(one.attributeName()) !== undefined,
  );
  if (greedy === undefined) return { pl: '', en: '' };
  return {
    pl: ` ${greedy.long} zabiera wszystkie słowa po sobie: podaj argument przed tą opcją.`,
    en: ` ${greedy.long} takes all words behind it: put the argument before that option.`,
  };
}

/** The suggestion of the parser for a word that was mistyped. */
function meantIn(en: string): string {
  const [, meant] = /\(Did you mean (?:one of )?(.*)\?\)/.exec(en) ?? [];
  return meant === undefined ? '' : ` Chodzi o ${meant}?`;
}

/** The values that an argument takes, as the parser and `command.ts` say it. */
const REASONS: readonly (readonly [en: RegExp, pl: string])[] = [
  [/^Allowed choices are (.*)\.$/, 'Możliwe: $1.'],
  [
    /^It takes a whole number from (\d+) to (\d+), e\.g\. (\d+)\.$/,
    'Podaj liczbę całkowitą od $1 do $2, np. $3.',
  ],
  [/^It takes a day, e\.g\. (\S+)\.$/, 'Podaj dzień, np. $1.'],
  [
    /^It takes a date and a time with offset, e\.g\. (\S+)\.$/,
    'Podaj datę i godzinę ze strefą czasową, np. $1.',
  ],
  [
    /^It takes a day, e\.g\. (\S+), or a date and a time with offset, e\.g\. (\S+)\.$/,
    'Podaj dzień, np. $1, albo datę i godzinę ze strefą czasową, np. $2.',
  ],
];

const VALUES = [
  /^option '(?<argument>.*)' argument '(?<given>.*)' is invalid\. (?<reason>.*)$/s,
  /^command-argument value '(?<given>.*)' is invalid for argument '(?<argument>.*)'\. (?<reason>.*)$/s,
];

/** The complaint of the parser about the value of an option or of an argument. */
function invalidInPolish(en: string): string {
  const { groups } = VALUES.map((pattern) => pattern.exec(en)).find((match) => match !== null) ?? {};
  if (groups === undefined) return en;
  const { argument, given, reason = '' } = groups;
  const [known, pl] = REASONS.find(([pattern]) => pattern.test(reason)) ?? [];
  const told = known === undefined || pl === undefined ? reason : reason.replace(known, pl);
  return `${argument} nie przyjmuje „${given}”. ${told}`;
}
