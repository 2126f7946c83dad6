import { SaxesParser } from 'saxes';

/** An element of a reply, by its local name. */
export interface XmlElement {
  readonly name: string;
  /** Character data directly in the element, exactly as written, CDATA included. */
  text: string;
  readonly nil: boolean;
  /** Number of items that a SOAP array announces. */
  readonly announced?: number;
  readonly children: XmlElement[];
}

/** A reply that cannot be understood. Tells place and reason, never the contents. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly #why: string;
  readonly #place: string;

  constructor(why: string, place = '') {
    super(place === '' ? why : `${place}: ${why}`);
    this.#why = why;
    this.#place = place;
  }

  /** The path of the field in question. */
  get place(): string {
    return this.#place;
  }

  /** The same complaint with a place in front: `field`, then `list[3].field`. */
  inside(outer: string): WireError {
    const joint = this.#place === '' || this.#place.startsWith('[') ? '' : '.';
    return new WireError(this.#why, `${outer}${joint}${this.#place}`);
  }
}

/** Limits far above any real reply; more nesting or elements mean an attack or a broken server. */
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 100_000;
const MAX_ATTRIBUTES = 64;
/**
 * Length of the part in which a document type usually stands. The parser finds others, but reads the whole
 * document type first.
 */
const PROLOG = 1_000;
const DOCTYPE_FIRST = /^\s*(<\?xml[^>]*>\s*)?<!DOCTYPE/;

const DOCTYPE_REFUSED = 'a document type is not allowed';

/** Parses a document into elements, refusing entities and document types. Throws WireError. */
export function parseXml(text: string): XmlElement {
  if (DOCTYPE_FIRST.test(text.slice(0, PROLOG))) throw new WireError(DOCTYPE_REFUSED);
  try {
    return new TreeBuilder().read(withPlainLineEnds(text));
  } catch (error) {
    if (error instanceof WireError) throw error;
    // The parser's own message may quote the document.
    throw new WireError('not well-formed XML');
  }
}

const [LF, CR] = [10, 13];

/**
 * The document with line feeds for its line ends. Works on bytes, because the parser and string replacement
 * make a string of each carriage return, which costs a tenth of a microsecond each.
 */
function withPlainLineEnds(text: string): string {
  if (!text.includes('\r')) return text;
  const bytes = Buffer.from(text, 'utf8');
  let length = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    bytes[length] = byte === CR ? LF : byte;
    length += 1;
    if (byte === CR && bytes[index + 1] === LF) index += 1;
  }
  return bytes.toString('utf8', 0, length);
}

class TreeBuilder {
  readonly #document: XmlElement = { name: '', text: '', nil: false, children: [] };
  readonly #open: XmlElement[] = [this.#document];
  #count = 0;
  /** Number of attributes of the element that is being read. */
  #attributes = 0;

  read(text: string): XmlElement {
    const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
    // No more than seven handlers: with another, V8 keeps the parser in a hash table, and it reads six times
    // slower.
    parser.on('error', () => {
      throw new WireError('not well-formed XML');
    });
    parser.on('doctype', () => {
      throw new WireError(DOCTYPE_REFUSED);
    });
    parser.on('attribute', () => {
      this.#attributes += 1;
      if (this.#attributes > MAX_ATTRIBUTES) throw new WireError('too many attributes');
    });
    parser.on('opentag', (tag) => this.#enter(tag));
    parser.on('closetag', () => this.#open.pop());
    parser.on('text', (piece) => this.#append(piece));
    parser.on('cdata', (piece) => this.#append(piece));
    parser.write(text);
    const { encoding } = parser.xmlDecl;
    if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw new WireError('not in UTF-8');
    parser.close();
    const [root] = this.#document.children;
    if (root === undefined) throw new WireError('empty');
    return root;
  }

  #enter(tag: { name: string; attributes: Record<string, string> }): void {
    this.#attributes = 0;
    this.#count += 1;
    if (this.#count > MAX_ELEMENTS) throw new WireError('too many elements');
    if (this.#open.length > MAX_DEPTH) throw new WireError('nested too deeply');
    const element = { name: localName(tag.name), text: '', ...marksOf(tag.attributes), children: [] };
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  #append(piece: string): void {
    const top = this.#open.at(-1);
    if (top !== undefined) top.text += piece;
  }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

/** The marks of an element's attributes. Namespaces and types are not read, because the table knows them. */
function marksOf(attributes: Record<string, string>): { nil: boolean; announced?: number } {
  const marks: { nil: boolean; announced?: number } = { nil: false };
  for (const name in attributes) {
    const value = attributes[name] ?? '';
    const local = localName(name);
    if (local === 'nil' && (value === 'true' || value === '1')) marks.nil = true;
    // The value would stand elsewhere in the document; read here it would be empty.
    if (local === 'href') throw new WireError('a value by reference is not supported');
    const length = local === 'arrayType' ? /\[(\d{1,9})\]$/.exec(value)?.[1] : undefined;
    if (length !== undefined) marks.announced = Number(length);
  }
  return marks;
}

/** Characters that XML cannot hold. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const REFERENCE = /&#(?:(\d+)|x([0-9a-f]+));/gi;

/**
 * The document with U+FFFD in the place of characters that no document may have, whether direct or by number.
 * The two halves of a character beyond 16 bits, which Java libraries write by number, become that character.
 */
export const mendedXml = (text: string): string =>
  text.replace(REFERENCE, resolved).replace(NO_CHARACTER, '\uFFFD');

/** The character of a reference. Half of a surrogate pair is kept, because its other half may follow. */
function resolved(reference: string, decimal: string | undefined, hex = ''): string {
  const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
  if (code >= 0xd800 && code <= 0xdfff) return String.fromCharCode(code);
  if (code > 0x10ffff) return '\uFFFD';
  return isXmlText(String.fromCodePoint(code)) ? reference : '\uFFFD';
}

export const childOf = (parent: XmlElement, name: string): XmlElement | undefined =>
  parent.children.find((child) => child.name === name);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Bare ones would be changed by the reader's handling of line ends.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

export const escapeXml = (text: string): string => text.replace(/[&<>"'\t\n\r]/g, (c) => ESCAPES[c] ?? c);

/** Whether XML 1.0 can hold the text. */
export const isXmlText = (text: string): boolean =>
  text.isWellFormed() && !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text);
