import { type Field, isScalar, structFields } from './notation.ts';
import { escapeText } from './xml.ts';

/** How one dialect writes an element around content that is already XML. */
export interface Spelling {
  readonly tag: (element: { name: string; content: string }) => string;
}

/** Writes a message's values in declared order. Throws TypeError for a required value that is missing. */
export function encodeMessage(values: object, fields: readonly Field[], spelling: Spelling): string {
  let xml = '';
  for (const field of fields) {
    const value: unknown = Reflect.get(values, field.name);
    if (value !== undefined)
      xml += spelling.tag({ name: field.name, content: encodeField(value, field, spelling) });
    else if (!field.optional) throw new TypeError(`reply lacks ${field.name}`);
  }
  return xml;
}

function encodeField(value: unknown, field: Field, spelling: Spelling): string {
  if (!field.list) return encodeOne(value, field.type, spelling);
  if (!Array.isArray(value)) throw new TypeError(`${field.name} must be a list`);
  return value
    .map((item) => spelling.tag({ name: 'item', content: encodeOne(item, field.type, spelling) }))
    .join('');
}

function encodeOne(value: unknown, type: Field['type'], spelling: Spelling): string {
  if (!isScalar(type)) {
    if (typeof value !== 'object' || value === null) throw new TypeError(`no ${type}`);
    return encodeMessage(value, structFields(type), spelling);
  }
  return escapeText(String(value));
}
