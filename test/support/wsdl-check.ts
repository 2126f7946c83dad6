import type { Contract, Group, Member } from './wsdl-contract.ts';
import { type Node, readTree } from './xml-tree.ts';

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const ENCODING = 'http://schemas.xmlsoap.org/soap/encoding/';
const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const XSD = 'http://www.w3.org/2001/XMLSchema';

/**
 * The ways in which a message breaks its WSDL: names, namespaces, order, optionality, simple types, and in
 * the RPC dialect xsi:type and SOAP-ENC:arrayType too. Reads the WSDL only, nothing of our code.
 */
export function problemsOf(
  xml: string,
  { contract, operation, way }: { contract: Contract; operation: string; way: 'input' | 'output' },
): string[] {
  const described = contract.operations[operation];
  if (described === undefined) return [`${operation}: not in the WSDL`];
  const envelope = readTree(xml);
  const body = envelope.children.find(({ name, uri }) => name === 'Body' && uri === SOAP);
  const [message, ...others] = body?.children ?? [];
  if (envelope.uri !== SOAP || message === undefined || others.length > 0) return ['not a SOAP message'];
  const wanted = `{${contract.namespace}}${described.elements[way]}`;
  const found = `{${message.uri}}${message.name}`;
  const encoded = described.style === 'rpc';
  const style = body?.attributes[`{${SOAP}}encodingStyle`];
  return [
    ...(found === wanted ? [] : [`${found} instead of ${wanted}`]),
    ...(encoded && style !== ENCODING ? ['no encodingStyle'] : []),
    ...new Checker(contract, encoded).group(message, described[way]),
  ];
}

class Checker {
  readonly #contract: Contract;
  readonly #encoded: boolean;

  constructor(contract: Contract, encoded: boolean) {
    this.#contract = contract;
    this.#encoded = encoded;
  }

  group(parent: Node, { kind, members }: Group): string[] {
    const names = parent.children.map(({ name }) => name);
    const known = members.filter(({ name }) => names.includes(name)).map(({ name }) => name);
    const expected = kind === 'all' ? known.toSorted() : known;
    const actual = kind === 'all' ? names.toSorted() : names;
    const inOrder = JSON.stringify(expected) === JSON.stringify(actual);
    const missing = members.filter(({ name, optional }) => !optional && !names.includes(name));
    return [
      ...(inOrder ? [] : [`${parent.name}: ${names.join()} instead of ${known.join()}`]),
      ...missing.map(({ name }) => `${parent.name}: ${name} is missing`),
      ...parent.children.flatMap((child) => {
        const member = members.find(({ name }) => name === child.name);
        return member === undefined ? [] : this.#member(child, member);
      }),
    ];
  }

  #member(node: Node, member: Member): string[] {
    const problems = this.#named(node);
    if (this.#encoded && node.attributes[`{${XSI}}nil`] === 'true') return problems;
    if (!member.list) return [...problems, ...this.#value(node, member)];
    const items = node.children.flatMap((item) => [
      ...(item.name === 'item' ? this.#named(item) : [`${node.name}: ${item.name} instead of item`]),
      ...this.#value(item, member),
    ]);
    const type = `{${ENCODING}}Array`;
    return [
      ...problems,
      ...(this.#encoded ? [...typed(node, type), ...this.#length(node, member)] : []),
      ...items,
    ];
  }

  #named(node: Node): string[] {
    const uri = this.#contract.qualified ? this.#contract.namespace : '';
    return node.uri === uri ? [] : [`${node.name} is in the namespace "${node.uri}"`];
  }

  #value(node: Node, { type, simple }: Member): string[] {
    const wanted = simple ? `{${XSD}}${type}` : `{${this.#contract.namespace}}${type}`;
    const problems = this.#encoded ? typed(node, wanted) : [];
    if (simple) return [...problems, ...lexical(node, type)];
    const struct = this.#contract.structs[type];
    return struct === undefined
      ? [...problems, `no type ${type}`]
      : [...problems, ...this.group(node, struct)];
  }

  #length(node: Node, { type, simple }: Member): string[] {
    const text = node.attributes[`{${ENCODING}}arrayType`] ?? '';
    const [, held = '', length] = /^(.*)\[(\d+)\]$/.exec(text) ?? [];
    const wanted = simple ? `{${XSD}}${type}` : `{${this.#contract.namespace}}${type}`;
    const right = node.resolve(held) === wanted && Number(length) === node.children.length;
    return right ? [] : [`${node.name}: arrayType ${text}`];
  }
}

function typed(node: Node, wanted: string): string[] {
  const text = node.attributes[`{${XSI}}type`] ?? '';
  return node.resolve(text) === wanted ? [] : [`${node.name}: type ${text} instead of ${wanted}`];
}

const isInteger = (bits: bigint) => (text: string) =>
  /^[+-]?\d+$/.test(text) && BigInt.asIntN(Number(bits), BigInt(text)) === BigInt(text);

const LEXICAL: Readonly<Record<string, (text: string) => boolean>> = {
  string: () => true,
  int: isInteger(32n),
  long: isInteger(64n),
  float: (text) => /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text),
  boolean: (text) => /^(true|false|[01])$/.test(text),
  dateTime: (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/.test(text),
};

function lexical(node: Node, type: string): string[] {
  if (node.children.length > 0) return [`${node.name}: not a plain value`];
  return LEXICAL[type]?.(node.text) === true ? [] : [`${node.name}: no ${type}`];
}
