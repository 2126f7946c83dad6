import { descendants, type Node, readTree } from './xml-tree.ts';

const XSD = 'http://www.w3.org/2001/XMLSchema';
const ARRAY_TYPE = '{http://schemas.xmlsoap.org/wsdl/}arrayType';

/** A field as a WSDL describes it, in either dialect; a list type is resolved to the type of its items. */
export interface Member {
  readonly name: string;
  /** A simple type of XML Schema, or the name of a struct. */
  readonly type: string;
  readonly simple: boolean;
  readonly list: boolean;
  readonly optional: boolean;
}

export interface Group {
  readonly kind: 'sequence' | 'all' | 'parts';
  readonly members: readonly Member[];
}

export interface OperationContract {
  readonly style: string;
  readonly soapAction: string;
  /** `use`, `namespace` and `encodingStyle` of the bodies. */
  readonly bodies: readonly Readonly<Record<string, string>>[];
  /** Names of the elements in the body. */
  readonly elements: { readonly input: string; readonly output: string };
  readonly input: Group;
  readonly output: Group;
}

/** The parts of a WSDL that reach the wire, without helper names, which each WSDL chooses itself. */
export interface Contract {
  readonly namespace: string;
  readonly qualified: boolean;
  readonly operations: Readonly<Record<string, OperationContract>>;
  readonly structs: Readonly<Record<string, Group>>;
}

export function readContract(wsdl: string): Contract {
  return new Reader(readTree(wsdl)).contract();
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);
const byName = (nodes: readonly Node[]) => new Map(nodes.map((node) => [node.attributes.name ?? '', node]));

class Reader {
  readonly #root: Node;
  readonly #types: Map<string, Node>;
  readonly #elements: Map<string, Node>;
  readonly #messages: Map<string, Node>;

  constructor(root: Node) {
    this.#root = root;
    const declared = descendants(root, 'schema').flatMap(({ children }) => children);
    this.#types = byName(declared.filter(({ name }) => name === 'complexType'));
    this.#elements = byName(declared.filter(({ name }) => name === 'element'));
    this.#messages = byName(descendants(root, 'message'));
  }

  contract(): Contract {
    const [portType] = descendants(this.#root, 'portType');
    const bound = this.#root.children.filter(({ name }) => name === 'binding');
    const operations = bound
      .flatMap(({ children }) => children)
      .filter(({ attributes }) => attributes.name !== undefined);
    const ports = byName(portType?.children ?? []);
    const style = descendants(this.#root, 'binding').find(({ attributes }) => attributes.style)?.attributes
      .style;
    const structs = [...this.#types].filter(([, type]) => this.#itemOf(type) === undefined);
    return {
      namespace: this.#root.attributes.targetNamespace ?? '',
      qualified:
        descendants(this.#root, 'schema')[0]?.attributes.elementFormDefault === 'qualified' &&
        style === 'document',
      operations: Object.fromEntries(
        operations.map((operation) => {
          const name = operation.attributes.name ?? '';
          return [name, this.#operation(operation, { port: ports.get(name), style: style ?? '' })];
        }),
      ),
      structs: Object.fromEntries(structs.map(([name, type]) => [name, this.#group(type)])),
    };
  }

  #operation(binding: Node, { port, style }: { port: Node | undefined; style: string }): OperationContract {
    const name = binding.attributes.name ?? '';
    const messageOf = (way: string) => {
      const reference = port?.children.find((child) => child.name === way)?.attributes.message ?? '';
      return this.#messages.get(local(reference));
    };
    const [input, output] = [messageOf('input'), messageOf('output')];
    const elementOf = (message: Node | undefined, otherwise: string) =>
      local(message?.children[0]?.attributes.element ?? otherwise);
    return {
      style,
      soapAction: descendants(binding, 'operation')[0]?.attributes.soapAction ?? '',
      bodies: descendants(binding, 'body').map(({ attributes }) => attributes),
      elements: { input: elementOf(input, name), output: elementOf(output, `${name}Response`) },
      input: this.#message(input),
      output: this.#message(output),
    };
  }

  #message(message: Node | undefined): Group {
    const element = message?.children[0]?.attributes.element;
    if (element !== undefined) {
      const [type] = this.#elements.get(local(element))?.children ?? [];
      return type === undefined ? { kind: 'sequence', members: [] } : this.#group(type);
    }
    const members = (message?.children ?? []).map((part) => this.#member(part));
    return { kind: 'parts', members };
  }

  #group(type: Node): Group {
    const group = type.children.find(({ name }) => name === 'all' || name === 'sequence');
    const kind = group?.name === 'sequence' ? 'sequence' : 'all';
    return { kind, members: (group?.children ?? []).map((member) => this.#member(member)) };
  }

  #member(member: Node): Member {
    const { name = '', type = '', minOccurs } = member.attributes;
    const listed = this.#types.get(local(type));
    const item = listed === undefined ? undefined : this.#itemOf(listed);
    const resolved = member.resolve(item?.type ?? type);
    return {
      name,
      type: local(item?.type ?? type),
      simple: resolved.startsWith(`{${XSD}}`),
      list: item !== undefined,
      optional: minOccurs === '0',
    };
  }

  /** The item type of a list type; undefined for other types. */
  #itemOf(type: Node): { type: string } | undefined {
    const arrayType = descendants(type, 'attribute')[0]?.attributes[ARRAY_TYPE];
    if (arrayType !== undefined) return { type: arrayType.replace(/\[\]$/, '') };
    const group = type.children.find(({ name }) => name === 'sequence');
    const [item, ...others] = group?.children ?? [];
    const { name, type: held, minOccurs, maxOccurs } = item?.attributes ?? {};
    const isList = others.length === 0 && name === 'item' && minOccurs === '0' && maxOccurs === 'unbounded';
    return isList && held !== undefined ? { type: held } : undefined;
  }
}
