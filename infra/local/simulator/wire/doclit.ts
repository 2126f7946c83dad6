import { decodeMessage, type Expected, type Grammar } from './decode.ts';
import type { Dialect, Variants } from './dialect.ts';
import { encodeMessage, type Part } from './encode.ts';
import { checkAction, DECLARATION, faultEncoder, namesFor, openEnvelope, SOAP, shorten } from './envelope.ts';
import { fieldsOf, isScalar } from './notation.ts';
import { isOperation, OPERATIONS, type OperationName } from './operations.ts';
import { notExpected, type SchemaRules, wrongAttribute, wrongType } from './schema-faults.ts';
import { listName, renderWsdl } from './wsdl.ts';
import { escapeAttribute, noProcedure, type XmlElement } from './xml.ts';

const XSD = 'http://www.w3.org/2001/XMLSchema';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** The document/literal dialect: camelCase names, everything qualified in one target namespace. */
export function documentLiteral(namespace: string): Dialect {
  const path = '/service.php';
  const rules: SchemaRules = { namespace, fault: 'Sender' };
  return {
    path,
    decode: (xml, soapAction, variants) => {
      const element = openEnvelope(xml);
      const operation = operationOf(element, rules);
      checkAction(soapAction, `#${operation}`, variants);
      const grammar: Grammar = {
        ...rules,
        names: namesFor(operation, variants),
        isGiven: (child, expected) => isGiven(child, { expected, rules }),
      };
      return { operation, request: decodeMessage(element, fieldsOf(OPERATIONS[operation].request), grammar) };
    },
    encodeReply: (operation, reply, variants = {}) => encodeReply(operation, reply, { namespace, variants }),
    encodeFault: faultEncoder(path),
    wsdl: (address) => renderWsdl(namespace, address),
  };
}

function operationOf(element: XmlElement, rules: SchemaRules): OperationName {
  const operation = `d${element.name.slice(1, -'Request'.length)}`;
  if (!/^Do\w+Request$/.test(element.name) || !isOperation(operation)) throw noProcedure(element.name);
  if (element.namespace !== rules.namespace) throw notExpected(element, [element.name], rules);
  return operation;
}

const HINTS = ['schemaLocation', 'noNamespaceSchemaLocation'];

/**
 * Refuses attributes, because the schema declares none and nothing nillable. `xsi:type` is allowed if it
 * names the right type.
 */
function isGiven(element: XmlElement, { expected, rules }: { expected: Expected; rules: SchemaRules }): true {
  for (const { name, namespace, value, qualified } of element.attributes) {
    if (namespace === XSI && HINTS.includes(name)) continue;
    if (namespace !== XSI || name !== 'type') throw wrongAttribute(element, name, rules);
    if (!typesFor(expected, rules).includes(qualified ?? ''))
      throw wrongType(element, qualified ?? value, rules);
  }
  return true;
}

/** Simple types by the wider type whose place they may take. */
const NARROWER: Readonly<Record<string, readonly string[]>> = {
  long: ['int', 'short', 'byte'],
  int: ['short', 'byte'],
  string: ['normalizedString', 'token'],
};

/** The types that `xsi:type` may name for an element; none for a message, whose type has no name. */
function typesFor(expected: Expected, { namespace }: SchemaRules): string[] {
  if (expected === undefined) return [];
  const { type, list } = expected;
  if (list) return [`{${namespace}}${listName(type)}`];
  return isScalar(type)
    ? [type, ...(NARROWER[type] ?? [])].map((name) => `{${XSD}}${name}`)
    : [`{${namespace}}${type}`];
}

function encodeReply(
  operation: OperationName,
  reply: object,
  { namespace, variants }: { namespace: string; variants: Partial<Variants> },
): string {
  const content = encodeMessage(shorten(reply, variants), fieldsOf(OPERATIONS[operation].reply), {
    write,
    absent: () => '',
    has: () => true,
    extra: variants.extraElements === true ? EXTRA : '',
  });
  const attributes = `xmlns:SOAP-ENV="${SOAP}" xmlns:ns1="${escapeAttribute(namespace)}"`;
  return (
    `${DECLARATION}<SOAP-ENV:Envelope ${attributes}><SOAP-ENV:Body>` +
    `${write({ name: `${operation}Response`, content })}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`
  );
}

const EXTRA = '<ns1:laterAddition><ns1:item>1</ns1:item></ns1:laterAddition>';

const write = ({ name, content }: Pick<Part, 'name' | 'content'>): string =>
  content === '' ? `<ns1:${name}/>` : `<ns1:${name}>${content}</ns1:${name}>`;
