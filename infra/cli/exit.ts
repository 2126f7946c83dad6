import type { BilingualText } from '../../functions/core/base/text.ts';

/** The exit codes, as the README lists them. */
export const EXIT = {
  ok: 0,
  /** An error on the other side, or one that has no code of its own. */
  failed: 1,
  /** The command line or the input is wrong. */
  usage: 2,
  /** There is no valid token, or it does not permit the call. */
  unauthorised: 3,
  notFound: 4,
  /** Not possible in the present state. */
  conflict: 5,
  /** A person has to act, for example because the marketplace has refused a password. */
  person: 6,
  /** The same command can succeed later: too many calls, no capacity, no connection. */
  later: 7,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An end of a command that a person has to know about. The text says what to do. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitCode;
  readonly text: BilingualText;

  constructor(exit: ExitCode, text: BilingualText) {
    super(text.en);
    this.exit = exit;
    this.text = text;
  }
}

export const usageError = (text: BilingualText): CliError => new CliError(EXIT.usage, text);

/** Ctrl-C, or a prompt that was left with it. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The end of a command whose result was shown, with another code than 0. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly exit: ExitCode;

  constructor(exit: ExitCode) {
    super(`exit code ${exit}`);
    this.exit = exit;
  }
}
