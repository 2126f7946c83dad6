import type { Readable, Writable } from 'node:stream';
import type { BilingualText } from '../../functions/core/base/text.ts';

export type Language = keyof BilingualText;

/** Everything that a command uses of its process; tests give others. */
export interface Io {
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(on: boolean): unknown };
  /** Results. Everything else goes to `err`, so that output can be piped. */
  out(text: string): void;
  err(text: string): void;
  /** Where a person is asked; results never go there. */
  readonly terminal: Writable;
  /** Whether a person reads the results, who likes bold headers. */
  readonly isRead: boolean;
  /** Width of the terminal in characters; infinite where results go elsewhere. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** Ends the command as Ctrl-C does; a terminal in raw mode gives no signal for it. */
  interrupt(): void;
  /** Epoch milliseconds. */
  now(): number;
}

/** The language of the messages, from the locale as POSIX reads it; English for all but Polish. */
export function languageOf({ LC_ALL, LC_MESSAGES, LANG }: Io['env']): Language {
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((one) => one !== undefined && one !== '') ?? '';
  return /^pl(?:[_.@-]|$)/i.test(locale) ? 'pl' : 'en';
}
