import fc from 'fast-check';
import type { DialectId } from '../../functions/webapi/dialect.ts';
import { OPERATIONS, type OperationName } from '../../functions/webapi/operations.ts';
import { type Fields, fieldType, isScalar, type Scalar } from '../../functions/webapi/schema.ts';
import { STRUCTS, type StructName } from '../../functions/webapi/structs.ts';
import type { Manner, Values } from './wire-encode.ts';

/** Random values of the fields, as the decoder should read them back. */
export function valuesOf(fields: Fields): fc.Arbitrary<Values> {
  const known = memo.get(fields);
  if (known !== undefined) return known;
  const made = fc.record(
    Object.fromEntries(Object.entries(fields).map(([name, word]) => [name, fieldOf(word)])),
  ) as fc.Arbitrary<Values>;
  memo.set(fields, made);
  return made;
}

const memo = new WeakMap<Fields, fc.Arbitrary<Values>>();

function fieldOf(word: string): fc.Arbitrary<unknown> {
  const { base, list, optional, unread } = fieldType(word);
  const value = isScalar(base) ? SCALARS[base] : valuesOf(STRUCTS[base as StructName]);
  if (list) return fc.array(value, { maxLength: 3 });
  return optional || unread ? fc.option(value, { nil: undefined, freq: 3 }) : value;
}

const XML_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const HARD = [
  ']]>',
  '<![CDATA[',
  '&amp;',
  '&',
  '<item/>',
  ' ',
  '\r\n',
  'Žluťoučký kůň',
  'gęślą jaźń',
  '🦆',
  '\u00a0',
];
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).filter((candidate) => XML_TEXT.test(candidate)),
  fc.array(fc.constantFrom(...HARD), { maxLength: 4 }).map((pieces) => pieces.join('')),
);
const two = (value: number) => String(value).padStart(2, '0');

const SCALARS: Readonly<Record<Scalar, fc.Arbitrary<unknown>>> = {
  string: text,
  long: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  int: fc.integer().map(String),
  float: fc
    .tuple(fc.integer(), fc.nat(99), fc.constantFrom('', 'E7', 'e-3'))
    .map(([whole, rest, exponent]) => `${whole}.${rest}${exponent}`),
  boolean: fc.boolean(),
  dateTime: fc.tuple(fc.nat(59), fc.nat(23)).map(([s, h]) => `2014-12-04T${two(h)}:00:${two(s)}+01:00`),
};

export const manners = (dialect: DialectId): fc.Arbitrary<Manner> =>
  fc.record({
    dialect: fc.constant(dialect),
    text: fc.constantFrom('entities', 'numbers', 'sections'),
    absent: fc.constantFrom('missing', 'nil'),
    strangers: fc.boolean(),
    reversed: fc.boolean(),
    indented: fc.boolean(),
  });

export interface Exchange {
  readonly operation: OperationName;
  readonly values: Values;
  readonly manner: Manner;
}

/** A random reply of an operation that the dialect has. */
export function exchanges(dialect: DialectId, operations: readonly OperationName[]): fc.Arbitrary<Exchange> {
  return fc.constantFrom(...operations).chain((operation) =>
    fc.record({
      operation: fc.constant(operation),
      values: valuesOf(OPERATIONS[operation].response),
      manner: manners(dialect),
    }),
  );
}

/** A way to break a document, given as bytes. */
export type Breakage = (bytes: Buffer) => Buffer;

const JUNK = [
  '<',
  '>',
  '&',
  ']]>',
  '\0',
  '"',
  '</item>',
  '<item>',
  '<!-- -->',
  '<![CDATA[',
  '<?x ?>',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&nbsp;',
  '&#0;',
  '&b;',
  ' xsi:nil="true"',
  ' href="#a"',
  '-',
  '9'.repeat(30),
  '\ufffe',
  '<x>'.repeat(40),
];

/** A place in a document as a share of its length, so that shrinking keeps the place. */
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (bytes: Buffer, share: number) => Math.floor(bytes.length * share);

const cut = (bytes: Buffer, from: number, to: number, between: Buffer = Buffer.alloc(0)) =>
  Buffer.concat([bytes.subarray(0, from), between, bytes.subarray(to)]);

export const breakages: fc.Arbitrary<Breakage> = fc.oneof(
  place.map((share) => (bytes: Buffer) => bytes.subarray(0, at(bytes, share))),
  fc.tuple(place, fc.nat(60)).map(([share, length]) => (bytes: Buffer) => {
    const from = at(bytes, share);
    return cut(bytes, from, from + length);
  }),
  fc.tuple(place, fc.nat(200)).map(([share, length]) => (bytes: Buffer) => {
    const from = at(bytes, share);
    return cut(bytes, from, from, bytes.subarray(from, from + length));
  }),
  fc.tuple(place, fc.constantFrom(...JUNK)).map(([share, junk]) => (bytes: Buffer) => {
    const from = at(bytes, share);
    return cut(bytes, from, from, Buffer.from(junk));
  }),
  fc.tuple(place, fc.nat(255)).map(([share, byte]) => (bytes: Buffer) => {
    const from = at(bytes, share);
    return cut(bytes, from, from + 1, Buffer.from([byte]));
  }),
  fc.tuple(fc.nat(9), fc.nat(9)).map(([digit, other]) => (bytes: Buffer) => {
    return Buffer.from(bytes.toString('utf8').replaceAll(`>${digit}`, `>${other}`));
  }),
  fc.constant((bytes: Buffer) => Buffer.from(bytes.toString('utf8'), 'utf16le')),
  fc.constantFrom(...JUNK).map((junk) => () => Buffer.from(junk.repeat(2_000))),
);
