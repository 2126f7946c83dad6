import { decodeMessage, type Expected, type Grammar } from './decode.ts';
import type { Dialect, Variants } from './dialect.ts';
import { encodeMessage, type Part } from './encode.ts';
import {
  checkAction,
  DECLARATION,
  faultEncoder,
  namesFor,
  openBody,
  openEnvelope,
  SOAP,
  shorten,
} from './envelope.ts';
import { fieldsOf, isScalar } from './notation.ts';
import { isOperation, OPERATIONS, type OperationName } from './operations.ts';
import { withoutReferences } from './references.ts';
import { hasField, hasOperation, hyphenated, rpcFields } from './rpc-names.ts';
import { renderRpcWsdl } from './wsdl-rpc.ts';
import { BadRequest, escapeAttribute, noProcedure, SOAP_CODES, type XmlElement } from './xml.ts';

const XSD = 'http://www.w3.org/2001/XMLSchema';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';

/** The RPC/encoded dialect: hyphenated names, unqualified parts, a type on every element of a reply. */
export function rpcEncoded(namespace: string): Dialect {
  const path = '/uploader.php';
  return {
    path,
    decode: (xml, soapAction, variants) => {
      const lenient = variants?.lenient === true;
      const element = lenient ? withoutReferences(openBody(xml)) : openEnvelope(xml);
      const operation = operationOf(element, namespace);
      checkAction(soapAction, `#${operation.toLowerCase()}`, variants);
      const names = namesFor(operation, variants);
      const grammar: Grammar = {
        namespace: '',
        fault: SOAP_CODES.client,
        lenient,
        names: (field) => names(field).map(hyphenated),
        isGiven: (child, expected) => isGiven(child, { expected, namespace }),
      };
      const fields = rpcFields(OPERATIONS[operation].request);
      return { operation, request: decodeMessage(element, fields, grammar) };
    },
    encodeReply: (operation, reply, variants = {}) => encodeReply(operation, reply, { namespace, variants }),
    encodeFault: faultEncoder(path),
    wsdl: (address) => renderRpcWsdl(namespace, address),
  };
}

function operationOf({ name, namespace: found }: XmlElement, namespace: string): OperationName {
  if (!isOperation(name) || !hasOperation(name)) throw noProcedure(name);
  if (found !== namespace) throw new BadRequest(`${name} is not in namespace ${namespace}`);
  return name;
}

/**
 * Checks the types of an element. A type may be left out, as a recorded client did; a given type must be
 * right.
 */
function isGiven(
  element: XmlElement,
  { expected, namespace }: { expected: Expected; namespace: string },
): boolean {
  let given = true;
  for (const { name, namespace: space, value, qualified } of element.attributes) {
    if (space === SOAP && name === 'encodingStyle' && value === ENCODING) continue;
    if (space === XSI && name === 'nil' && expected !== undefined) given &&= !['true', '1'].includes(value);
    else if (space === XSI && name === 'type') checkType(element, { expected, namespace, qualified });
    else if (space === ENCODING && name === 'arrayType')
      checkArray(element, { expected, namespace, qualified });
    else throw new BadRequest(`${element.name} must not have the attribute ${name}`);
  }
  if (!given && (element.children.length > 0 || element.text !== '')) {
    throw new BadRequest(`${element.name} is nil and yet has a value`);
  }
  return given;
}

interface Claim {
  readonly expected: Expected;
  readonly namespace: string;
  /** The type that an attribute claims, as `{namespace}name`. */
  readonly qualified: string | undefined;
}

const typeName = (type: string, namespace: string) => `{${isScalar(type) ? XSD : namespace}}${type}`;

/**
 * Checks a claimed type. A list may also name an array type of the WSDL; those names vary, so any is
 * accepted.
 */
function checkType({ name }: XmlElement, { expected, namespace, qualified }: Claim): void {
  if (expected === undefined) return;
  const right = expected.list
    ? qualified === `{${ENCODING}}Array` || qualified?.startsWith(`{${namespace}}`)
    : qualified === typeName(expected.type, namespace);
  if (right !== true) throw new BadRequest(`${name} has the wrong xsi:type`);
}

function checkArray({ name, children }: XmlElement, { expected, namespace, qualified }: Claim): void {
  const right = expected?.list === true ? typeName(expected.type, namespace) : undefined;
  if (right === undefined || ![`${right}[]`, `${right}[${children.length}]`].includes(qualified ?? '')) {
    throw new BadRequest(`${name} has the wrong SOAP-ENC:arrayType`);
  }
}

function encodeReply(
  operation: OperationName,
  reply: object,
  { namespace, variants }: { namespace: string; variants: Partial<Variants> },
): string {
  const content = encodeMessage(shorten(reply, variants), fieldsOf(OPERATIONS[operation].reply), {
    write,
    absent: (name) => `<${hyphenated(name)} xsi:nil="true"/>`,
    has: hasField,
    extra: variants.extraElements === true ? EXTRA : '',
  });
  return (
    `${DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="${SOAP}" xmlns:SOAP-ENC="${ENCODING}" xmlns:xsi="${XSI}" ` +
    `xmlns:xsd="${XSD}" xmlns:typens="${escapeAttribute(namespace)}">` +
    `<SOAP-ENV:Body SOAP-ENV:encodingStyle="${ENCODING}"><typens:${operation}Response>${content}` +
    `</typens:${operation}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`
  );
}

const EXTRA = '<later-addition xsi:type="xsd:string">1</later-addition>';

function write({ name, type, items, content }: Part): string {
  const typed = `${isScalar(type) ? 'xsd' : 'typens'}:${type}`;
  const attributes =
    items === undefined
      ? `xsi:type="${typed}"`
      : `xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="${typed}[${items}]"`;
  return `<${hyphenated(name)} ${attributes}>${content}</${hyphenated(name)}>`;
}
