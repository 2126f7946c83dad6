import type { Dialect, Variants } from './dialect.ts';
import type { OperationName } from './operations.ts';
import { BadRequest, escapeText, parseXml, SOAP_CODES, type XmlElement } from './xml.ts';

export const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The one element inside the body of a request. Throws `BadRequest` for anything but a SOAP 1.1 envelope. */
export function openEnvelope(xml: string): XmlElement {
  const [element, ...others] = openBody(xml);
  if (element === undefined || others.length > 0) throw new BadRequest('the Body must hold one element');
  return element;
}

/** All elements inside the body of a request. Throws `BadRequest` for anything but a SOAP 1.1 envelope. */
export function openBody(xml: string): readonly XmlElement[] {
  const root = parseXml(xml);
  if (root.name === 'Envelope' && root.namespace !== SOAP)
    throw new BadRequest('the envelope is not of SOAP 1.1', SOAP_CODES.version);
  if (root.name !== 'Envelope') throw new BadRequest('not a SOAP 1.1 envelope');
  const parts = root.children.map((child) => (child.namespace === SOAP ? child.name : '?'));
  if (!['Body', 'Header,Body'].includes(parts.join())) {
    throw new BadRequest('an envelope holds an optional Header, then one Body');
  }
  const header = parts.length === 2 ? root.children[0] : undefined;
  const demanded = header?.children.find((entry) =>
    entry.attributes.some(
      (one) => one.namespace === SOAP && one.name === 'mustUnderstand' && one.value === '1',
    ),
  );
  if (demanded !== undefined)
    throw new BadRequest(`the header ${demanded.name} is not understood`, SOAP_CODES.header);
  return root.children.at(-1)?.children ?? [];
}

/**
 * Throws `BadRequest` unless the header, quoted or not, is the action of the WSDL; lenient services skip the
 * check.
 */
export function checkAction(
  soapAction: string | undefined,
  expected: string,
  { lenient = false }: Partial<Variants> = {},
): void {
  if (lenient) return;
  const action = soapAction?.replace(/^"(.*)"$/, '$1');
  if (action !== expected) throw new BadRequest(`SOAPAction must be "${expected}"`);
}

/**
 * Writes the faults of a service at this path. Codes of the service stand bare in `faultcode`, as clients of the
 * real one read them, unless a variant says otherwise; what `faultactor` holds has no meaning for clients.
 */
export const faultEncoder =
  (path: string): Dialect['encodeFault'] =>
  (code, text, { faultPrefix = '' } = {}) => {
    const written = code.startsWith('ERR_') ? `${faultPrefix}${code}` : code;
    return (
      `${DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="${SOAP}"><SOAP-ENV:Body><SOAP-ENV:Fault>` +
      `<faultcode>${escapeText(written)}</faultcode><faultstring>${escapeText(text)}</faultstring>` +
      `<faultactor>${escapeText(path)}</faultactor></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`
    );
  };

const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';

/** A fault of SOAP 1.2, as a gateway in front of the service may turn a fault into. */
export const encodeFault12 = (code: string, text: string): string =>
  `${DECLARATION}<env:Envelope xmlns:env="${SOAP12}"><env:Body><env:Fault>` +
  `<env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>${escapeText(code)}</env:Value></env:Subcode></env:Code>` +
  `<env:Reason><env:Text xml:lang="pl">${escapeText(text)}</env:Text></env:Reason>` +
  '</env:Fault></env:Body></env:Envelope>\n';

/** The reply with its own lists, not those within, cut to the variant's length. */
export function shorten(reply: object, { longestList = 0 }: Partial<Variants>): object {
  if (longestList === 0) return reply;
  const cut = (value: unknown) => (Array.isArray(value) ? value.slice(0, longestList) : value);
  return Object.fromEntries(Object.entries(reply).map(([name, value]) => [name, cut(value)]));
}

const LOGINS: readonly OperationName[] = ['doLogin', 'doLoginEnc', 'doLoginWithAccessToken'];

/** The names that a request may use for its elements, the published name first. */
export function namesFor(operation: OperationName, variants: Partial<Variants> = {}) {
  const isLogin = variants.acceptsCountryId === true && LOGINS.includes(operation);
  return (name: string): readonly string[] =>
    isLogin && name === 'countryCode' ? [name, 'countryId'] : [name];
}
