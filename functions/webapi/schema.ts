import type { STRUCTS, StructName } from './structs.ts';

/**
 * The words that types are written with in the table of operations, from the simple types of the WSDL and
 * the names of structs:
 *
 * - `long` a required value, `long?` one that may be missing, `long[]?` a list (the WSDL lets all of them be missing);
 * - `X~` required by the WSDL, but we live without it: missing and nil read as undefined;
 * - `X-` required by the WSDL and never read by us, so that nothing in it can spoil a reply.
 *
 * Numbers and dates stay text: 64-bit ids and money must not go through a binary float.
 */
export type Fields = Readonly<Record<string, string>>;

export const SCALARS = ['string', 'long', 'int', 'float', 'boolean', 'dateTime'] as const;
export type Scalar = (typeof SCALARS)[number];

type Item<T> = T extends 'boolean'
  ? boolean
  : T extends Scalar
    ? string
    : T extends StructName
      ? Read<(typeof STRUCTS)[T]>
      : never;

type ReadValue<T> = T extends `${infer U}[]?`
  ? Item<U>[]
  : T extends `${infer U}?` | `${infer U}~`
    ? Item<U> | undefined
    : Item<T>;

/** The type of a struct of a reply, as read. */
export type Read<F> = { readonly [K in keyof F as F[K] extends `${string}-` ? never : K]: ReadValue<F[K]> };

type PartItem<T> = T extends 'boolean'
  ? boolean
  : T extends Scalar
    ? string
    : T extends StructName
      ? ReadPart<(typeof STRUCTS)[T]>
      : never;

type PartValue<T> = T extends `${infer U}[]?`
  ? PartItem<U>[] | undefined
  : T extends `${infer U}?` | `${infer U}~`
    ? PartItem<U> | undefined
    : PartItem<T> | undefined;

/** The type of a struct any of whose fields may be unreadable, and then undefined. */
export type ReadPart<F> = {
  readonly [K in keyof F as F[K] extends `${string}-` ? never : K]: PartValue<F[K]>;
};

type GivenItem<T> = T extends Scalar ? string : T extends StructName ? Given<(typeof STRUCTS)[T]> : never;
type GivenValue<T> = T extends `${infer U}[]?`
  ? readonly GivenItem<U>[]
  : T extends `${infer U}?`
    ? GivenItem<U>
    : GivenItem<T>;
type Optional<F> = { [K in keyof F]: F[K] extends `${string}?` ? K : never }[keyof F];

/** The type of the values of a request. */
export type Given<F> = { readonly [K in Exclude<keyof F, Optional<F>>]: GivenValue<F[K]> } & {
  readonly [K in Optional<F>]?: GivenValue<F[K]> | undefined;
};

export interface FieldType {
  /** A simple type or the name of a struct. */
  readonly base: string;
  readonly list: boolean;
  /** Whether the WSDL lets the field be missing. */
  readonly optional: boolean;
  /** Whether a reply without the field is accepted. */
  readonly dispensable: boolean;
  readonly unread: boolean;
}

const WORD = /^(\w+)(\[\])?(\?)?([~-])?$/;
const known = new Map<string, FieldType>();

/** Parses a word of the table. Throws TypeError for a misspelt one. */
export function fieldType(word: string): FieldType {
  const memo = known.get(word);
  if (memo !== undefined) return memo;
  const match = WORD.exec(word);
  if (match === null) throw new TypeError(`not a type: ${word}`);
  const [, base = '', list, optional, mark] = match;
  const type = {
    base,
    list: list !== undefined,
    optional: optional !== undefined,
    dispensable: optional !== undefined || mark === '~',
    unread: mark === '-',
  };
  known.set(word, type);
  return type;
}

export const isScalar = (base: string): base is Scalar => (SCALARS as readonly string[]).includes(base);
