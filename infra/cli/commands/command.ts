import { type Command, InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import { DayOrMoment, MomentWithOffset } from '../../../functions/contract/kinds.ts';
import type { Session } from '../session.ts';
import { setExamples } from '../usage.ts';

/** The meaning of arguments, which completion knows by the same names. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  account: 'id of the account or its beginning, or the login of its seller',
  order: 'id of the order, e.g. order:52001, or the number that the marketplace shows',
  offer: 'id of the offer',
  key: 'id of the integration key, or its beginning',
  consumer: 'name of the consumer',
  webhook: 'id of the webhook, or its beginning',
  import: 'id of the import, or its beginning',
  profile: 'name of the profile',
  login: 'login of the seller',
  url: 'address of the server, with https://',
  subject: '`sub` of the tokens of the client',
  orders: 'ids of orders, or the numbers that the marketplace shows',
};

interface Spec {
  readonly description: string;
  /** Command lines without the name of the program; each with a remark, if it needs one. */
  readonly examples: readonly (string | readonly [line: string, remark: string])[];
  readonly action: (...given: never[]) => Promise<void>;
  /** Adds options. */
  readonly options?: (command: Command) => Command;
}

/** Adds a command, with help that ends in examples. `usage` is its name with its arguments. */
export function addCommand(parent: Command, usage: string, spec: Spec): void {
  const command = parent.command(usage).description(spec.description);
  for (const argument of command.registeredArguments) {
    const { [argument.name()]: meaning } = ARGUMENTS;
    if (argument.description === '' && meaning !== undefined) argument.description = meaning;
  }
  spec.options?.(command);
  const examples = spec.examples.map((example) => (typeof example === 'string' ? [example] : example));
  const lines = examples.map(
    ([line, remark]) => `  klamka ${line}${remark === undefined ? '' : `   # ${remark}`}`,
  );
  setExamples(
    command,
    examples.map(([line = '']) => line),
  );
  command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  command.action(spec.action as (...given: unknown[]) => Promise<void>);
}

/** Adds a command that only holds others. */
export const addGroup = (program: Command, name: string, description: string): Command =>
  program.command(name).description(description);

export type AddCommands = (program: Command, session: Session) => void;

/** Reads a whole number of an option. */
export const whole =
  ({ least, most, example }: { least: number; most: number; example: number }) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}, e.g. ${example}.`);
  };

/** Reads a text of an option that the API takes; `expected` says what that is, with an example. */
const fitting =
  (schema: z.ZodMiniType, expected: string) =>
  (text: string): string => {
    if (schema.safeParse(text).success) return text;
    throw new InvalidArgumentError(expected);
  };

export const day = fitting(z.iso.date(), 'It takes a day, e.g. 2026-11-22.');
export const moment = fitting(
  MomentWithOffset,
  'It takes a date and a time with offset, e.g. 2026-11-20T00:00:00+01:00.',
);
export const dayOrMoment = fitting(
  DayOrMoment,
  'It takes a day, e.g. 2026-10-20, or a date and a time with offset, e.g. 2026-10-20T08:00:00+02:00.',
);

/** The option of lists that can be long. */
export const withLimit = (command: Command): Command =>
  command
    .option('--limit <number>', 'show so many at most', whole({ least: 1, most: 1_000_000, example: 50 }), 50)
    .option('--all', 'show all of them');

export interface LimitOptions {
  readonly limit: number;
  readonly all?: boolean;
}

export const mostOf = ({ limit, all }: LimitOptions): number =>
  all === true ? Number.POSITIVE_INFINITY : limit;

export const noteRest = (session: Session, rest: boolean): void => {
  if (!rest || session.isJson) return;
  session.note({
    pl: 'To nie wszystko: reszta z --all albo większym --limit.',
    en: 'There are more: show them with --all or a larger --limit.',
  });
};
