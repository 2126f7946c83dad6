import { type Field, isScalar } from './notation.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { hyphenated, RPC_OPERATIONS, rpcFields } from './rpc-names.ts';
import { STRUCTS, type StructName } from './structs.ts';
import { escapeAttribute } from './xml.ts';

const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';

/** The RPC/encoded WSDL of all operations that this dialect has. */
export function renderRpcWsdl(namespace: string, address: string): string {
  const ns = escapeAttribute(namespace);
  const rows = RPC_OPERATIONS.flatMap((name) => [OPERATIONS[name].request, OPERATIONS[name].reply]);
  const { structs, lists } = usedTypes(rows.flatMap(rpcFields));
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions name="AllegroWebApi" targetNamespace="${ns}" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:typens="${ns}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:SOAP-ENC="${ENCODING}" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<types><xsd:schema targetNamespace="${ns}"><xsd:import namespace="${ENCODING}"/>
${[...[...structs].map(structType), ...[...lists].map(listType)].join('\n')}
</xsd:schema></types>
${RPC_OPERATIONS.map(messages).join('\n')}
<portType name="AllegroWebApiPortType">
${RPC_OPERATIONS.map(portOperation).join('\n')}
</portType>
<binding name="AllegroWebApiBinding" type="typens:AllegroWebApiPortType"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
${RPC_OPERATIONS.map((name) => boundOperation(name, ns)).join('\n')}
</binding>
<service name="AllegroWebApiService"><port name="AllegroWebApiPort" binding="typens:AllegroWebApiBinding"><soap:address location="${escapeAttribute(address)}"/></port></service>
</definitions>
`;
}

/** The structures and list types that the messages use, directly or through others. */
function usedTypes(fields: readonly Field[]): { structs: Set<StructName>; lists: Set<Field['type']> } {
  const structs = new Set<StructName>();
  const lists = new Set<Field['type']>();
  const visit = ({ type, list }: Field) => {
    if (list) lists.add(type);
    if (isScalar(type) || structs.has(type)) return;
    structs.add(type);
    rpcFields(STRUCTS[type]).forEach(visit);
  };
  fields.forEach(visit);
  return { structs, lists };
}

const typeName = (type: Field['type']) => `${isScalar(type) ? 'xsd' : 'typens'}:${type}`;
const listName = (type: string) => `ArrayOf${type.charAt(0).toUpperCase()}${type.slice(1)}`;
const named = ({ name, type, list }: Field) =>
  `name="${hyphenated(name)}" type="${list ? `typens:${listName(type)}` : typeName(type)}"`;

function structType(name: StructName): string {
  const elements = rpcFields(STRUCTS[name]).map((field) => `<xsd:element ${named(field)}/>`);
  return `<xsd:complexType name="${name}"><xsd:all>${elements.join('')}</xsd:all></xsd:complexType>`;
}

const listType = (type: Field['type']) =>
  `<xsd:complexType name="${listName(type)}"><xsd:complexContent><xsd:restriction base="SOAP-ENC:Array"><xsd:attribute ref="SOAP-ENC:arrayType" wsdl:arrayType="${typeName(type)}[]"/></xsd:restriction></xsd:complexContent></xsd:complexType>`;

function messages(name: OperationName): string {
  const message = (direction: string, row: readonly string[]) =>
    `<message name="${name}${direction}">${rpcFields(row)
      .map((field) => `<part ${named(field)}/>`)
      .join('')}</message>`;
  return message('Request', OPERATIONS[name].request) + message('Response', OPERATIONS[name].reply);
}

const portOperation = (name: string) =>
  `<operation name="${name}"><input message="typens:${name}Request"/><output message="typens:${name}Response"/></operation>`;

function boundOperation(name: string, ns: string): string {
  const body = `<soap:body use="encoded" namespace="${ns}" encodingStyle="${ENCODING}"/>`;
  return `<operation name="${name}"><soap:operation soapAction="#${name.toLowerCase()}"/><input>${body}</input><output>${body}</output></operation>`;
}
