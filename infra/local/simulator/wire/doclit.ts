import { decodeMessage, type Grammar } from './decode.ts';
import type { Dialect, Variants } from './dialect.ts';
import { encodeMessage, type Part } from './encode.ts';
import { checkAction, DECLARATION, encodeFault, namesFor, openEnvelope, SOAP, shorten } from './envelope.ts';
import { fieldsOf } from './notation.ts';
import { isOperation, OPERATIONS, type OperationName } from './operations.ts';
import { renderWsdl } from './wsdl.ts';
import { BadRequest, escapeAttribute, type XmlElement } from './xml.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** The document/literal dialect: camelCase names, everything qualified in one target namespace. */
export function documentLiteral(namespace: string): Dialect {
  return {
    path: '/service.php',
    decode: (xml, soapAction, variants) => {
      const element = openEnvelope(xml);
      const operation = operationOf(element, namespace);
      checkAction(soapAction, `#${operation}`);
      const grammar: Grammar = { namespace, names: namesFor(operation, variants), isGiven };
      return { operation, request: decodeMessage(element, fieldsOf(OPERATIONS[operation].request), grammar) };
    },
    encodeReply: (operation, reply, variants = {}) => encodeReply(operation, reply, { namespace, variants }),
    encodeFault,
    wsdl: (address) => renderWsdl(namespace, address),
  };
}

function operationOf(element: XmlElement, namespace: string): OperationName {
  const operation = `d${element.name.slice(1, -'Request'.length)}`;
  if (!/^Do\w+Request$/.test(element.name) || !isOperation(operation)) {
    throw new BadRequest(`no operation takes the element ${element.name}`);
  }
  if (element.namespace !== namespace) {
    throw new BadRequest(`${element.name} is not in namespace ${namespace}`);
  }
  return operation;
}

/** The schema declares no attribute and nothing nillable; only a type hint does no harm. */
function isGiven({ name, attributes }: XmlElement): true {
  const odd = attributes.find((one) => one.namespace !== XSI || one.name === 'nil');
  if (odd !== undefined) throw new BadRequest(`${name} must not have the attribute ${odd.name}`);
  return true;
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
