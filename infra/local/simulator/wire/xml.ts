import { SaxesParser } from 'saxes';

/** An element with its namespace resolved; `text` is all its character data together. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly value: string;
    /** A value such as `xsd:int` as `{namespace}int`, where its prefix (or none) is bound. */
    readonly qualified: string | undefined;
  }[];
  readonly children: XmlElement[];
  text: string;
}

/** Codes of SOAP 1.1 itself, in the namespace that every fault declares. */
export const SOAP_CODES = {
  client: 'SOAP-ENV:Client',
  server: 'SOAP-ENV:Server',
  version: 'SOAP-ENV:VersionMismatch',
  header: 'SOAP-ENV:MustUnderstand',
} as const;

/** A mistake in a request; code and text go into the fault. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly code: string;

  constructor(message: string, code: string = SOAP_CODES.client) {
    super(message);
    this.code = code;
  }
}

/** The fault for an unknown operation, in either dialect. */
export const noProcedure = (name: string): BadRequest =>
  new BadRequest(`Procedure '${name}' not present`, SOAP_CODES.server);

const MAX_DEPTH = 32;

/** Reads a document. Throws `BadRequest` for anything not well formed, too deep, or with a DTD, which SOAP forbids. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser({ xmlns: true });
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  parser.on('error', (error) => {
    throw new BadRequest(`not well-formed XML: ${error.message}`);
  });
  parser.on('doctype', () => {
    throw new BadRequest('a SOAP message must not contain a document type declaration');
  });
  parser.on('opentag', (tag) => {
    if (open.length === MAX_DEPTH) throw new BadRequest('elements are nested too deep');
    const attributes = Object.values(tag.attributes)
      .filter((attribute) => attribute.prefix !== 'xmlns' && attribute.name !== 'xmlns')
      .map(({ local, uri, value }) => ({
        name: local,
        namespace: uri,
        value,
        qualified: qualify(value, (prefix) => parser.resolve(prefix)),
      }));
    const element: XmlElement = {
      name: tag.local,
      namespace: tag.uri,
      attributes,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  const addText = (data: string) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += data;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (root === undefined) throw new BadRequest('the document is empty');
  return root;
}

function qualify(value: string, resolve: (prefix: string) => string | undefined): string | undefined {
  const [, prefix = '', local] = /^\s*(?:([\w.-]+):)?([^\s:]+)\s*$/.exec(value) ?? [];
  const namespace = local === undefined ? undefined : resolve(prefix);
  return namespace === undefined || namespace === '' ? undefined : `{${namespace}}${local}`;
}

/**
 * A character that becomes an invalid UTF-8 byte when the reply is sent. The world's own texts never contain
 * it.
 */
export const NOT_UTF8 = '\uE000';

/** The reply as bytes, with `NOT_UTF8` turned into a byte that is not UTF-8. */
export function bytesOf(xml: string): Buffer {
  const bytes = Buffer.from(xml);
  if (!xml.includes(NOT_UTF8)) return bytes;
  const [marker, lone] = [Buffer.from(NOT_UTF8).toString('latin1'), '\xC5'];
  return Buffer.from(bytes.toString('latin1').replaceAll(marker, lone), 'latin1');
}

/** Character data as it may stand between tags; a carriage return would otherwise be read as a line feed. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;');

export const escapeAttribute = (text: string): string => escapeText(text).replaceAll('"', '&quot;');
