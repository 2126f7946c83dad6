import type { DialectId } from '../../functions/webapi/dialect.ts';
import { type Fields, fieldType, isScalar } from '../../functions/webapi/schema.ts';
import { STRUCTS, type StructName } from '../../functions/webapi/structs.ts';

/**
 * Writes replies as the services do, for tests. Shares only the table of fields with the code under test;
 * spelling, envelope and escaping are its own, so that both cannot be wrong together.
 */
export interface Manner {
  readonly dialect: DialectId;
  /** The way in which text is escaped. */
  readonly text: 'entities' | 'numbers' | 'sections';
  /** The way in which an absent value is written. */
  readonly absent: 'missing' | 'nil';
  /** Adds elements between the others that the table does not know. */
  readonly strangers: boolean;
  readonly reversed: boolean;
  readonly indented: boolean;
}

export type Values = Readonly<Record<string, unknown>>;

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const NAMESPACES = [
  `xmlns:S="${SOAP}"`,
  'xmlns:E="http://schemas.xmlsoap.org/soap/encoding/"',
  'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
  'xmlns:xsd="http://www.w3.org/2001/XMLSchema"',
  'xmlns:n="urn:Test"',
].join(' ');

export function encodeReply(
  operation: string,
  { fields, values, manner }: { fields: Fields; values: Values; manner: Manner },
): string {
  const content = new Encoder(manner).struct(fields, values);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<S:Envelope ${NAMESPACES}><S:Body><n:${operation}Response>${content}</n:${operation}Response></S:Body></S:Envelope>`;
}

export const encodeFault = (code: string, text: string): string =>
  `<S:Envelope ${NAMESPACES}><S:Body><S:Fault><faultcode>${code}</faultcode><faultstring>${WRITERS.entities(text)}</faultstring></S:Fault></S:Body></S:Envelope>`;

const numbered = (text: string) => text.replace(/[^\w ]/gu, (c) => `&#${c.codePointAt(0)};`);

const WRITERS: Readonly<Record<Manner['text'], (text: string) => string>> = {
  entities: (text) =>
    text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\r/g, '&#xD;'),
  numbers: numbered,
  // A carriage return inside a section would be read as a line feed, and `]]>` must not stand inside one.
  sections: (text) =>
    text === '' || text.includes('\r')
      ? numbered(text)
      : `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`,
};

class Encoder {
  readonly #manner: Manner;
  readonly #rpc: boolean;

  constructor(manner: Manner) {
    this.#manner = manner;
    this.#rpc = manner.dialect === 'rpc-encoded';
  }

  struct(fields: Fields, values: Values): string {
    const { strangers, reversed, indented } = this.#manner;
    const elements = Object.entries(fields).map(([name, word]) => this.#field({ name, word }, values[name]));
    const all = strangers ? ['<n:stranger><item>1</item></n:stranger>', ...elements] : elements;
    return (reversed ? all.toReversed() : all).join(indented ? '\n  ' : '');
  }

  #field({ name, word }: { name: string; word: string }, value: unknown): string {
    const { base, list } = fieldType(word);
    if (value === undefined)
      return this.#manner.absent === 'nil' ? this.#tag(name, ' xsi:nil="true"', '') : '';
    if (!Array.isArray(value)) return this.#value(name, { base, value });
    if (!list) throw new TypeError(`${name} is no list`);
    const type = isScalar(base) ? `xsd:${base}` : `n:${base}`;
    const attributes = this.#rpc ? ` xsi:type="E:Array" E:arrayType="${type}[${value.length}]"` : '';
    return this.#tag(
      name,
      attributes,
      value.map((item) => this.#value('item', { base, value: item })).join(''),
    );
  }

  #value(name: string, { base, value }: { base: string; value: unknown }): string {
    const simple = isScalar(base);
    const attributes = this.#rpc ? ` xsi:type="${simple ? 'xsd' : 'n'}:${base}"` : '';
    const content = simple
      ? WRITERS[this.#manner.text](String(value))
      : this.struct(STRUCTS[base as StructName], value as Values);
    return this.#tag(name, attributes, content);
  }

  #tag(name: string, attributes: string, content: string): string {
    const spelt = this.#rpc ? name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`) : `n:${name}`;
    return content === '' ? `<${spelt}${attributes}/>` : `<${spelt}${attributes}>${content}</${spelt}>`;
  }
}
