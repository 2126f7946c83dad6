import { SaxesParser } from 'saxes';

/** An element of a reply, by its local name. */
export interface XmlElement {
  readonly name: string;
  /** Character data directly in it, exactly as written, CDATA included. */
  text: string;
  readonly nil: boolean;
  readonly children: XmlElement[];
}

/** A reply that cannot be understood. Says where and why, never what stood there. */
export class WireError extends Error {
  override readonly name = 'WireError';
  readonly #why: string;
  readonly #place: string;

  constructor(why: string, place = '') {
    super(place === '' ? why : `${place}: ${why}`);
    this.#why = why;
    this.#place = place;
  }

  /** The same complaint, told from one level further out: `field`, then `list[3].field`. */
  inside(outer: string): WireError {
    const joint = this.#place === '' || this.#place.startsWith('[') ? '' : '.';
    return new WireError(this.#why, `${outer}${joint}${this.#place}`);
  }
}

/** Far above any real reply; deeper nesting and more elements are an attack or a broken server. */
const MAX_DEPTH = 32;
const MAX_ELEMENTS = 300_000;

/** Reads a document into elements without going near entities or document types. Throws WireError. */
export function parseXml(text: string): XmlElement {
  try {
    return new TreeBuilder().read(text);
  } catch (error) {
    if (error instanceof WireError) throw error;
    // The parser's own message can quote the document.
    throw new WireError('not well-formed XML');
  }
}

class TreeBuilder {
  readonly #document: XmlElement = { name: '', text: '', nil: false, children: [] };
  readonly #open: XmlElement[] = [this.#document];
  #count = 0;

  read(text: string): XmlElement {
    const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
    parser.on('error', () => {
      throw new WireError('not well-formed XML');
    });
    parser.on('doctype', () => {
      throw new WireError('a document type is not allowed');
    });
    parser.on('xmldecl', ({ encoding }) => {
      if (encoding !== undefined && !/^utf-?8$/i.test(encoding)) throw new WireError('not in UTF-8');
    });
    parser.on('opentag', (tag) => this.#enter(tag));
    parser.on('closetag', () => this.#open.pop());
    parser.on('text', (piece) => this.#append(piece));
    parser.on('cdata', (piece) => this.#append(piece));
    parser.write(text).close();
    const [root] = this.#document.children;
    if (root === undefined) throw new WireError('empty');
    return root;
  }

  #enter(tag: { name: string; attributes: Record<string, string> }): void {
    this.#count += 1;
    if (this.#count > MAX_ELEMENTS) throw new WireError('too many elements');
    if (this.#open.length > MAX_DEPTH) throw new WireError('nested too deeply');
    const element = { name: localName(tag.name), text: '', nil: isNil(tag.attributes), children: [] };
    this.#open.at(-1)?.children.push(element);
    this.#open.push(element);
  }

  #append(piece: string): void {
    const top = this.#open.at(-1);
    if (top !== undefined) top.text += piece;
  }
}

const localName = (name: string) => name.slice(name.indexOf(':') + 1);

function isNil(attributes: Record<string, string>): boolean {
  for (const name in attributes) {
    if (localName(name) === 'nil' && /^(true|1)$/.test(attributes[name] ?? '')) return true;
  }
  return false;
}

export const childOf = (parent: XmlElement, name: string): XmlElement | undefined =>
  parent.children.find((child) => child.name === name);

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Bare ones would be changed by the reader's line-end handling.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

export const escapeXml = (text: string): string => text.replace(/[&<>"'\t\n\r]/g, (c) => ESCAPES[c] ?? c);

/** Whether XML 1.0 can carry the text at all. */
export const isXmlText = (text: string): boolean =>
  text.isWellFormed() && !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u.test(text);
