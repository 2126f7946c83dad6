import { type Field, fieldsOf, isScalar, structFields } from './notation.ts';
import { OPERATIONS } from './operations.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { escapeAttribute } from './xml.ts';

const operations = Object.entries(OPERATIONS);
const structs = Object.keys(STRUCTS) as StructName[];

/** The document/literal WSDL of all operations in the table. */
export function renderWsdl(namespace: string, address: string): string {
  const ns = escapeAttribute(namespace);
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions name="service" targetNamespace="${ns}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:tns="${ns}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<types><xsd:schema targetNamespace="${ns}" elementFormDefault="qualified" attributeFormDefault="unqualified">
${[...structs.map(structType), ...listTypes(), ...operations.map(messageElements)].join('\n')}
</xsd:schema></types>
${operations.map(([name]) => messages(name)).join('\n')}
<portType name="servicePort">
${operations.map(([name]) => portOperation(name)).join('\n')}
</portType>
<binding name="serviceBinding" type="tns:servicePort"><soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>
${operations.map(([name]) => boundOperation(name)).join('\n')}
</binding>
<service name="serviceService"><port name="servicePort" binding="tns:serviceBinding"><soap:address location="${escapeAttribute(address)}"/></port></service>
</definitions>
`;
}

const requestName = (operation: string) => `D${operation.slice(1)}Request`;

function structType(name: StructName): string {
  const elements = structFields(name).map(element).join('');
  return `<xsd:complexType name="${name}"><xsd:all>${elements}</xsd:all></xsd:complexType>`;
}

function element(field: Field): string {
  const type = field.list ? `tns:${listName(field.type)}` : typeName(field.type);
  return `<xsd:element name="${field.name}" type="${type}"${field.optional ? ' minOccurs="0"' : ''}/>`;
}

const typeName = (type: Field['type']) => `${isScalar(type) ? 'xsd' : 'tns'}:${type}`;

/** The published WSDL writes `ArrayOfSysstatustype` for a list of SysStatusType. */
export const listName = (type: string) =>
  `ArrayOf${type.charAt(0).toUpperCase()}${type.slice(1).toLowerCase()}`;

function listTypes(): string[] {
  const rows = [
    ...structs.map(structFields),
    ...operations.flatMap(([, { request, reply }]) => [request, reply].map(fieldsOf)),
  ];
  const types = new Set(
    rows
      .flat()
      .filter((field) => field.list)
      .map((field) => field.type),
  );
  return [...types].map(
    (type) =>
      `<xsd:complexType name="${listName(type)}"><xsd:sequence><xsd:element name="item" type="${typeName(type)}" minOccurs="0" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType>`,
  );
}

function messageElements([name, { request, reply }]: (typeof operations)[number]): string {
  const sequence = (elementName: string, row: readonly string[]) =>
    `<xsd:element name="${elementName}"><xsd:complexType><xsd:sequence>${fieldsOf(row).map(element).join('')}</xsd:sequence></xsd:complexType></xsd:element>`;
  return `${sequence(requestName(name), request)}\n${sequence(`${name}Response`, reply)}`;
}

const messages = (name: string) =>
  `<message name="${name}In"><part name="parameters" element="tns:${requestName(name)}"/></message>` +
  `<message name="${name}Out"><part name="parameters" element="tns:${name}Response"/></message>`;

const portOperation = (name: string) =>
  `<operation name="${name}"><input message="tns:${name}In"/><output message="tns:${name}Out"/></operation>`;

const boundOperation = (name: string) =>
  `<operation name="${name}"><soap:operation soapAction="#${name}"/><input><soap:body use="literal"/></input><output><soap:body use="literal"/></output></operation>`;
