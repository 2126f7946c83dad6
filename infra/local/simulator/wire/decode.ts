import { type Field, isScalar, type ScalarName, structFields } from './notation.ts';
import { BadRequest, type XmlElement } from './xml.ts';

const LIMITS = { int: 2n ** 31n, long: 2n ** 63n };
const FLOAT = /^[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})([eE][+-]?\d{1,3})?$/;

/** How a message's children must come: a sequence as declared, or each once in any order (`xsd:all`). */
type Order = 'sequence' | 'any';

type Values = Record<string, unknown>;

/** How one dialect reads. */
export interface Grammar {
  /** Where all elements of a message belong; empty for unqualified ones. */
  readonly namespace: string;
  /** What a field may be called on the wire. */
  readonly names: (field: string) => readonly string[];
  /** Checks the attributes against what is expected; false when they say that there is no value. */
  readonly isGiven: (element: XmlElement, expected: Expected) => boolean;
}

/** What stands in the place of an element: undefined for a message itself. */
export type Expected = Pick<Field, 'type' | 'list'> | undefined;

/** Reads the request element's children, strictly in the declared order. Throws `BadRequest` naming the element. */
export function decodeMessage(element: XmlElement, fields: readonly Field[], grammar: Grammar): Values {
  grammar.isGiven(element, undefined);
  return decodeChildren(element, fields, { grammar, order: 'sequence' });
}

function decodeChildren(
  element: XmlElement,
  fields: readonly Field[],
  { grammar, order }: { grammar: Grammar; order: Order },
): Values {
  checkNoText(element);
  const values: Values = {};
  const seen = new Set<Field>();
  let position = 0;
  for (const child of element.children) {
    const index = fields.findIndex((field) => grammar.names(field.name).includes(child.name));
    const field = fields[index];
    if (field === undefined) throw new BadRequest(`${element.name} has no element ${child.name}`);
    if (seen.has(field)) throw new BadRequest(`${child.name} comes twice in ${element.name}`);
    if (order === 'sequence' && index < position) {
      throw new BadRequest(`${child.name} is out of order in ${element.name}`);
    }
    position = index;
    seen.add(field);
    checkNamespace(child, grammar);
    if (grammar.isGiven(child, field)) values[field.name] = decodeField(child, field, grammar);
  }
  for (const { name, optional } of fields) {
    if (!optional && !(name in values)) {
      throw new BadRequest(`${element.name} lacks the required element ${grammar.names(name)[0]}`);
    }
  }
  return values;
}

function decodeField(element: XmlElement, { type, list }: Field, grammar: Grammar): unknown {
  if (!list) return decodeOne(element, type, grammar);
  checkNoText(element);
  return element.children.map((item) => {
    if (item.name !== 'item') throw new BadRequest(`${element.name} may hold only item elements`);
    checkNamespace(item, grammar);
    if (!grammar.isGiven(item, { type, list: false }))
      throw new BadRequest(`${element.name} has an empty item`);
    return decodeOne(item, type, grammar);
  });
}

function decodeOne(element: XmlElement, type: Field['type'], grammar: Grammar): unknown {
  if (!isScalar(type)) return decodeChildren(element, structFields(type), { grammar, order: 'any' });
  if (element.children.length > 0) throw new BadRequest(`${element.name} must hold a plain value`);
  return readScalar(element, type);
}

function readScalar({ name, text }: XmlElement, type: ScalarName): unknown {
  if (type === 'string') return text;
  const value = type === 'float' ? readFloat(text) : readInteger(text, type);
  if (value === undefined) throw new BadRequest(`${name} is not of type ${type}`);
  return value;
}

/** A float stays the text that came. */
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

function checkNoText(element: XmlElement): void {
  if (element.text.trim() !== '') throw new BadRequest(`${element.name} holds text between its elements`);
}

function checkNamespace(element: XmlElement, { namespace }: Grammar): void {
  if (element.namespace === namespace) return;
  const where = namespace === '' ? 'must not be in a namespace' : `is not in namespace ${namespace}`;
  throw new BadRequest(`${element.name} ${where}`);
}
