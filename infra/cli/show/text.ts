import { formatMoney, type Money } from '../../../functions/core/base/money.ts';

/** Control characters, and those that turn the direction of text: a buyer's text must not steer the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** The text on one line, without characters that a terminal would act on. */
export const clean = (text: string): string => text.replaceAll(UNPRINTABLE, ' ');

/** A word as it can be pasted into a shell. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** An amount with decimals, e.g. `129.00 PLN`; a dash if it is not known. */
export const money = (amount: Money | null | undefined): string =>
  amount === null || amount === undefined ? '-' : `${formatMoney(amount)} ${amount.currency}`;

/** A moment in the zone of this machine, with the zone's name; a dash for none. */
export function time(iso: string | null | undefined): string {
  const millis = Date.parse(iso ?? '');
  if (Number.isNaN(millis)) return '-';
  // The Swedish way to write a time is that of ISO 8601.
  return new Intl.DateTimeFormat('sv-SE', {
    dateStyle: undefined,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(millis);
}

/** Lines of at most `columns` characters, broken at spaces and indented like the first; a longer word stays whole. */
export function wrap(text: string, columns: number): string[] {
  if (text.length <= columns) return [text];
  const [indent = ''] = /^ */.exec(text) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? `${indent}${word}` : `${line} ${word}`;
  }
  return [...lines, line];
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d`;
}

export const orDash = (value: string | number | null | undefined): string =>
  value === null || value === undefined || value === '' ? '-' : String(value);
