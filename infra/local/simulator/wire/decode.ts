import { type Field, isScalar, type ScalarName, structFields } from './notation.ts';
import { BadRequest, type XmlElement } from './xml.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const LIMITS = { int: 2n ** 31n, long: 2n ** 63n };

/** How a message's children must come: a sequence as declared, or each once in any order (`xsd:all`). */
type Order = 'sequence' | 'any';

type Values = Record<string, unknown>;

/** What every element of the message has in common. */
interface Context {
  readonly namespace: string;
}

/** Reads the request element's children, strictly in the declared order. Throws `BadRequest` naming the element. */
export function decodeMessage(element: XmlElement, fields: readonly Field[], context: Context): Values {
  return decodeChildren(element, fields, { ...context, order: 'sequence' });
}

function decodeChildren(
  element: XmlElement,
  fields: readonly Field[],
  { namespace, order }: Context & { order: Order },
): Values {
  checkContainer(element);
  const values: Values = {};
  let position = 0;
  for (const child of element.children) {
    const index = fields.findIndex((field) => field.name === child.name);
    const field = fields[index];
    if (field === undefined) throw new BadRequest(`${element.name} has no element ${child.name}`);
    if (child.name in values) throw new BadRequest(`${child.name} comes twice in ${element.name}`);
    if (order === 'sequence' && index < position) {
      throw new BadRequest(`${child.name} is out of order in ${element.name}`);
    }
    position = index;
    checkNamespace(child, namespace);
    values[child.name] = decodeField(child, field, { namespace });
  }
  for (const field of fields) {
    if (!field.optional && !(field.name in values)) {
      throw new BadRequest(`${element.name} lacks the required element ${field.name}`);
    }
  }
  return values;
}

function decodeField(element: XmlElement, field: Field, context: Context): unknown {
  if (!field.list) return decodeOne(element, field.type, context);
  checkContainer(element);
  return element.children.map((item) => {
    if (item.name !== 'item') throw new BadRequest(`${element.name} may hold only item elements`);
    checkNamespace(item, context.namespace);
    return decodeOne(item, field.type, context);
  });
}

function decodeOne(element: XmlElement, type: Field['type'], context: Context): unknown {
  if (!isScalar(type)) return decodeChildren(element, structFields(type), { ...context, order: 'any' });
  checkAttributes(element);
  if (element.children.length > 0) throw new BadRequest(`${element.name} must hold a plain value`);
  return readScalar(element, type);
}

function readScalar({ name, text }: XmlElement, type: ScalarName): unknown {
  if (type === 'string') return text;
  if (type !== 'int' && type !== 'long') throw new Error(`no request carries a ${type} yet`);
  const value = readInteger(text, LIMITS[type]);
  if (value === undefined) throw new BadRequest(`${name} is not of type ${type}`);
  return type === 'int' ? Number(value) : value.toString();
}

function readInteger(text: string, limit: bigint): bigint | undefined {
  const collapsed = text.trim();
  if (!/^[+-]?\d{1,40}$/.test(collapsed)) return undefined;
  const value = BigInt(collapsed.replace('+', ''));
  return value < limit && value >= -limit ? value : undefined;
}

function checkContainer(element: XmlElement): void {
  checkAttributes(element);
  if (element.text.trim() !== '') throw new BadRequest(`${element.name} holds text between its elements`);
}

function checkNamespace(element: XmlElement, namespace: string): void {
  if (element.namespace !== namespace)
    throw new BadRequest(`${element.name} is not in namespace ${namespace}`);
}

/** The schema declares no attribute and nothing nillable; only a type hint does no harm. */
function checkAttributes({ name, attributes }: XmlElement): void {
  const odd = attributes.find((one) => one.namespace !== XSI || one.name === 'nil');
  if (odd !== undefined) throw new BadRequest(`${name} must not have the attribute ${odd.name}`);
}
