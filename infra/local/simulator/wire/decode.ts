import { type Field, isScalar, type ScalarName, structFields } from './notation.ts';
import {
  childMissing,
  childrenInValue,
  notExpected,
  type SchemaRules,
  textBetween,
  wrongValue,
} from './schema-faults.ts';
import { BadRequest, type XmlElement } from './xml.ts';

const LIMITS = { int: 2n ** 31n, long: 2n ** 63n };
const FLOAT = /^(?:[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,3})?|-?INF|NaN)$/;

/**
 * How the children of a message have to come: in the declared sequence, or each once in any order
 * (`xsd:all`).
 */
type Order = 'sequence' | 'any';

type Values = Record<string, unknown>;

/** Rules by which one dialect is read; `namespace` is empty for unqualified elements. */
export interface Grammar extends SchemaRules {
  /** The names under which a field may stand on the wire. */
  readonly names: (field: string) => readonly string[];
  /**
   * Checks the attributes against the expected type; false when they declare that the element has no value.
   */
  readonly isGiven: (element: XmlElement, expected: Expected) => boolean;
  /** Accepts any order, reads missing elements as null, and accepts members of lists under any name. */
  readonly lenient?: boolean;
}

/** The field that an element stands for; undefined for a message itself. */
export type Expected = Pick<Field, 'type' | 'list'> | undefined;

/** Reads the request element's children, strictly in the declared order. Throws `BadRequest` naming the element. */
export function decodeMessage(element: XmlElement, fields: readonly Field[], grammar: Grammar): Values {
  grammar.isGiven(element, undefined);
  return decodeChildren(element, fields, { grammar, order: grammar.lenient === true ? 'any' : 'sequence' });
}

function decodeChildren(
  element: XmlElement,
  fields: readonly Field[],
  { grammar, order }: { grammar: Grammar; order: Order },
): Values {
  checkNoText(element, grammar);
  const values: Values = {};
  let left = fields;
  for (const child of element.children) {
    const next = order === 'sequence' ? nextOf(left) : left;
    const field = next.find(({ name }) => grammar.names(name).includes(child.name));
    if (field === undefined) throw notExpected(child, written(next, grammar), grammar);
    left = order === 'sequence' ? left.slice(left.indexOf(field) + 1) : left.filter((one) => one !== field);
    checkNamespace(child, grammar);
    if (grammar.isGiven(child, field)) values[field.name] = decodeField(child, field, grammar);
  }
  for (const field of fields) {
    if (field.optional || field.name in values) continue;
    if (grammar.lenient !== true)
      throw childMissing(element, written(missing(fields, values), grammar), grammar);
    values[field.name] = nullOf(field);
  }
  return values;
}

/** The fields that may come next in a sequence: all up to and including the first required one. */
function nextOf(left: readonly Field[]): readonly Field[] {
  const required = left.findIndex(({ optional }) => !optional);
  return required < 0 ? left : left.slice(0, required + 1);
}

const missing = (fields: readonly Field[], values: Values): readonly Field[] =>
  fields.filter(({ name, optional }) => !optional && !(name in values)).slice(0, 1);

const written = (fields: readonly Field[], { names }: Grammar): string[] =>
  fields.flatMap(({ name }) => names(name).slice(0, 1));

const NULLS: Readonly<Record<ScalarName, unknown>> = {
  string: '',
  int: 0,
  long: '0',
  float: '0',
  boolean: false,
  dateTime: '',
};

/** The value that a service without a schema assumes for a missing element. */
function nullOf({ type, list }: Field): unknown {
  if (list) return [];
  if (isScalar(type)) return NULLS[type];
  const required = structFields(type).filter(({ optional }) => !optional);
  return Object.fromEntries(required.map((field) => [field.name, nullOf(field)]));
}

function decodeField(element: XmlElement, { type, list }: Field, grammar: Grammar): unknown {
  if (!list) return decodeOne(element, type, grammar);
  checkNoText(element, grammar);
  return element.children.map((item) => {
    if (item.name !== 'item' && grammar.lenient !== true) throw notExpected(item, ['item'], grammar);
    checkNamespace(item, grammar);
    if (!grammar.isGiven(item, { type, list: false }))
      throw new BadRequest(`${element.name} has an empty item`, grammar.fault);
    return decodeOne(item, type, grammar);
  });
}

function decodeOne(element: XmlElement, type: Field['type'], grammar: Grammar): unknown {
  if (!isScalar(type)) return decodeChildren(element, structFields(type), { grammar, order: 'any' });
  if (element.children.length > 0) throw childrenInValue(element, grammar);
  const { text } = element;
  if (type === 'string') return text;
  const value = type === 'float' ? readFloat(text) : readInteger(text, type);
  if (value === undefined) throw wrongValue(element, type, grammar);
  return value;
}

/** A float's text, unchanged: a number would lose digits of prices. */
function readFloat(text: string): string | undefined {
  const collapsed = text.trim();
  return FLOAT.test(collapsed) ? collapsed : undefined;
}

function readInteger(text: string, type: ScalarName): number | string | undefined {
  if (type !== 'int' && type !== 'long') throw new Error(`no request carries a ${type} yet`);
  const collapsed = text.trim();
  if (!/^[+-]?\d{1,40}$/.test(collapsed)) return undefined;
  const value = BigInt(collapsed.replace('+', ''));
  if (value >= LIMITS[type] || value < -LIMITS[type]) return undefined;
  return type === 'int' ? Number(value) : value.toString();
}

function checkNoText(element: XmlElement, grammar: Grammar): void {
  if (element.text.trim() !== '') throw textBetween(element, grammar);
}

/** Refuses an element of a foreign namespace, which no schema expects, even under a known name. */
function checkNamespace(element: XmlElement, grammar: Grammar): void {
  if (element.namespace !== grammar.namespace) throw notExpected(element, [element.name], grammar);
}
