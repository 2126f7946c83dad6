import type { Dialect } from './dialect.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { type Fields, fieldType, isScalar } from './schema.ts';
import { fieldsOfDialect } from './spell.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { escapeXml } from './xml.ts';

export interface Service {
  readonly dialect: Dialect;
  readonly namespace: string;
  readonly endpoint: string;
  /** Operations to render; by default all of the dialect. */
  readonly operations?: readonly OperationName[];
  /**
   * Renders only what requests need: no replies, and no encoding style, which soap would put in the wrong
   * place.
   */
  readonly lean?: boolean;
}

/** Renders the table of operations as a WSDL, so that none is fetched or read from a file. */
export function renderWsdl(service: Service): string {
  const { dialect, lean = false } = service;
  const style = dialect.id === 'rpc-encoded' ? rpc(service) : literalStyle(service);
  const namespace = escapeXml(service.namespace);
  const all = Object.keys(OPERATIONS) as OperationName[];
  const names = (service.operations ?? all).filter((name) => !dialect.lacks(name));
  const shapes = names.map((name) => {
    const { request, response } = OPERATIONS[name];
    return { name, request: fieldsOfDialect(request, dialect), response: lean ? {} : response };
  });
  const used = types(
    shapes.flatMap(({ request, response }) => [request, response]),
    style,
  );
  return `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:${style.prefix}="${namespace}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/" name="service" targetNamespace="${namespace}">
<types><xsd:schema targetNamespace="${namespace}"${style.schemaAttributes}>
${[...used, ...shapes.flatMap(style.elements)].join('\n')}
</xsd:schema></types>
${shapes.map(style.messages).join('\n')}
<portType name="servicePort">${names.map((name) => portOperation(name, style.prefix)).join('\n')}</portType>
<binding name="serviceBinding" type="${style.prefix}:servicePort"><soap:binding style="${style.binding}" transport="http://schemas.xmlsoap.org/soap/http"/>
${names.map((name) => bindingOperation(name, { dialect, body: style.body })).join('\n')}</binding>
<service name="service"><port name="servicePort" binding="${style.prefix}:serviceBinding"><soap:address location="${escapeXml(service.endpoint)}"/></port></service>
</definitions>`;
}

interface OperationShape {
  readonly name: OperationName;
  readonly request: Fields;
  readonly response: Fields;
}

/** The differences between the two kinds of description. */
interface Style {
  readonly dialect: Dialect;
  readonly prefix: string;
  readonly binding: 'document' | 'rpc';
  readonly schemaAttributes: string;
  /** The attributes of soap:body. */
  readonly body: string;
  readonly listName: (base: string) => string;
  readonly listContent: (type: string) => string;
  readonly elements: (shape: OperationShape) => string[];
  readonly messages: (shape: OperationShape) => string;
}

function literalStyle({ dialect }: Service): Style {
  const element = (name: string) => `<part name="parameters" element="tns:${name}"/>`;
  const style: Style = {
    dialect,
    prefix: 'tns',
    binding: 'document',
    schemaAttributes: ' elementFormDefault="qualified"',
    body: 'use="literal"',
    // Names as the service generates them, e.g. `ArrayOfDealsstruct`.
    listName: (base) => `ArrayOf${base.charAt(0).toUpperCase()}${base.slice(1).toLowerCase()}`,
    listContent: (type) =>
      `<xsd:sequence><xsd:element name="item" type="${type}" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence>`,
    elements: ({ name, request, response }) => [
      wrapper(dialect.requestElement(name), members(request, { style, operation: name })),
      wrapper(dialect.responseElement(name), members(response, { style })),
    ],
    messages: ({ name }) =>
      message(`${name}In`, element(dialect.requestElement(name))) +
      message(`${name}Out`, element(dialect.responseElement(name))),
  };
  return style;
}

const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';

function rpc({ dialect, namespace, lean }: Service): Style {
  const style: Style = {
    dialect,
    prefix: 'typens',
    binding: 'rpc',
    schemaAttributes: '',
    body: lean ? '' : `use="encoded" namespace="${escapeXml(namespace)}" encodingStyle="${ENCODING}"`,
    listName: (base) => `ArrayOf${base}`,
    listContent: (type) =>
      `<xsd:complexContent><xsd:restriction base="SOAP-ENC:Array"><xsd:attribute ref="SOAP-ENC:arrayType" wsdl:arrayType="${type}[]"/></xsd:restriction></xsd:complexContent>`,
    elements: () => [],
    messages: ({ name, request, response }) =>
      message(`${name}In`, members(request, { style, operation: name, tag: 'part' })) +
      message(`${name}Out`, members(response, { style, tag: 'part' })),
  };
  return style;
}

const message = (name: string, parts: string) => `<message name="${name}">${parts}</message>`;

const schemaType = (base: string, { prefix }: Style) => `${isScalar(base) ? 'xsd' : prefix}:${base}`;

/** The list and struct types that these fields use, directly or through others. */
function types(shapes: readonly Fields[], style: Style): Set<string> {
  const rendered = new Set<string>();
  for (const { base, list } of shapes.flatMap((fields) => Object.values(fields)).map(fieldType)) {
    if (list) rendered.add(complexType(style.listName(base), style.listContent(schemaType(base, style))));
    if (isScalar(base)) continue;
    const fields = fieldsOfDialect(STRUCTS[base as StructName], style.dialect);
    for (const type of types([fields], style)) rendered.add(type);
    rendered.add(complexType(base, `<xsd:all>${members(fields, { style })}</xsd:all>`));
  }
  return rendered;
}

const complexType = (name: string, content: string) =>
  `<xsd:complexType name="${name}">${content}</xsd:complexType>`;

const wrapper = (element: string, content: string) =>
  `<xsd:element name="${element}"><xsd:complexType><xsd:sequence>${content}</xsd:sequence></xsd:complexType></xsd:element>`;

/** Fields as elements or parts; only document/literal declares optional ones. */
function members(
  fields: Fields,
  { style, operation, tag = 'xsd:element' }: { style: Style; operation?: OperationName; tag?: string },
): string {
  const { dialect, prefix, listName, binding } = style;
  return Object.entries(fields)
    .map(([name, word]) => {
      const { base, list, optional } = fieldType(word);
      const spelt = operation === undefined ? dialect.field(name) : dialect.requestField(operation, name);
      const type = list ? `${prefix}:${listName(base)}` : schemaType(base, style);
      const occurs = optional && binding === 'document' ? ' minOccurs="0"' : '';
      return `<${tag} name="${spelt}" type="${type}"${occurs}/>`;
    })
    .join('');
}

const portOperation = (name: string, prefix: string) =>
  `<operation name="${name}"><input message="${prefix}:${name}In"/><output message="${prefix}:${name}Out"/></operation>`;

function bindingOperation(name: string, { dialect, body }: { dialect: Dialect; body: string }): string {
  const content = `<soap:body ${body}/>`;
  return `<operation name="${name}"><soap:operation soapAction="${dialect.soapAction(name)}"/><input>${content}</input><output>${content}</output></operation>`;
}
