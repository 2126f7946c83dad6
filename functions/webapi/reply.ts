import type { Reply } from './transport.ts';
import { childOf, mendedXml, parseXml, WireError, type XmlElement } from './xml.ts';

/** A fault: the marketplace's code without a prefix, and its text for people. */
export interface SoapFault {
  readonly code: string | undefined;
  readonly text: string;
  /** All character data of the fault, wherever it stands. */
  readonly everything: string;
}

export type Reading = { readonly fault: SoapFault } | { readonly response: XmlElement };

/**
 * A page for people in the place of a reply: the marketplace demands that a captcha is solved from our
 * address.
 */
export class CaptchaPage extends WireError {}

/** Length of the part in which a page is recognised by its beginning and the word. */
const LOOKED_AT = 64 * 1024;

function refuseCaptchaPage({ body }: Reply): void {
  const text = new TextDecoder('latin1').decode(body.subarray(0, LOOKED_AT));
  if (/^\s*<(!doctype html|html)/i.test(text) && /captcha/i.test(text))
    throw new CaptchaPage('a captcha page');
}

/**
 * Finds the response element or the fault in a reply. A fault counts with any HTTP status; otherwise the
 * status has to be 200. Throws WireError for everything else: HTML, other charsets, truncated documents.
 * Invalid characters in a reply that is mostly text are read as U+FFFD, so that a character does not hide
 * everything else in it.
 */
export function readReply(reply: Reply, responseElement: string): Reading {
  const body = soapBody(reply);
  const fault = body === undefined ? undefined : childOf(body, 'Fault');
  if (fault !== undefined) return { fault: readFault(fault) };
  if (reply.status !== 200) throw new WireError(`HTTP ${reply.status} without a fault`);
  const response = body === undefined ? undefined : childOf(body, responseElement);
  if (response === undefined) throw new WireError(`no ${responseElement} in the reply`);
  return { response };
}

function soapBody(reply: Reply): XmlElement | undefined {
  refuseCaptchaPage(reply);
  try {
    const root = parseMended(textOf(reply));
    if (root.name !== 'Envelope') throw new WireError('not a SOAP envelope');
    return childOf(root, 'Body');
  } catch (error) {
    if (error instanceof WireError && reply.status !== 200) {
      throw new WireError(`HTTP ${reply.status}, ${error.message}`);
    }
    throw error;
  }
}

/** Parses a reply, and mends it only if that fails: most replies are intact and are parsed once. */
function parseMended(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (error) {
    const mended = mendedXml(text);
    if (mended === text) throw error;
    return parseXml(mended);
  }
}

function textOf({ contentType, body }: Reply): string {
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1];
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new WireError('not in UTF-8');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    const text = new TextDecoder('utf-8').decode(body);
    if (isMostlyWhole(text)) return text;
    throw new WireError('not in UTF-8');
  }
}

/**
 * Whether most letters are intact. In a reply of another charset nearly every letter beyond ASCII is broken;
 * mending it would spoil stored texts.
 */
function isMostlyWhole(text: string): boolean {
  const letters = text.match(/[^\0-\x7F]/gu) ?? [];
  const broken = letters.filter((letter) => letter === '\uFFFD').length;
  return 2 * broken <= letters.length;
}

/** A fault of SOAP 1.1, or of 1.2, whose subcode is more precise than its code. */
function readFault(fault: XmlElement): SoapFault {
  const code12 = childOf(fault, 'Code');
  const subcode = code12 && childOf(code12, 'Subcode');
  const code = [
    childOf(fault, 'faultcode'),
    subcode && childOf(subcode, 'Value'),
    code12 && childOf(code12, 'Value'),
  ]
    .map((element) => element?.text.trim().replace(/^[\w.-]+:/, ''))
    .find((text) => text !== undefined && text !== '');
  const reason = childOf(fault, 'Reason');
  const text = childOf(fault, 'faultstring') ?? (reason && childOf(reason, 'Text'));
  return { code, text: text?.text ?? '', everything: textWithin(fault) };
}

const textWithin = (element: XmlElement): string =>
  [element.text, ...element.children.map(textWithin)].join(' ');
