import { SaxesParser } from 'saxes';

/** The content of a WSDL, in a form in which two of them can be compared. */
export interface Described {
  /** Children of every message, structure and list, in order, by name. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  readonly operations: ReadonlyMap<string, Operation>;
}

interface Operation {
  /** Names of types. */
  readonly request: string;
  readonly reply: string;
  readonly action: string | undefined;
  /** Encoding of the bodies: all attributes of `soap:body`, of both directions. */
  readonly bodies: readonly string[];
}

interface Element {
  readonly name: string;
  readonly value: (attribute: string) => string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
}

function parse(text: string): Element {
  const root: Element = { name: '', value: () => undefined, attributes: {}, children: [] };
  const open = [root];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local, attributes }) => {
    const values = Object.fromEntries(Object.values(attributes).map(({ name, value }) => [name, value]));
    const element: Element = { name: local, value: (name) => values[name], attributes: values, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return root;
}

const all = (element: Element, name: string): Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
];

const ownName = (element: Element): string => element.value('name') ?? '';
const local = (qualified: string | undefined): string => qualified?.replace(/^.*:/, '') ?? '';

function operationsOf(root: Element, message: (operation: Element, direction: 'input' | 'output') => string) {
  const [binding] = all(root, 'binding').filter((element) => element.value('type') !== undefined);
  const ports = new Map(
    all(root, 'portType').flatMap(({ children }) => children.map((one) => [ownName(one), one])),
  );
  return new Map(
    (binding?.children ?? [])
      .filter(({ name, value }) => name === 'operation' && value('name') !== undefined)
      .map((bound): [string, Operation] => {
        const port = ports.get(ownName(bound)) ?? bound;
        const action = bound.children.find(({ name }) => name === 'operation')?.value('soapAction');
        const bodies = all(bound, 'body').map(({ attributes }) =>
          JSON.stringify(Object.entries(attributes).toSorted()),
        );
        return [
          ownName(bound),
          { request: message(port, 'input'), reply: message(port, 'output'), action, bodies },
        ];
      }),
  );
}

const messageName = (operation: Element, direction: string): string =>
  local(operation.children.find(({ name }) => name === direction)?.value('message'));

const fieldText = (field: Element, type: string) =>
  [ownName(field), type, field.value('minOccurs'), field.value('maxOccurs'), field.value('nillable')].join(
    ' ',
  );

/** Describes a document/literal WSDL. Types keep their names, and lists are types too. */
export function describeDoclit(text: string): Described {
  const root = parse(text);
  const elementOf = new Map(
    all(root, 'message').map((message) => [ownName(message), local(message.children[0]?.value('element'))]),
  );
  const children = (declared: Element) => [
    ...['sequence', 'all'].filter((kind) => all(declared, kind).length > 0),
    ...all(declared, 'element')
      .filter((one) => one !== declared)
      .map((one) => fieldText(one, one.value('type') ?? '')),
  ];
  return {
    types: new Map(
      all(root, 'schema').flatMap((schema) => schema.children.map((one) => [ownName(one), children(one)])),
    ),
    operations: operationsOf(
      root,
      (operation, direction) => elementOf.get(messageName(operation, direction)) ?? '',
    ),
  };
}

/**
 * Describes an RPC WSDL. Lists are replaced by their items' type, because names of lists never reach the
 * wire.
 */
export function describeRpc(text: string): Described {
  const root = parse(text);
  const declared = all(root, 'complexType');
  const held = new Map(
    declared.map((type) => {
      const [attribute] = all(type, 'attribute');
      return [
        ownName(type),
        Object.entries(attribute?.attributes ?? {}).find(([name]) => name.endsWith('arrayType'))?.[1],
      ];
    }),
  );
  const typeOf = (field: Element) => held.get(local(field.value('type'))) ?? field.value('type') ?? '';
  const structs = declared
    .filter((type) => held.get(ownName(type)) === undefined)
    .map((type): [string, string[]] => [
      ownName(type),
      all(type, 'element').map((one) => fieldText(one, typeOf(one))),
    ]);
  const messages = all(root, 'message').map((message): [string, string[]] => [
    ownName(message),
    message.children.map((part) => fieldText(part, typeOf(part))),
  ]);
  return { types: new Map([...structs, ...messages]), operations: operationsOf(root, messageName) };
}
