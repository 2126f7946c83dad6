import { gzipSync } from 'node:zlib';
import { type Answer, XML } from './exchange.ts';

const MEGABYTE = 1024 * 1024;

/** Bodies that a client has to survive. None is a reply of the protocol. */
export const HOSTILE = {
  'lt-flood': () => ok('<'.repeat(MEGABYTE)),
  'deep-nesting': () => ok('<a>'.repeat(200_000)),
  entities: () => ok(ENTITIES),
  'gzip-bomb': () => ({ ...ok(bomb()), encoding: 'gzip' }),
} as const satisfies Record<string, () => Answer>;

const ok = (body: string | Buffer): Answer => ({ status: 200, type: XML, body });

/** Entities that grow tenfold seven times, and an entity that points at a file. */
const ENTITIES = [
  '<?xml version="1.0" encoding="UTF-8"?>',
  '<!DOCTYPE x [<!ENTITY e0 "ha"><!ENTITY file SYSTEM "file:///etc/hostname">',
  ...Array.from({ length: 7 }, (_, depth) => `<!ENTITY e${depth + 1} "${`&e${depth};`.repeat(10)}">`),
  ']>',
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>',
  '<SOAP-ENV:Fault><faultcode>ERR_WEBAPI_NOT_AVAIL</faultcode><faultstring>&e7;&file;</faultstring></SOAP-ENV:Fault>',
  '</SOAP-ENV:Body></SOAP-ENV:Envelope>',
].join('\n');

let packed: Buffer | undefined;

/** A body that is small in transit and a thousand times as large when unpacked. */
function bomb(): Buffer {
  packed ??= gzipSync(Buffer.alloc(64 * MEGABYTE, ' '), { level: 9 });
  return packed;
}

/**
 * Titles of offers and telephones of buyers, in the spelling of either dialect. Comparisons of orders leave
 * these texts out.
 */
const TEXTS = /<((?:\w+:)?(?:item-?title|user-?phone))((?: [^>]*)?)>(?=[^<])/gi;

/** The reply with characters in front of these texts that XML forbids. */
export const withBrokenText = (xml: string, what = '\u000B'): string =>
  xml.replace(TEXTS, (_tag, name: string, marks: string) => `<${name}${marks}>${what}`);

/**
 * The text in ISO 8859-2, though its header will say UTF-8. A letter that the charset lacks becomes a
 * question mark.
 */
export function inLatin2(text: string): Buffer {
  return Buffer.from(Array.from(text, (letter) => LATIN_2.get(letter) ?? 0x3f));
}

const LATIN_2 = new Map(
  Array.from({ length: 256 }, (_, byte) => [new TextDecoder('iso-8859-2').decode(Uint8Array.of(byte)), byte]),
);
