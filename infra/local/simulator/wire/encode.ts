import { type Field, isScalar, structFields } from './notation.ts';
import { escapeText } from './xml.ts';

/** Marks a required element that is to be left out, for a reply that breaks its WSDL. */
export const LEFT_OUT = Symbol('left out');

/** An element to be written; its content is XML already. */
export interface Part {
  readonly name: string;
  readonly type: Field['type'];
  /** Number of items in the content of a list. */
  readonly items?: number;
  readonly content: string;
}

/** The way in which one dialect writes. */
export interface Spelling {
  readonly write: (part: Part) => string;
  /** An optional element without a value, as XML. */
  readonly absent: (name: string) => string;
  /** Whether the dialect has a field of this name. */
  readonly has: (name: string) => boolean;
  /** XML at the end of every message and structure. */
  readonly extra: string;
}

/** Writes a message's values in declared order. Throws TypeError for a required value that is missing. */
export function encodeMessage(values: object, fields: readonly Field[], spelling: Spelling): string {
  let xml = '';
  for (const field of fields) {
    if (!spelling.has(field.name)) continue;
    const value: unknown = Reflect.get(values, field.name);
    if (value === LEFT_OUT) continue;
    if (value !== undefined) xml += encodeField(value, field, spelling);
    else if (field.optional) xml += spelling.absent(field.name);
    else throw new TypeError(`reply lacks ${field.name}`);
  }
  return xml + spelling.extra;
}

function encodeField(value: unknown, { name, type, list }: Field, spelling: Spelling): string {
  if (!list) return encodeOne(value, { name, type }, spelling);
  if (!Array.isArray(value)) throw new TypeError(`${name} must be a list`);
  const content = value.map((item) => encodeOne(item, { name: 'item', type }, spelling)).join('');
  return spelling.write({ name, type, items: value.length, content });
}

function encodeOne(
  value: unknown,
  { name, type }: { name: string; type: Field['type'] },
  spelling: Spelling,
): string {
  if (isScalar(type)) return spelling.write({ name, type, content: escapeText(String(value)) });
  if (typeof value !== 'object' || value === null) throw new TypeError(`no ${type}`);
  return spelling.write({ name, type, content: encodeMessage(value, structFields(type), spelling) });
}
