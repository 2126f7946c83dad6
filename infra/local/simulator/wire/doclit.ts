import { decodeMessage } from './decode.ts';
import type { DecodedCall, Dialect } from './dialect.ts';
import { encodeMessage } from './encode.ts';
import { fieldsOf } from './notation.ts';
import { isOperation, OPERATIONS, type OperationName } from './operations.ts';
import { renderWsdl } from './wsdl.ts';
import { BadRequest, escapeAttribute, escapeText, parseXml, type XmlElement } from './xml.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The document/literal dialect: camelCase names, everything qualified in one target namespace. */
export function documentLiteral(namespace: string): Dialect {
  return {
    path: '/service.php',
    decode: (xml, soapAction) => decode(parseXml(xml), { namespace, soapAction }),
    encodeReply: (operation, reply) => encodeReply(operation, reply, { namespace }),
    encodeFault,
    wsdl: (address) => renderWsdl(namespace, address),
  };
}

function decode(
  root: XmlElement,
  { namespace, soapAction }: { namespace: string; soapAction: string | undefined },
): DecodedCall {
  const element = requestElement(root);
  const operation = `d${element.name.slice(1, -'Request'.length)}`;
  if (!/^Do\w+Request$/.test(element.name) || !isOperation(operation)) {
    throw new BadRequest(`no operation takes the element ${element.name}`);
  }
  if (element.namespace !== namespace) {
    throw new BadRequest(`${element.name} is not in namespace ${namespace}`);
  }
  const action = soapAction?.replace(/^"(.*)"$/, '$1');
  if (action !== `#${operation}`) throw new BadRequest(`SOAPAction must be "#${operation}"`);
  return {
    operation,
    request: decodeMessage(element, fieldsOf(OPERATIONS[operation].request), { namespace }),
  };
}

/** The one element inside the envelope's body. */
function requestElement(root: XmlElement): XmlElement {
  if (root.name !== 'Envelope' || root.namespace !== SOAP) throw new BadRequest('not a SOAP 1.1 envelope');
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
  if (demanded !== undefined) throw new BadRequest(`the header ${demanded.name} is not understood`);
  const [element, ...others] = root.children.at(-1)?.children ?? [];
  if (element === undefined || others.length > 0) throw new BadRequest('the Body must hold one element');
  return element;
}

function encodeReply(operation: OperationName, reply: object, { namespace }: { namespace: string }): string {
  const content = encodeMessage(reply, fieldsOf(OPERATIONS[operation].reply), { tag });
  const attributes = `xmlns:SOAP-ENV="${SOAP}" xmlns:ns1="${escapeAttribute(namespace)}"`;
  return (
    `${DECLARATION}<SOAP-ENV:Envelope ${attributes}><SOAP-ENV:Body>` +
    `${tag({ name: `${operation}Response`, content })}</SOAP-ENV:Body></SOAP-ENV:Envelope>\n`
  );
}

const tag = ({ name, content }: { name: string; content: string }): string =>
  content === '' ? `<ns1:${name}/>` : `<ns1:${name}>${content}</ns1:${name}>`;

/** Codes stand bare in `faultcode`, as clients of the real service read them. */
function encodeFault(code: string, text: string): string {
  return (
    `${DECLARATION}<SOAP-ENV:Envelope xmlns:SOAP-ENV="${SOAP}"><SOAP-ENV:Body><SOAP-ENV:Fault>` +
    `<faultcode>${escapeText(code)}</faultcode><faultstring>${escapeText(text)}</faultstring>` +
    '</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n'
  );
}
