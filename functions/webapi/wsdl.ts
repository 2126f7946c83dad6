import type { Dialect } from './dialect.ts';
import { OPERATIONS } from './operations.ts';
import { type Fields, fieldType, isScalar } from './schema.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { escapeXml } from './xml.ts';

interface Service {
  readonly dialect: Dialect;
  readonly namespace: string;
  readonly endpoint: string;
  /** Whether replies are described too. Writing requests does not need them, and half of the start-up is saved. */
  readonly replies?: boolean;
}

/**
 * Renders the table of operations as a WSDL with the document/literal binding, so that nothing is fetched
 * or read from a file when the driver starts.
 */
export function renderWsdl(service: Service): string {
  const { dialect, replies = true } = service;
  const namespace = escapeXml(service.namespace);
  const names = Object.keys(OPERATIONS);
  const shapes = Object.entries(OPERATIONS).flatMap(([name, { request, response }]): [string, Fields][] => [
    [dialect.requestElement(name), request],
    [dialect.responseElement(name), replies ? response : {}],
  ]);
  const schema = [
    ...types(
      shapes.map(([, fields]) => fields),
      dialect,
    ),
    ...shapes.map(([element, fields]) => wrapper(element, elements(fields, dialect))),
  ];
  return `<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${namespace}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" name="service" targetNamespace="${namespace}">
<types><xsd:schema targetNamespace="${namespace}" elementFormDefault="qualified">
${schema.join('\n')}
</xsd:schema></types>
${names.map((name) => messages(name, dialect)).join('\n')}
<portType name="servicePort">${names.map(portOperation).join('\n')}</portType>
<binding name="serviceBinding" type="tns:servicePort"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${names.map((name) => bindingOperation(name, dialect)).join('\n')}</binding>
<service name="service"><port name="servicePort" binding="tns:serviceBinding"><soap:address location="${escapeXml(service.endpoint)}"/></port></service>
</definitions>`;
}

/** The name of a list type as the service generates it, e.g. `ArrayOfDealsstruct`. */
const listName = (base: string) => `ArrayOf${base.charAt(0).toUpperCase()}${base.slice(1).toLowerCase()}`;

const itemType = (base: string) => (isScalar(base) ? `xsd:${base}` : `tns:${base}`);

/** The list and struct types that these shapes use, directly or through others. */
function types(shapes: readonly Fields[], dialect: Dialect): Set<string> {
  const rendered = new Set<string>();
  for (const { base, list } of shapes.flatMap((fields) => Object.values(fields)).map(fieldType)) {
    if (list) rendered.add(listType(base));
    if (isScalar(base)) continue;
    const fields = STRUCTS[base as StructName];
    for (const type of types([fields], dialect)) rendered.add(type);
    rendered.add(complexType(base, `<xsd:all>${elements(fields, dialect)}</xsd:all>`));
  }
  return rendered;
}

const complexType = (name: string, content: string) =>
  `<xsd:complexType name="${name}">${content}</xsd:complexType>`;

const listType = (base: string) =>
  complexType(
    listName(base),
    `<xsd:sequence><xsd:element name="item" type="${itemType(base)}" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence>`,
  );

const wrapper = (element: string, content: string) =>
  `<xsd:element name="${element}"><xsd:complexType><xsd:sequence>${content}</xsd:sequence></xsd:complexType></xsd:element>`;

function elements(fields: Fields, dialect: Dialect): string {
  return Object.entries(fields)
    .map(([name, word]) => {
      const { base, list, optional } = fieldType(word);
      const type = list ? `tns:${listName(base)}` : itemType(base);
      return `<xsd:element name="${dialect.field(name)}" type="${type}"${optional ? ' minOccurs="0"' : ''}/>`;
    })
    .join('');
}

const messages = (name: string, dialect: Dialect) =>
  `<message name="${name}In"><part name="parameters" element="tns:${dialect.requestElement(name)}"/></message>` +
  `<message name="${name}Out"><part name="parameters" element="tns:${dialect.responseElement(name)}"/></message>`;

const portOperation = (name: string) =>
  `<operation name="${name}"><input message="tns:${name}In"/><output message="tns:${name}Out"/></operation>`;

const bindingOperation = (name: string, dialect: Dialect) =>
  `<operation name="${name}"><soap:operation soapAction="${dialect.soapAction(name)}"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>`;
