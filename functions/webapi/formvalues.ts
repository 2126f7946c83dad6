import type { Money } from '../core/base/money.ts';
import type { MarketplaceTime, NamedId, OrderFlag } from '../core/marketplace/sales.ts';
import type { LettersOf } from './countries.ts';
import type { WebapiSettings } from './presets.ts';
import { readCount, readMoney, readTime } from './values.ts';
import { WireError } from './xml.ts';

/** Dependencies and findings of reading a form. */
export interface Reading {
  readonly settings: WebapiSettings;
  readonly lettersOf: LettersOf;
  readonly flags: Set<OrderFlag>;
  /** Names of fields that are missing or cannot be read. */
  readonly unread: Set<string>;
}

/** A value of the wire; undefined if it could not be read, which is noted already. */
interface Given {
  readonly text: string | undefined;
  readonly reading: Reading;
}

/** An amount; undefined, with a note, if it cannot be read. */
export const moneyOf = (field: string, { text, reading }: Given): Money | undefined =>
  text === undefined
    ? undefined
    : readOrNote(field, { reading, read: () => readMoney([field, text], reading.settings.currency) });

/** A number; undefined, with a note, if it cannot be read. */
export const countOf = (field: string, { text, reading }: Given): number | undefined =>
  text === undefined ? undefined : readOrNote(field, { reading, read: () => readCount([field, text]) });

/**
 * The id of a thing that the service numbers, such as a carrier; undefined without a number, or with zero,
 * which names nothing.
 */
export function numberedOf(field: string, given: Given): NamedId | undefined {
  const number = countOf(field, given);
  return number === undefined || number === 0 ? undefined : { id: String(number) };
}

/** Letters of a country; undefined, with a note of its number, if the country is not known. */
export function countryOf(field: string, given: Given): string | undefined {
  const number = countOf(field, given);
  if (number === undefined || number === 0) return undefined;
  const letters = given.reading.lettersOf(number);
  if (letters === undefined) given.reading.unread.add(`${field} (${number})`);
  return letters;
}

function readOrNote<T>(field: string, { reading, read }: { reading: Reading; read: () => T }): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    reading.unread.add(field);
    return undefined;
  }
}

/** A date. One that no calendar has keeps its text, because a cancellation counts even without its time. */
export function timeOf(field: string, { text = '', reading }: Given): MarketplaceTime | undefined {
  try {
    return readTime([field, text], reading.settings.timeZone);
  } catch {
    reading.flags.add('impossible-date');
    return { iso: '', text };
  }
}

type Known<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields without undefined ones, because an undefined field is not the same as an absent one. */
export const withoutUndefined = <T extends object>(fields: T): Known<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Known<T>;
