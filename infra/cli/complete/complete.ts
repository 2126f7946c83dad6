import type { Argument, Command, Option } from 'commander';
import { optionsOf } from '../usage.ts';

/** Gives the values that an argument or option of this name can have now, e.g. ids of accounts. */
export type Values = (name: string, before: readonly string[]) => Promise<readonly string[]>;

/**
 * The words that can stand in the place of the last word of a command line, which may be empty. Names of arguments
 * and of option values (`<account>`) say what is wanted.
 */
export async function candidates(
  program: Command,
  words: readonly string[],
  values: Values,
): Promise<string[]> {
  const current = words.at(-1) ?? '';
  const read = readWords(program, words.slice(0, -1));
  const found = await wordsFor(read, current, values);
  return [...new Set(found)].filter((word) => word.startsWith(current));
}

interface Read {
  readonly command: Command;
  /** Arguments of the command so far. */
  readonly given: readonly string[];
  /** The option whose value comes next. */
  readonly pending: Option | undefined;
  readonly isAfterDashes: boolean;
}

function readWords(program: Command, words: readonly string[]): Read {
  let command = program;
  let pending: Option | undefined;
  let isAfterDashes = false;
  const given: string[] = [];
  for (const word of words) {
    if (pending !== undefined) {
      if (!pending.variadic) pending = undefined;
      else if (word.startsWith('-')) pending = valueOption(command, word);
    } else if (isAfterDashes) given.push(word);
    else if (word === '--') isAfterDashes = true;
    else if (word.startsWith('-')) pending = valueOption(command, word);
    else {
      const child = given.length === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (child === undefined) given.push(word);
      else command = child;
    }
  }
  return { command, given, pending, isAfterDashes };
}

/** The option of a word such as `--account`, if its value is the next word. */
const valueOption = (command: Command, word: string): Option | undefined =>
  optionsOf(command).find(
    (option) => (option.long === word || option.short === word) && (option.required || option.optional),
  );

async function wordsFor(read: Read, current: string, values: Values): Promise<readonly string[]> {
  const { command, given, pending, isAfterDashes } = read;
  if (pending !== undefined) return await valuesOf(pending, { given, values });
  if (current.startsWith('-') && !isAfterDashes)
    return [...optionsOf(command).flatMap(({ long }) => long ?? []), '--help'];
  const commands = given.length === 0 ? command.commands.filter(isShown).map((one) => one.name()) : [];
  const { registeredArguments: expected } = command;
  const argument =
    expected[given.length] ?? (expected.at(-1)?.variadic === true ? expected.at(-1) : undefined);
  return [...commands, ...(argument === undefined ? [] : await valuesOf(argument, { given, values }))];
}

const isShown = (command: Command): boolean => !command.name().startsWith('__');

const valuesOf = async (
  wanted: Argument | Option,
  { given, values }: { given: readonly string[]; values: Values },
): Promise<readonly string[]> => wanted.argChoices ?? (await values(valueName(wanted), given));

/** `account` for `<account...>`. */
const valueName = (wanted: Argument | Option): string =>
  'flags' in wanted ? (/[<[]([\w-]+)/.exec(wanted.flags)?.[1] ?? '') : wanted.name().replace(/s$/, '');
